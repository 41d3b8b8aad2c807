import { recordedExamination } from "../admission/recorded-examination.ts";
import { forTerminal } from "../escape.ts";
import type { Listed, Shown } from "../registry/index.ts";
import type { Examination } from "../scan/examination.ts";
import type { ExitCode } from "./exit.ts";
import { type DataOption, withExisting, withReader } from "./installation.ts";
import { jsonLine } from "./json-line.ts";
import { LIST_HEAD, listedJson, listedLine } from "./listed.ts";
import { writeOutput } from "./output.ts";
import type { ServerOption } from "./remote/with-server.ts";
import { expectReplaceable } from "./replaceable.ts";
import { shownJson } from "./shown-json.ts";
import { shownScreen } from "./shown-screen.ts";
import { styleFor, widthOf } from "./terminal.ts";

interface JsonOption extends ServerOption {
  readonly json?: boolean;
}

/** An installation that is asked: here, or over the network. */
interface Asked {
  list(): AsyncIterable<Listed>;
  show(id: string): Promise<Shown>;
  examination(shown: Shown): Promise<Examination | null>;
}

async function withAsked(options: ServerOption, use: (asked: Asked) => Promise<ExitCode>): Promise<ExitCode> {
  const { server } = options;
  if (server === undefined)
    return withReader(options, (registry) =>
      use({
        list: () => registry.list(),
        show: async (id) => registry.show(await registry.find(id)),
        examination: (shown) => recordedExamination(registry, shown),
      }),
    );
  const [{ withServer }, there] = await Promise.all([import("./remote/with-server.ts"), import("./remote/registry.ts")]);
  return withServer({ ...options, server }, (client) =>
    use({
      list: () => there.listThere(client),
      show: (id) => there.showThere(client, id),
      examination: (shown) => there.examinationThere(client, shown),
    }),
  );
}

/** Every artifact with its names, decision and standing: in order of digest here, the newest decision first where a server is asked. */
export function registryList(options: JsonOption): Promise<ExitCode> {
  return withAsked(options, async (registry) => {
    const width = widthOf(process.stdout);
    let count = 0;
    for await (const item of registry.list()) {
      if (options.json === true) process.stdout.write(jsonLine(listedJson(item)));
      else process.stdout.write(`${count === 0 ? LIST_HEAD : ""}${listedLine(item, width)}`);
      count++;
    }
    if (count === 0 && options.json !== true) process.stderr.write("Nothing was decided yet. Next: npx weighbridge admit ./some-model\n");
    return 0;
  });
}

/** All that is known of one artifact: what counts now, what was found, who decided what and why. */
export function registryShow(id: string, options: JsonOption): Promise<ExitCode> {
  return withAsked(options, async (registry) => {
    const shown = await registry.show(id);
    const examination = await registry.examination(shown);
    const screen = { style: styleFor(process.stdout), width: widthOf(process.stdout), server: options.server };
    process.stdout.write(options.json === true ? jsonLine(shownJson(shown, examination)) : shownScreen(shown, examination, screen));
    return 0;
  });
}

/** Writes the signed standing of all tickets. */
export function registryExport({ status, ...options }: DataOption & { readonly status: string }): Promise<ExitCode> {
  return withExisting(options, async ({ registry }) => {
    expectReplaceable(status, "status");
    writeOutput(status, await registry.exportStatus());
    if (status !== "-") process.stdout.write(`${forTerminal(status)}: the standing of all tickets, as of now\n`);
    return 0;
  });
}

import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { admit } from "../admission/admit.ts";
import { fingerprintOf } from "../evidence/trust.ts";
import { admissionPage } from "../report/admission-page.ts";
import { admissionScreen } from "../report/admission-screen.ts";
import { type HtmlInput, htmlReport } from "../report/html.ts";
import { ArtifactExaminer } from "../scan/examine-artifact.ts";
import type { ExitCode } from "./exit.ts";
import { firstPromptLines } from "./first-prompt.ts";
import { type DataOption, localPrincipal, policiesOf, withRegistry } from "./installation.ts";
import { interruptible } from "./interrupt.ts";
import { addressLines, openServer, type ServeOptions, untilStopped } from "./serve.ts";
import { ProgressLine, styleFor, widthOf } from "./terminal.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");

/** The whole path on two bundled models: one is let in, one is refused. Then serves the installation, until Ctrl-C. */
export async function start(options: ServeOptions): Promise<ExitCode> {
  await admitExamples(options);
  const running = await openServer(options);
  const clean = relative(process.cwd(), join(EXAMPLES, "clean-heron"));
  say(
    ...addressLines(running, options),
    "",
    ...(await firstPromptLines(running.gateway, options.data)),
    "",
    "More:",
    ...moreLines(clean),
    "",
    "Ctrl-C ends it.",
  );
  await untilStopped(running);
  return 0;
}

function moreLines(clean: string): readonly string[] {
  const lines = [
    [`verify ${clean}`, "do these bytes hold a valid ticket?"],
    ["admit ./some-model", "your own model: 0 allowed, 1 denied, 3 held"],
    ["log verify", "is the log what was signed?"],
  ] as const;
  const width = Math.max(...lines.map(([{ length }]) => length));
  return lines.map(([words, does]) => `  npx weighbridge ${words.padEnd(width)}  # ${does}`);
}

async function admitExamples(options: DataOption): Promise<void> {
  const examiner = new ArtifactExaminer();
  const onScreen = { style: styleFor(process.stdout), width: widthOf(process.stdout) };
  try {
    await withRegistry(options, ({ registry, directory }) =>
      interruptible(async (signal) => {
        say(
          `Weighbridge: nothing runs that has not crossed the bridge.`,
          "",
          `Data directory  ${directory}`,
          `Trust           ${fingerprintOf(await registry.trust())}`,
          "",
        );
        const bridge = { registry, policies: await policiesOf(directory), now: () => new Date() };
        const pages: HtmlInput[] = [];
        for (const name of ["clean-heron", "trapped-falcon"]) {
          const source = relative(process.cwd(), join(EXAMPLES, name)) || name;
          const progress = new ProgressLine();
          const watched = { signal, onProgress: progress.update, principal: localPrincipal() };
          const admitted = await admit(join(EXAMPLES, name), examiner, bridge, watched).finally(() => progress.clear());
          say(admissionScreen(source, admitted, onScreen), "");
          pages.push(admissionPage(source, admitted));
        }
        const report = join(directory, "examples.html");
        writeFileSync(report, htmlReport(pages), { mode: 0o600 });
        say(`Tickets  ${join(directory, "tickets")}`, `Log      ${join(directory, "log")}`, `Report   ${report}`, "");
      }),
    );
  } finally {
    await examiner.close();
  }
}

function say(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

import { type AdmitOptions, type Admitted, admit } from "../admission/admit.ts";
import { AdmissionError } from "../admission/errors.ts";
import { type Digest, isDigest } from "../digest.ts";
import { UsageError } from "../errors.ts";
import { admissionPage } from "../report/admission-page.ts";
import { admissionScreen } from "../report/admission-screen.ts";
import type { HtmlInput } from "../report/html.ts";
import { ArtifactExaminer } from "../scan/examine-artifact.ts";
import { EXIT_OF_OUTCOME, type ExitCode, worstExit } from "./exit.ts";
import { reportFailure } from "./failure.ts";
import { localPrincipal, openBridge } from "./installation.ts";
import { interruptible } from "./interrupt.ts";
import { jsonLine } from "./json-line.ts";
import { expectOutputs, writeOutput } from "./output.ts";
import type { ServerOption } from "./remote/with-server.ts";
import { scanJson } from "./scan-json.ts";
import { expectPath } from "./source.ts";
import { ProgressLine, styleFor, widthOf } from "./terminal.ts";

export interface AdmitCliOptions extends ServerOption {
  readonly json?: boolean;
  readonly html?: string;
  readonly expect?: string;
}

/** Runs the whole pipeline for each source and prints each decision. */
export async function admitCommand(sources: readonly string[], options: AdmitCliOptions): Promise<ExitCode> {
  const expect = options.expect;
  if (expect !== undefined && !isDigest(expect)) throw new UsageError(`${expect} is no digest`, "Write --expect sha256: and 64 hexadecimal digits.");
  for (const source of sources) expectPath(source);
  expectOutputs(sources, options);
  const weighing = await weighingFor(options);
  try {
    return await interruptible(async (signal) => {
      const exits: ExitCode[] = [];
      const pages: HtmlInput[] = [];
      for (const source of sources) exits.push(await admitOne(source, expect, { weighing, options, signal, pages }));
      if (options.html !== undefined) writeOutput(options.html, (await import("../report/html.ts")).htmlReport(pages));
      return worstExit(exits);
    });
  } finally {
    await weighing.close();
  }
}

/** Where the examination runs and the decision is made. */
interface Weighing {
  admit(source: string, options: Omit<AdmitOptions, "principal" | "signal"> & { readonly signal: AbortSignal }): Promise<Admitted>;
  close(): Promise<unknown>;
}

async function weighingFor(options: AdmitCliOptions): Promise<Weighing> {
  const { server } = options;
  if (server === undefined) return weighingHere(options);
  const [{ openClient }, { admitThere }] = await Promise.all([import("./remote/with-server.ts"), import("./remote/admit.ts")]);
  const client = openClient({ ...options, server });
  return { admit: (source, admission) => admitThere(client, source, admission), close: () => client.close() };
}

function weighingHere(options: AdmitCliOptions): Weighing {
  const examiner = new ArtifactExaminer();
  const { bridge, close } = openBridge(options);
  return {
    admit: (source, admission) => admit(source, examiner, bridge, { ...admission, principal: localPrincipal() }),
    close: () => Promise.all([examiner.close(), close()]),
  };
}

interface Run {
  readonly weighing: Weighing;
  readonly options: AdmitCliOptions;
  readonly signal: AbortSignal;
  /** What the page will show, in order. */
  readonly pages: HtmlInput[];
}

async function admitOne(source: string, expect: Digest | undefined, { weighing, options, signal, pages }: Run): Promise<ExitCode> {
  const progress = new ProgressLine();
  const started = performance.now();
  try {
    const admitted = await weighing.admit(source, { signal, onProgress: progress.update, ...(expect === undefined ? {} : { expect }) });
    progress.clear();
    pages.push(admissionPage(source, admitted));
    if (options.html !== "-") print(source, admitted, Math.round(performance.now() - started), options);
    return EXIT_OF_OUTCOME[admitted.decision.outcome];
  } catch (error) {
    progress.clear();
    signal.throwIfAborted();
    reportFailure("weighbridge.admission/1", source, error, options.json);
    return error instanceof AdmissionError && error.code === "WB_ADMISSION_UNEXPECTED" ? 1 : 2;
  }
}

function print(source: string, admitted: Admitted, elapsedMs: number, options: AdmitCliOptions): void {
  const { examination, decision } = admitted;
  if (options.json === true) {
    const { schema: _, ...scanned } = scanJson({ source, examination, elapsedMs });
    process.stdout.write(
      jsonLine({
        schema: "weighbridge.admission/1",
        ...scanned,
        decision: decision.outcome,
        reasons: decision.reasons,
        record: recordJson(admitted),
      }),
    );
    return;
  }
  const onScreen = { style: styleFor(process.stdout), width: widthOf(process.stdout), server: options.server };
  process.stdout.write(`${admissionScreen(source, admitted, onScreen)}\n\n`);
}

function recordJson({ recorded }: Admitted) {
  if (recorded.kind === "ticketed" || recorded.kind === "already-ticketed") {
    const { origin, leaf, index, notAfter, file } = recorded.ticket;
    return { kind: recorded.kind, ticket: { origin, leaf, index }, notAfter, file };
  }
  return recorded;
}

import { getCompileCacheDir } from "node:module";
import { dirname, join } from "node:path";
import { jsonText } from "../escape.ts";
import { SEVERITIES, type Severity } from "../finding.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { acceptedLines } from "../report/accepted.ts";
import { examinationScreen, VERDICT_TONE } from "../report/terminal.ts";
import { type Remaining, withoutAccepted } from "../scan/baseline.ts";
import { type Examination, verdictOf } from "../scan/examination.ts";
import { ArtifactExaminer } from "../scan/examine-artifact.ts";
import type { ReportCache } from "../scan/report-cache.ts";
import { EXIT_OF_VERDICT, type ExitCode, worstExit } from "./exit.ts";
import { reportFailure } from "./failure.ts";
import { interruptible } from "./interrupt.ts";
import { jsonLine } from "./json-line.ts";
import { expectOutputs, writeOutput } from "./output.ts";
import { scanJson } from "./scan-json.ts";
import { expectPath } from "./source.ts";
import { ProgressLine, styleFor, widthOf } from "./terminal.ts";

export interface ScanOptions {
  readonly json?: boolean;
  readonly sarif?: string;
  readonly html?: string;
  readonly cyclonedx?: string;
  readonly jobs?: number;
  readonly failOn?: Severity;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  /** False: what was examined before is examined again. */
  readonly cache: boolean;
}

export interface Scanned {
  readonly source: string;
  readonly examination: Examination;
  /** What a baseline leaves of it. */
  readonly remaining: Remaining;
  readonly elapsedMs: number;
}

/** Examines each path on its own and prints one answer a path, in order. */
export async function scan(paths: readonly string[], options: ScanOptions): Promise<ExitCode> {
  expectOutputs(paths, options);
  const today = new Date().toISOString().slice(0, 10);
  const baseline = options.baseline === undefined ? [] : (await import("./baseline.ts")).baselineOn(today, options.baseline);
  const examiner = new ArtifactExaminer({ jobs: options.jobs, cache: options.cache ? await reportCache() : undefined });
  const scanned: Scanned[] = [];
  const exits: ExitCode[] = [];
  try {
    await interruptible(async (signal) => {
      for (const source of paths) {
        signal.throwIfAborted();
        const started = performance.now();
        const progress = new ProgressLine();
        try {
          expectPath(source);
          const examination = await examiner.examine(source, { signal, onProgress: progress.update });
          const remaining = withoutAccepted(examination, baseline, today);
          const result = { source, examination, remaining, elapsedMs: Math.round(performance.now() - started) };
          progress.clear();
          scanned.push(result);
          exits.push(exitOf(result, options.failOn));
          print(result, options);
        } catch (error) {
          progress.clear();
          signal.throwIfAborted();
          exits.push(2);
          reportFailure("weighbridge.scan/1", source, error, options.json);
        }
      }
    });
    await writeReports(scanned, options);
  } finally {
    await examiner.close();
  }
  return worstExit(exits);
}

/** `--fail-on` and a baseline change the exit code, never the verdict. */
function exitOf({ examination, remaining }: Scanned, failOn: Severity | undefined): ExitCode {
  if (examination.coverage.status === "interrupted") return 2;
  const bar = failOn === undefined ? -1 : SEVERITIES.indexOf(failOn);
  if (remaining.findings.some((finding) => SEVERITIES.indexOf(finding.severity) <= bar)) return 1;
  return EXIT_OF_VERDICT[verdictOf(remaining.findings, { status: remaining.unexamined.length === 0 ? "complete" : "incomplete" })];
}

/**
 * What was examined before, in the folder where compiled code is kept. Not when run from source: there rules change from one moment to the next, and
 * their digest only with `npm run fix`.
 */
async function reportCache(): Promise<ReportCache | undefined> {
  const compiled = import.meta.url.endsWith(".ts") ? undefined : getCompileCacheDir();
  if (compiled === undefined) return undefined;
  const [{ ReportCache }, { toolOf }] = await Promise.all([import("../scan/report-cache.ts"), import("../scan/tool.ts")]);
  return new ReportCache(join(dirname(dirname(compiled)), "examined"), toolOf(DEFAULT_LIMITS));
}

function print(scanned: Scanned, options: ScanOptions): void {
  if (options.sarif === "-" || options.html === "-" || options.cyclonedx === "-") return;
  if (options.json === true) {
    process.stdout.write(jsonLine(scanJson({ ...scanned, accepted: scanned.remaining.accepted })));
    return;
  }
  const verdict = verdictOf(scanned.examination.findings, scanned.examination.coverage);
  const headline = { word: verdict.toUpperCase(), tone: VERDICT_TONE[verdict], subject: scanned.source };
  const onScreen = { style: styleFor(process.stdout), width: widthOf(process.stdout) };
  process.stdout.write(
    `${[examinationScreen(headline, scanned.examination, onScreen), ...acceptedLines(scanned.remaining, onScreen)].join("\n")}\n\n`,
  );
}

async function writeReports(scanned: readonly Scanned[], options: ScanOptions): Promise<void> {
  if (options.sarif !== undefined) {
    const [{ sarifOf }, { allRules }] = await Promise.all([import("../evidence/sarif.ts"), import("../scan/all-rules.ts")]);
    const inputs = scanned.map(({ source, examination, remaining }) => ({ source, examination, accepted: remaining.accepted }));
    writeOutput(options.sarif, `${jsonText(sarifOf(inputs, await allRules()), 2)}\n`);
  }
  if (options.cyclonedx !== undefined) {
    const [{ cycloneDxOf }, { allRules }] = await Promise.all([import("../evidence/cyclonedx.ts"), import("../scan/all-rules.ts")]);
    writeOutput(options.cyclonedx, `${jsonText(cycloneDxOf(scanned, await allRules()), 2)}\n`);
  }
  if (options.html !== undefined) {
    const { htmlReport } = await import("../report/html.ts");
    writeOutput(
      options.html,
      htmlReport(scanned.map(({ source, examination, remaining }) => ({ source, examination, accepted: remaining.accepted }))),
    );
  }
  if (options.writeBaseline !== undefined) {
    const { baselineText } = await import("./baseline.ts");
    writeOutput(options.writeBaseline, baselineText(scanned));
  }
}

import { jsonText } from "../escape.ts";
import { SEVERITIES, type Severity } from "../finding.ts";
import { examinationScreen, VERDICT_TONE } from "../report/terminal.ts";
import { type Examination, verdictOf } from "../scan/examination.ts";
import { ArtifactExaminer } from "../scan/examine-artifact.ts";
import { EXIT_OF_VERDICT, type ExitCode, worstExit } from "./exit.ts";
import { reportFailure } from "./failure.ts";
import { interruptible } from "./interrupt.ts";
import { jsonLine } from "./json-line.ts";
import { expectOneOnStdout, writeOutput } from "./output.ts";
import { scanJson } from "./scan-json.ts";
import { expectPath } from "./source.ts";
import { ProgressLine, styleFor, widthOf } from "./terminal.ts";

export interface ScanOptions {
  readonly json?: boolean;
  readonly sarif?: string;
  readonly html?: string;
  readonly jobs?: number;
  readonly failOn?: Severity;
}

export interface Scanned {
  readonly source: string;
  readonly examination: Examination;
  readonly elapsedMs: number;
}

/** Examines each path on its own and prints one answer a path, in order. */
export async function scan(paths: readonly string[], options: ScanOptions): Promise<ExitCode> {
  expectOneOnStdout(options);
  const examiner = new ArtifactExaminer({ jobs: options.jobs });
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
          const result = { source, examination, elapsedMs: Math.round(performance.now() - started) };
          progress.clear();
          scanned.push(result);
          exits.push(exitOf(examination, options.failOn));
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

/** `--fail-on` changes the exit code, never the verdict. */
function exitOf(examination: Examination, failOn: Severity | undefined): ExitCode {
  if (examination.coverage.status === "interrupted") return 2;
  const bar = failOn === undefined ? -1 : SEVERITIES.indexOf(failOn);
  if (examination.findings.some((finding) => SEVERITIES.indexOf(finding.severity) <= bar)) return 1;
  return EXIT_OF_VERDICT[verdictOf(examination.findings, examination.coverage)];
}

function print(scanned: Scanned, options: ScanOptions): void {
  if (options.sarif === "-" || options.html === "-") return;
  if (options.json === true) {
    process.stdout.write(jsonLine(scanJson(scanned)));
    return;
  }
  const verdict = verdictOf(scanned.examination.findings, scanned.examination.coverage);
  const headline = { word: verdict.toUpperCase(), tone: VERDICT_TONE[verdict], subject: scanned.source };
  process.stdout.write(
    `${examinationScreen(headline, scanned.examination, { style: styleFor(process.stdout), width: widthOf(process.stdout) })}\n\n`,
  );
}

async function writeReports(scanned: readonly Scanned[], options: ScanOptions): Promise<void> {
  if (options.sarif !== undefined) {
    const [{ sarifOf }, { allRules }] = await Promise.all([import("../evidence/sarif.ts"), import("../scan/all-rules.ts")]);
    writeOutput(options.sarif, `${jsonText(sarifOf(scanned, await allRules()), 2)}\n`);
  }
  if (options.html !== undefined) {
    const { htmlReport } = await import("../report/html.ts");
    writeOutput(options.html, htmlReport(scanned.map(({ source, examination }) => ({ source, examination }))));
  }
}

import { getCompileCacheDir } from "node:module";
import { dirname, join } from "node:path";
import { SEVERITIES, type Severity } from "../finding.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { type Acceptance, withoutAccepted } from "../scan/baseline.ts";
import { verdictOf } from "../scan/examination.ts";
import { ArtifactExaminer } from "../scan/examine-artifact.ts";
import type { ReportCache } from "../scan/report-cache.ts";
import { EXIT_OF_VERDICT, type ExitCode, worstExit } from "./exit.ts";
import { reportFailure } from "./failure.ts";
import { interruptible } from "./interrupt.ts";
import { expectOutputs } from "./output.ts";
import type { ScanOptions } from "./scan-options.ts";
import { type Scanned, ScanPrinter } from "./scan-printer.ts";
import { writeReports } from "./scan-reports.ts";
import { expectPath } from "./source.ts";
import { ProgressLine } from "./terminal.ts";

/** Examines each path on its own and prints one answer a path, in order. */
export async function scan(paths: readonly string[], options: ScanOptions): Promise<ExitCode> {
  expectOutputs(paths, options);
  const today = new Date().toISOString().slice(0, 10);
  const accepting = options.baseline === undefined ? undefined : (await import("./baseline.ts")).openBaseline(today, options.baseline);
  const examiner = new ArtifactExaminer({ jobs: options.jobs, cache: options.cache ? await reportCache() : undefined });
  const printer = new ScanPrinter(paths.length > 1, options);
  const scanned: Scanned[] = [];
  try {
    await interruptible(async (signal) => {
      for (const source of paths) {
        signal.throwIfAborted();
        const answer = await scanOne(source, { examiner, baseline: accepting?.entries ?? [], today, signal, options });
        if (answer === null) continue;
        scanned.push(answer);
        printer.answer(answer);
      }
    });
    await writeReports(scanned, options);
  } finally {
    await examiner.close();
  }
  const failed = paths.length - scanned.length;
  printer.end(scanned, failed);
  accepting?.sayUnused(scanned.map(({ remaining }) => remaining));
  return worstExit([...scanned.map(({ exit }) => exit), ...(failed > 0 ? [2 as const] : [])]);
}

interface Run {
  readonly examiner: ArtifactExaminer;
  readonly baseline: readonly Acceptance[];
  readonly today: string;
  readonly signal: AbortSignal;
  readonly options: ScanOptions;
}

/** Null where it could not be done, which is said. */
async function scanOne(source: string, { examiner, baseline, today, signal, options }: Run): Promise<Scanned | null> {
  const started = performance.now();
  const progress = new ProgressLine();
  try {
    expectPath(source);
    const examination = await examiner.examine(source, { signal, onProgress: progress.update });
    const answered = { source, examination, remaining: withoutAccepted(examination, baseline, today) };
    return { ...answered, exit: exitOf(answered, options.failOn), elapsedMs: Math.round(performance.now() - started) };
  } catch (error) {
    progress.clear();
    signal.throwIfAborted();
    reportFailure("weighbridge.scan/1", source, error, options.json);
    return null;
  } finally {
    progress.clear();
  }
}

/** `--fail-on` and a baseline change the exit code, never the verdict. */
function exitOf({ examination, remaining }: Pick<Scanned, "examination" | "remaining">, failOn: Severity | undefined): ExitCode {
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

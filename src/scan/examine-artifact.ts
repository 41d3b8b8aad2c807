import type { Manifest } from "../artifact/artifact.ts";
import { type Measured, type MeasureProgress, measureTree, type OpenFile } from "../artifact/measure.ts";
import { surveyTree, type Tree } from "../artifact/tree.ts";
import { bySeverity, type Finding } from "../finding.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { byCodePoint } from "../path-encoding.ts";
import { withinLayers } from "./container-layers.ts";
import type { Declared } from "./declared.ts";
import type { Examination, Unexamined } from "./examination.ts";
import type { FileReport } from "./file-report.ts";
import { disagreements } from "./licence/disagreement.ts";
import { ExaminationPool, WorkerLostError } from "./pool.ts";
import { crossExamine, isRaw, ownedData } from "./references.ts";
import type { ReportCache } from "./report-cache.ts";
import { toolOf } from "./tool.ts";
import { findingOfProblem } from "./tree-findings.ts";
import { wellFormed, wellFormedFinding } from "./well-formed.ts";
import type { WorkerJob } from "./worker.ts";

export interface ExamineOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MeasureProgress) => void;
}

export interface ExaminerOptions {
  /** Threads at most; default: as many as processors. */
  readonly jobs?: number | undefined;
  /** What was examined before; default: nothing is remembered. */
  readonly cache?: ReportCache | undefined;
}

/** Examines artifacts one after the other with the same worker threads. Close it, or the process does not end. */
export class ArtifactExaminer {
  readonly #options: ExaminerOptions;
  #pool: ExaminationPool;

  constructor(options: ExaminerOptions = {}) {
    this.#options = options;
    this.#pool = new ExaminationPool(DEFAULT_LIMITS, options.jobs);
  }

  /**
   * Hashes and examines a file or folder in one go: each file is opened once, and is hashed and examined through that one descriptor. What the cache
   * has is hashed alone.
   * Throws ArtifactError where there is nothing to examine, and the signal's reason when it is aborted.
   */
  async examine(path: string, options: ExamineOptions = {}): Promise<Examination> {
    const { cache } = this.#options;
    const tree = surveyTree(path);
    if (cache?.isLikely(tree) === true) {
      const measured = await measureTree(tree, options);
      const reports = cache.get(measured.artifact.digest);
      if (reports !== null) return compile(tree, measured, reports, []);
    }
    const { measured, reports, lost } = await this.#measureAndInspect(tree, options);
    const examination = compile(tree, measured, reports, lost);
    if (examination.coverage.status === "complete" && isCertain(measured)) cache?.put(tree, measured.artifact.digest, reports);
    return examination;
  }

  async #measureAndInspect(tree: Tree, options: ExamineOptions) {
    if (this.#pool.ended) this.#pool = new ExaminationPool(DEFAULT_LIMITS, this.#options.jobs);
    const pool = this.#pool;
    const stop = () => void pool.close();
    options.signal?.addEventListener("abort", stop);
    const reports: FileReport[] = [];
    const lost: WorkerLostError[] = [];
    const inspect = async (file: WorkerJob): Promise<"again" | undefined> => {
      try {
        const report = await pool.examine(file);
        reports.push(report);
        return isRaw(report) ? "again" : undefined;
      } catch (error) {
        if (!(error instanceof WorkerLostError)) throw error;
        lost.push(error);
        return undefined;
      }
    };
    let owned: ReturnType<typeof ownedData> | null = null;
    /** Raw bytes that an index or graph gives to tensors are examined as such; the first look, which knew nothing of it, is dropped. */
    const revisit = async (file: OpenFile) => {
      owned ??= ownedData(reports);
      const owns = owned.get(file.path);
      if (owns === undefined || lost.length > 0) return;
      const first = reports.findIndex(({ path }) => path === file.path);
      await inspect({ ...file, owns });
      if (lost.length === 0) reports.splice(first, 1);
    };
    try {
      return { measured: await measureTree(tree, { ...options, inspect, revisit }), reports, lost };
    } finally {
      options.signal?.removeEventListener("abort", stop);
    }
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

/** What was parsed is what the digest names. */
function isCertain({ problems }: Measured): boolean {
  return problems.every(({ kind }) => kind !== "changed-while-read" && kind !== "unreadable");
}

function compile(tree: Tree, { artifact, problems }: Measured, reports: readonly FileReport[], lost: readonly WorkerLostError[]): Examination {
  const declared = declaredIn(reports);
  const findings = [
    ...problems.map(findingOfProblem),
    ...crossExamine(tree, reports),
    ...disagreements(declared?.licences ?? []),
    ...withinLayers(
      reports,
      reports.flatMap((report) => report.findings),
    ),
  ]
    .map(wellFormedFinding)
    .sort(order);
  const unexamined: Unexamined[] = [
    ...problems.filter(({ kind }) => kind !== "link-followed" && kind !== "changed-while-read").map(({ path, what }) => ({ path, why: what })),
    ...reports.flatMap((report) => report.unexamined),
    ...lost.slice(0, 1).map((error) => ({ path: "", why: error.message })),
  ];
  return {
    tool: toolOf(DEFAULT_LIMITS),
    artifact,
    formats: formatsOf(artifact.manifest, reports),
    parameters: reports.reduce((sum, report) => sum + report.parameters, 0),
    ...(declared === null ? {} : { declared }),
    findings,
    coverage: {
      status: lost.length > 0 ? "interrupted" : unexamined.length > 0 ? "incomplete" : "complete",
      unexamined: unexamined
        .map(({ path, why }) => ({ path, why: why.toWellFormed() }))
        .sort((a, b) => byCodePoint(a.path, b.path) || byCodePoint(a.why, b.why)),
    },
  };
}

/** One list for every file, also for those called `__proto__` or `constructor`. */
function formatsOf({ entries }: Manifest, reports: readonly FileReport[]): Examination["formats"] {
  const known = new Map(reports.map(({ path, formats }) => [path, formats]));
  return Object.fromEntries(entries.filter(({ type }) => type === "file").map(({ path }) => [path, known.get(path) ?? []]));
}

/** Licences by path, and the card at the root; null where nothing is said. */
function declaredIn(reports: readonly FileReport[]): Declared | null {
  const licences = reports.flatMap((report) => report.licences).sort((a, b) => byCodePoint(a.path, b.path));
  const cards = reports.flatMap((report) => report.card ?? []).filter(({ path }) => !path.includes("/"));
  const card = cards.find(({ path }) => path === "README.md") ?? cards.sort((a, b) => byCodePoint(a.path, b.path))[0];
  if (licences.length === 0 && card === undefined) return null;
  return wellFormed({ licences, ...(card === undefined ? {} : { card }) });
}

/** Worst first, then by place and rule: the same bytes give the same list. */
function order(a: Finding, b: Finding): number {
  return (
    bySeverity(a.severity, b.severity) ||
    byCodePoint(a.where.path, b.where.path) ||
    (a.where.offset ?? -1) - (b.where.offset ?? -1) ||
    byCodePoint(a.rule, b.rule) ||
    byCodePoint(a.title, b.title)
  );
}

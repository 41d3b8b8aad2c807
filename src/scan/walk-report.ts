import { bySeverity, type Examined, type Finding, findingOf, type Rule, type Seen } from "../finding.ts";
import type { FormatId } from "../format.ts";
import type { LicenceClaim, ModelCard } from "./declared.ts";
import type { Unexamined } from "./examination.ts";
import type { FileReport, PlacedReference } from "./file-report.ts";
import { FindingList } from "./finding-list.ts";
import { WALK_RULES } from "./rules.ts";

/** Parts that are listed as not examined in one file on disk. */
const MAX_UNEXAMINED = 1000;
/** References that are looked up; an index can name any number of files. */
const MAX_REFERENCES = 10_000;

/** Rules that say that a pickle names, builds or calls something, not merely that it is odd. */
const ACTING: ReadonlySet<string> = new Set([
  "pickle-callable",
  "pickle-code-by-value",
  "pickle-computed-callable",
  "pickle-unresolved-global",
  "pickle-extension",
  "pickle-build",
]);

/** Collects what is to be said of one file on disk. What was not looked at is said twice: as a finding, and in the coverage. */
export class WalkReport {
  /** Of the file itself. */
  formats: readonly FormatId[] = [];
  card: ModelCard | null = null;
  /** The first finding since this was set to null that a pickle calls something. */
  acting: Finding | null = null;
  readonly licences: LicenceClaim[] = [];
  /** Secrets that were found, so that no finding quotes one. */
  readonly secrets: string[] = [];
  readonly #findings = new FindingList();
  readonly #unexamined: Unexamined[] = [];
  readonly #references: PlacedReference[] = [];
  readonly #maxFindings: number;
  #parameters = 0;

  /** @param maxFindings of one subject */
  constructor(maxFindings: number) {
    this.#maxFindings = maxFindings;
  }

  async of(path: string): Promise<FileReport> {
    const report: FileReport = {
      path,
      formats: this.formats,
      findings: this.#findings.of(path),
      unexamined: this.#unexamined,
      references: this.#references,
      parameters: this.#parameters,
      licences: this.licences,
      card: this.card,
    };
    return this.secrets.length === 0 ? report : (await import("./secrets/index.ts")).redacted(report, this.secrets);
  }

  examined({ findings, more, unexamined = [], references = [], parameters = 0 }: Examined, path: string): void {
    this.keep(findings, path, more);
    for (const why of unexamined) this.notExamined(path, why);
    for (const reference of references) if (this.#references.length < MAX_REFERENCES) this.#references.push({ ...reference, from: path });
    this.#parameters += parameters;
  }

  /** Findings of one subject, the worst of them when they are too many. @param more how many more there are than these */
  keep(found: readonly Finding[], path: string, more = 0): void {
    const max = this.#maxFindings;
    const kept = found.length <= max ? found : found.toSorted((a, b) => bySeverity(a.severity, b.severity)).slice(0, max);
    for (const finding of kept) this.#push(finding);
    const cut = found.length - kept.length + more;
    if (cut > 0) this.add(WALK_RULES.findingsCut, { severity: "low", where: { path }, title: `${cut} more findings here`, proof: { cut } });
  }

  limit(path: string, why: string, at?: number): void {
    this.add(WALK_RULES.limit, { severity: "medium", where: place(path, at), title: `Not examined to its end: ${why}` });
    this.#leave(path, why);
  }

  failed(what: string, path: string, error: unknown): void {
    this.add(WALK_RULES.examinerFailed, {
      severity: "medium",
      where: { path },
      title: `The ${what} failed`,
      proof: { what, error: String(error).slice(0, 200) },
    });
    this.#leave(path, `${what} failed`);
  }

  notExamined(path: string, why: string): void {
    this.add(WALK_RULES.notExamined, { severity: "medium", where: { path }, title: `Not examined: ${why}` });
    this.#leave(path, why);
  }

  malformed(path: string, title: string, at?: number): void {
    this.add(WALK_RULES.malformed, { severity: "medium", where: place(path, at), title });
  }

  add(rule: Rule, seen: Seen): void {
    this.#push(findingOf(rule, { ...seen, where: place(seen.where.path, seen.where.offset) }));
  }

  #push(finding: Finding): void {
    this.#findings.push(finding);
    if (ACTING.has(finding.rule) && bySeverity(finding.severity, "medium") <= 0) this.acting ??= finding;
  }

  #leave(path: string, why: string): void {
    if (this.#unexamined.length < MAX_UNEXAMINED) this.#unexamined.push({ path, why });
    else if (this.#unexamined.length === MAX_UNEXAMINED) this.#unexamined.push({ path, why: `${why}, like more parts that are not listed` });
  }
}

/** Nothing of a subject but its place. */
function place(path: string, offset: number | undefined): Finding["where"] {
  return offset === undefined ? { path } : { path, offset };
}

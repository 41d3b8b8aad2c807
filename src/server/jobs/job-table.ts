import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { JobRow } from "../../state/tables.ts";

/** A job and where it stands in the order of all. */
export type NumberedJob = JobRow & { readonly seq: number };

/** Jobs that ended are kept while there are no more than this many after them. */
const KEPT = 10_000;

/**
 * The rows of `state_jobs`. Nothing here waits: that a principal has room for one job more and that the job is queued is one step, and so is taking
 * the next one.
 */
export class JobTable {
  readonly #insert: StatementSync;
  readonly #prune: StatementSync;
  readonly #get: StatementSync;
  readonly #page: StatementSync;
  readonly #inState: StatementSync;
  readonly #open: StatementSync;
  readonly #counts: StatementSync;
  readonly #change: StatementSync;
  readonly #end: StatementSync;
  readonly #endedUploads: StatementSync;

  constructor(sql: DatabaseSync) {
    this.#insert = sql.prepare(
      `INSERT INTO state_jobs (id, principal, upload, name, expect, attempts, state, result, error, created_at, ended_at)
       VALUES (?, ?, ?, ?, ?, 0, 'queued', NULL, NULL, ?, NULL)`,
    );
    this.#prune = sql.prepare(`DELETE FROM state_jobs WHERE ended_at IS NOT NULL AND rowid <= (SELECT max(rowid) FROM state_jobs) - ${KEPT}`);
    this.#get = sql.prepare("SELECT rowid AS seq, * FROM state_jobs WHERE id = ?");
    this.#page = sql.prepare("SELECT rowid AS seq, * FROM state_jobs WHERE rowid < ? ORDER BY rowid DESC LIMIT ?");
    this.#inState = sql.prepare("SELECT rowid AS seq, * FROM state_jobs WHERE state = ? ORDER BY rowid");
    this.#open = sql.prepare("SELECT count(*) AS count FROM state_jobs WHERE principal = ? AND state IN ('queued', 'running')");
    this.#counts = sql.prepare("SELECT state, count(*) AS count FROM state_jobs GROUP BY state");
    this.#change = sql.prepare("UPDATE state_jobs SET state = ?, attempts = ? WHERE id = ?");
    this.#end = sql.prepare("UPDATE state_jobs SET state = ?, result = ?, error = ?, ended_at = ? WHERE id = ?");
    this.#endedUploads = sql.prepare(
      "SELECT u.id FROM state_uploads u WHERE EXISTS (SELECT 1 FROM state_jobs j WHERE j.upload = u.id AND j.ended_at IS NOT NULL)",
    );
  }

  add({ id, principal, upload, name, expect, created_at }: Pick<JobRow, "id" | "principal" | "upload" | "name" | "expect" | "created_at">): void {
    this.#insert.run(id, principal, upload, name, expect, created_at);
    this.#prune.run();
  }

  get(id: string): NumberedJob | undefined {
    return this.#get.get(id) as NumberedJob | undefined; // the columns of the table, which is strict
  }

  /** Newest first. */
  page(before: number, limit: number): readonly NumberedJob[] {
    return this.#page.all(before, limit) as unknown as NumberedJob[]; // as above
  }

  /** Oldest first. */
  inState(state: JobRow["state"]): readonly NumberedJob[] {
    return this.#inState.all(state) as unknown as NumberedJob[]; // as above
  }

  /** Jobs of a principal that have not ended. */
  countOpen(principal: string): number {
    return Number(this.#open.get(principal)?.count);
  }

  /** How many there are, by state. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts.all().map(({ state, count }) => [String(state), Number(count)]));
  }

  change(id: string, state: "queued" | "running", attempts: number): void {
    this.#change.run(state, attempts, id);
  }

  end(id: string, { state, result, error, ended_at }: Pick<JobRow, "state" | "result" | "error" | "ended_at">): void {
    this.#end.run(state, result, error, ended_at, id);
  }

  /** Uploads whose job has ended: a process ended before it removed them. */
  endedUploads(): readonly string[] {
    return this.#endedUploads.all().map(({ id }) => String(id));
  }
}

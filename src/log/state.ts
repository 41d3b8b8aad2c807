import { DatabaseSync } from "node:sqlite";
import { useWal } from "../sqlite-wal.ts";
import { LogError } from "./errors.ts";

/** Waiting for another process's commit; one takes a millisecond. */
const BUSY_TIMEOUT_MS = 20_000;
/** What the file of the write-ahead log is cut to after it grew more, as by a rebuild in one transaction. */
const KEPT_WAL_BYTES = 32 * 1024 * 1024;

/** The committed state of the log: one row. */
export interface LogState {
  readonly size: number;
  readonly root: Uint8Array;
  /** Signed note over size and root. */
  readonly checkpoint: string;
  /** The tiles of this size are durable; what was committed since lies in staged bundles too. */
  readonly settled: number;
}

/** The staged bundle of one commit: the entries from `begins` to `size`, for as long as their tiles are not durable. */
export interface StagedCommit {
  readonly begins: number;
  readonly size: number;
  readonly root: Uint8Array;
  /** Coded as in an entry bundle. */
  readonly entries: Uint8Array;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS log_state (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, root BLOB NOT NULL, checkpoint TEXT NOT NULL, settled INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS log_staged (size INTEGER PRIMARY KEY, begins INTEGER NOT NULL, root BLOB NOT NULL, entries BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS log_leaf (hash BLOB PRIMARY KEY, idx INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Opens log.sqlite with the settings that the commit point rests on. Foreign keys are off: views are dropped and built again in any order. */
export function openDatabase(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: false });
  // In WAL mode, FULL is what makes COMMIT wait for an fsync of the write-ahead log.
  useWal(db);
  db.exec(`PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${KEPT_WAL_BYTES}`);
  transact(db, () => db.exec(SCHEMA));
  return db;
}

/** Runs `body` under the database's write lock; COMMIT when it returns, ROLLBACK when it throws. Throws LogError WB_LOG_BUSY. */
export function transact<T>(db: DatabaseSync, body: () => T): T {
  begin(db);
  try {
    const result = body();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function begin(db: DatabaseSync): void {
  try {
    db.exec("BEGIN IMMEDIATE");
  } catch (cause) {
    if (!(cause instanceof Error && "errcode" in cause && cause.errcode === SQLITE_BUSY)) throw cause;
    throw new LogError("WB_LOG_BUSY", `another process held log.sqlite for more than ${BUSY_TIMEOUT_MS / 1000} s`, {
      hint: "End the process that hangs in a commit, then try again.",
      cause,
    });
  }
}

const SQLITE_BUSY = 5;

/** Typed access to the log's own tables. */
export class StateTable {
  readonly #db: DatabaseSync;
  readonly #read;
  readonly #write;
  readonly #stage;
  readonly #staged;
  readonly #leaf;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#read = db.prepare("SELECT size, root, checkpoint, settled FROM log_state");
    this.#write = db.prepare("INSERT OR REPLACE INTO log_state (one, size, root, checkpoint, settled) VALUES (1, ?, ?, ?, ?)");
    this.#stage = db.prepare("INSERT INTO log_staged (size, begins, root, entries) VALUES (?, ?, ?, ?)");
    this.#staged = db.prepare("SELECT begins, size, root, entries FROM log_staged WHERE size > ? AND size <= ? ORDER BY size");
    this.#leaf = db.prepare("INSERT OR IGNORE INTO log_leaf (hash, idx) VALUES (?, ?)");
  }

  read(): LogState | undefined {
    // The columns are typed by the STRICT table.
    return this.#read.get() as LogState | undefined;
  }

  write({ size, root, checkpoint, settled }: LogState): void {
    this.#write.run(size, root, checkpoint, settled);
  }

  addStaged({ size, begins, root, entries }: StagedCommit): void {
    this.#stage.run(size, begins, root, entries);
  }

  /** The first index of a leaf is kept; a later duplicate entry does not move it. */
  addLeaf(hash: Uint8Array, index: number): void {
    this.#leaf.run(hash, index);
  }

  /** The commits that lead from behind `size` up to `upTo`, oldest first, one in memory at a time. */
  staged(size: number, upTo: number): Iterable<StagedCommit> {
    return this.#staged.iterate(size, upTo) as Iterable<unknown> as Iterable<StagedCommit>;
  }

  /** Is there a commit that goes on from exactly this size? */
  isContinued(size: number): boolean {
    return this.#db.prepare("SELECT 1 FROM log_staged WHERE begins = ?").get(size) !== undefined;
  }

  /** Tiles of `size` are durable: its staged bundles are not needed any more. */
  settle(size: number): void {
    this.#db.prepare("UPDATE log_state SET settled = max(settled, ?)").run(size);
    this.#db.prepare("DELETE FROM log_staged WHERE size <= ?").run(size);
  }
}

/** Index of the first entry with this leaf hash, from the leaf index of log.sqlite. */
export function findLeaf(db: DatabaseSync, leafHash: Uint8Array): number | undefined {
  const row = db.prepare("SELECT idx FROM log_leaf WHERE hash = ?").get(leafHash);
  return row === undefined ? undefined : Number(row.idx);
}

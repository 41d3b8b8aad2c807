import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { LogError } from "./errors.ts";
import { equalHashes } from "./merkle.ts";
import { checkExtends, checkState, disagrees, type LogIdentity, readCheckpoint, shrunk } from "./opening-checks.ts";
import { type LogState, StateTable } from "./state.ts";

const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens log.sqlite to read, also beside writers and on a disk that cannot be written to. Refuses what a writer would refuse: a state that this log did
 * not sign, or that does not go on from what it signed before. `outsideCheckpoint` may be absent. Throws LogError.
 */
export function openCommitted(identity: LogIdentity, outsideCheckpoint?: string): DatabaseSync {
  const database = openToRead(join(identity.dir, "log.sqlite"));
  try {
    const state = new StateTable(database).read();
    if (state === undefined) throw stateLost("log.sqlite has no state");
    checkState(state, identity);
    checkPublished(state, identity, outsideCheckpoint);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * The published checkpoint covers fewer entries than were committed while a writer is at work, or after one was killed. The tiles reach as far as it
 * does, so what was signed before is compared with it.
 */
function checkPublished(state: LogState, identity: LogIdentity, outsideCheckpoint: string | undefined): void {
  const file = join(identity.dir, "checkpoint");
  const published = readCheckpoint(file, identity);
  if (published === undefined) throw stateLost("there is no published checkpoint");
  const { size, root } = published;
  if (size > state.size) throw shrunk(`the log has ${state.size} entries, but ${file} shows that it signed ${size}`);
  if (size === state.size && !equalHashes(root, state.root)) throw disagrees(`log.sqlite and ${file} have different roots for ${size} entries`);
  if (outsideCheckpoint !== undefined) checkExtends({ ...state, size, root }, outsideCheckpoint, identity);
}

/**
 * In WAL mode SQLite makes a file beside the database even to read it. Where that is not possible nobody can be writing either, as a writer would have
 * made that file: then the database is read as one that does not change.
 */
function openToRead(file: string): DatabaseSync {
  try {
    return readable(new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS }));
  } catch (error) {
    try {
      if (!isForWantOfPlace(error)) throw error;
      return readable(new DatabaseSync(new URL(`${pathToFileURL(file).href}?immutable=1`), { readOnly: true }));
    } catch (cause) {
      throw stateLost(`${file} cannot be read: ${cause instanceof Error ? cause.message : "unknown error"}`, cause);
    }
  }
}

/** SQLITE_READONLY and SQLITE_CANTOPEN, in the low byte of what SQLite answers. */
function isForWantOfPlace(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : 0;
  return code === 8 || code === 14;
}

/** Opening reads nothing: SQLite says only at the first question whether it can. */
function readable(database: DatabaseSync): DatabaseSync {
  try {
    new StateTable(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function stateLost(message: string, cause?: unknown): LogError {
  return new LogError("WB_LOG_STATE_LOST", message, {
    hint: "Restore the data directory from a copy. If only log.sqlite is lost, run weighbridge log rebuild.",
    cause,
  });
}

import type { DatabaseSync } from "node:sqlite";

const PATIENCE_MS = 5000;
const LOOK_AGAIN_MS = 10;
const SQLITE_BUSY = 5;

/**
 * Turns on the write-ahead log. The first time, SQLite takes the whole file for it and does not wait where another process does the same at that moment,
 * whatever timeout is set: so it is asked again, for five seconds at most.
 */
export function useWal(db: DatabaseSync): void {
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    try {
      db.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (!isBusy(error) || waitedMs >= PATIENCE_MS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS);
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}

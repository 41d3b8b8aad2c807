import type { DatabaseSync } from "node:sqlite";

/** Runs work that is committed whole or not at all; it must not wait for anything. */
export function inTransaction<T>(sql: DatabaseSync, work: () => T): T {
  sql.exec("BEGIN IMMEDIATE");
  try {
    const done = work();
    sql.exec("COMMIT");
    return done;
  } catch (error) {
    sql.exec("ROLLBACK");
    throw error;
  }
}

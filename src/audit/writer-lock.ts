import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AuditError, unreadable } from "./errors.ts";

const SQLITE_BUSY = 5;

/**
 * Takes the right to write in a folder, until what it yields is called or the process ends, however it ends. Node has no file locks, and a lock file goes
 * stale; SQLite's lock on a database in which nothing stands is the operating system's. Throws AuditError WB_AUDIT_BUSY.
 */
export function lockForWriting(folder: string): () => void {
  const db = openLockFile(join(folder, "writer.sqlite"));
  try {
    // The transaction stays open and writes nothing.
    db.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    db.close();
    throw isBusy(cause) ? busy(folder, cause) : unreadable("the audit folder cannot be locked", cause);
  }
  return () => {
    if (db.isOpen) db.close();
  };
}

function openLockFile(file: string): DatabaseSync {
  try {
    closeSync(openSync(file, "a", 0o600)); // SQLite gives its other files the mode of this one
    return new DatabaseSync(file, { timeout: 0 });
  } catch (cause) {
    throw unreadable("the audit folder cannot be locked", cause);
  }
}

function busy(folder: string, cause: unknown): AuditError {
  return new AuditError("WB_AUDIT_BUSY", `another process writes the audit log in ${folder}`, {
    hint: "One server runs on a data directory. End the other one, or give this one a data directory of its own with --data.",
    cause,
  });
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}

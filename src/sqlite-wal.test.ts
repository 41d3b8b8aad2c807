import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, it } from "vitest";
import { useWal } from "./sqlite-wal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Another connection that holds the file for itself for a while; resolves when it has it. */
function holder(file: string, forMs: number): Promise<Worker> {
  const source = `
    const { DatabaseSync } = require("node:sqlite");
    const { parentPort } = require("node:worker_threads");
    const db = new DatabaseSync(${JSON.stringify(file)});
    db.exec("CREATE TABLE held (x); BEGIN EXCLUSIVE");
    parentPort.postMessage("held");
    setTimeout(() => { db.exec("COMMIT"); db.close(); }, ${forMs});
  `;
  const worker = new Worker(source, { eval: true });
  return new Promise((done) => worker.once("message", () => done(worker)));
}

it("waits where another connection has the file for itself, though no timeout is set", async () => {
  const file = join(folder, "new.sqlite");
  const worker = await holder(file, 100);
  const db = new DatabaseSync(file, { timeout: 0 });
  useWal(db);
  expect(db.prepare("PRAGMA journal_mode").get()).toMatchObject({ journal_mode: "wal" });
  db.close();
  await worker.terminate();
});

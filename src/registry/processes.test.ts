import { execFile, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { dumpViews, withFolder } from "../../test/registry-world.ts";
import { isDigest } from "../digest.ts";
import { verifyLog } from "../log/verify-log.ts";
import { openRegistry } from "./registry.ts";
import { SYSTEM } from "./surroundings.ts";
import { verifyTicket } from "./verify-ticket.ts";

const SCRIPT = resolve(import.meta.dirname, "../../test/registry-process.ts");

/** Runs until so many acknowledgements were printed, then kills it in the middle of what it does. */
function recordUntilKilled(root: string, name: string, acknowledgements: number): Promise<string> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [SCRIPT, root, "record", name], { stdio: ["ignore", "pipe", "ignore"] });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      if (out.split("\n").length > acknowledgements) child.kill("SIGKILL");
    });
    child.on("close", () => done(out.slice(0, out.lastIndexOf("\n"))));
  });
}

describe("several processes on one data directory", () => {
  it("found it once when all of them are first", () =>
    withFolder(async (folder) => {
      const root = join(folder, "data");
      const run = () => promisify(execFile)(process.execPath, [SCRIPT, root, "found"]);
      const fingerprints = (await Promise.all([run(), run(), run()])).map(({ stdout }) => stdout.trim());
      expect(new Set(fingerprints).size).toBe(1);
      expect(dumpViews(root).view_acts).toMatchObject([{ idx: 0, kind: "genesis", subject: fingerprints[0] }]);
      expect(readdirSync(root).sort()).toEqual(["blobs", "keys", "log", "tickets", "trust.json"]);
      expect(readdirSync(join(root, "keys")).length).toBe(3);
    }));

  it("lose nothing that was acknowledged when they are killed", () =>
    withFolder(async (folder) => {
      const root = join(folder, "data");
      const outputs = await Promise.all([recordUntilKilled(root, "a", 8), recordUntilKilled(root, "b", 8)]);
      const acknowledged = outputs.flatMap((out) => out.split("\n"));
      expect(acknowledged.length).toBeGreaterThanOrEqual(16);

      const registry = await openRegistry(root, { surroundings: SYSTEM });
      const trust = await registry.trust();
      for (const line of acknowledged) {
        const [artifact = "", leaf] = line.split(" ");
        if (!isDigest(artifact)) throw new Error(line);
        const ticket = await registry.ticket(artifact);
        expect(verifyTicket(ticket?.bytes ?? Buffer.alloc(0), trust, artifact)).toMatchObject({ kind: "authentic", ticket: { leaf } });
      }
      const unacknowledged = await Array.fromAsync(registry.list());
      for (const { artifact } of unacknowledged) expect(await registry.ticket(artifact)).not.toBeNull();
      await registry.close();
      expect(verifyLog(registry.log)).toMatchObject({ kind: "verified" });
      const rows = dumpViews(root);
      await (await openRegistry(root, { surroundings: SYSTEM, rebuild: true })).close();
      expect(dumpViews(root)).toEqual(rows);
    }));
});

import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { admissionOf, artifactWith, founded, MODEL, POLICY_SET, POLICY_TEXT, tellPolicies, ticketed } from "../../test/registry-world.ts";
import { LogError } from "../log/errors.ts";
import { RegistryError } from "./errors.ts";
import { openReader } from "./reader.ts";
import { openRegistry } from "./registry.ts";

const OTHER = artifactWith({ "config.json": "{}", "model.safetensors": "other weights" });

describe("reading an installation", () => {
  it("answers as the open registry does, while that is writing", () =>
    founded(async (registry, world, root) => {
      const ticket = await ticketed(registry, world);
      const reader = openReader(root, { surroundings: world });
      await registry.nameArtifact({ artifact: MODEL.digest, alias: "heron", principal: "ada" });
      await registry.recordAdmission(admissionOf(OTHER, "hold", world));
      expect(await reader.trust()).toEqual(await registry.trust());
      expect(await reader.ticket(MODEL.digest)).toEqual(ticket);
      expect(await reader.standing(ticket.leaf)).toMatchObject({ standing: "good" });
      expect(await reader.find("heron")).toBe(MODEL.digest);
      expect(await Array.fromAsync(reader.list())).toEqual(await Array.fromAsync(registry.list()));
      expect(await reader.show(OTHER.digest)).toEqual(await registry.show(OTHER.digest));
      expect(await reader.nearestTo(artifactWith({ "config.json": "{}", "model.safetensors": "weights" }).manifest)).toMatchObject({
        artifact: MODEL.digest,
        differences: { removed: ["tokenizer.json"] },
      });
      await reader.close();
    }));

  it("makes a ticket whose file is missing of the log, and leaves the file missing", () =>
    founded(async (registry, world, root) => {
      const ticket = await ticketed(registry, world);
      await registry.close();
      rmSync(ticket.file);
      const reader = openReader(root, { surroundings: world });
      expect((await reader.ticket(MODEL.digest))?.leaf).toBe(ticket.leaf);
      expect(readdirSync(join(root, "tickets"))).toEqual([]);
      await reader.close();
    }));

  it("founds nothing where there is nothing", () => {
    const folder = mkdtempSync(join(tmpdir(), "weighbridge-reader-"));
    expect(() => openReader(folder, { surroundings: { now: () => new Date(0), randomBytes: () => new Uint8Array() } })).toThrow(RegistryError);
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it("refuses an older copy of the log, as its published or its outside checkpoint shows", () =>
    founded(async (registry, world, root) => {
      await registry.close();
      const state = join(root, "..", "state");
      mkdirSync(state);
      const options = { surroundings: world, stateFolder: state };
      await (await openRegistry(root, options)).close();
      cpSync(join(root, "log"), join(root, "old"), { recursive: true });
      const later = await openRegistry(root, options);
      await ticketed(later, world);
      await later.close();
      const checkpoint = join(root, "log", "checkpoint");
      for (const name of databaseFiles(join(root, "log"))) rmSync(join(root, "log", name));
      for (const name of databaseFiles(join(root, "old"))) copyFileSync(join(root, "old", name), join(root, "log", name));
      expect(() => openReader(root, options)).toThrow(expect.objectContaining({ code: "WB_LOG_SHRUNK" }));
      copyFileSync(join(root, "old", "checkpoint"), checkpoint);
      expect(() => openReader(root, options)).toThrow(expect.objectContaining({ code: "WB_LOG_SHRUNK" }));
      await openReader(root, { surroundings: world }).close(); // nobody kept anything that would show it
    }));

  it("names a database that is gone or damaged", () =>
    founded(async (registry, world, root) => {
      await registry.close();
      const database = join(root, "log", "log.sqlite");
      for (const name of databaseFiles(join(root, "log"))) rmSync(join(root, "log", name));
      copyFileSync(join(root, "trust.json"), database);
      expect(() => openReader(root, { surroundings: world })).toThrow(LogError);
      rmSync(database);
      expect(() => openReader(root, { surroundings: world })).toThrow(/log\.sqlite cannot be read/);
    }));

  // Root writes everywhere: there another user has to ask, who may not. Windows has neither.
  it.skipIf(process.platform === "win32")("works where nothing can be written", () =>
    founded(async (registry, world, root) => {
      const ticket = await ticketed(registry, world);
      await registry.close();
      const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
      for (const path of everything(root)) {
        if (nobody.uid !== undefined) chownSync(path, nobody.uid, nobody.gid);
        chmodSync(path, lstatSync(path).isDirectory() ? 0o500 : 0o400);
      }
      if (nobody.uid !== undefined) chmodSync(join(root, ".."), 0o755);
      const { stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "../../test/registry-asker.ts"), root], {
        ...nobody,
        encoding: "utf8",
        env: {},
      });
      for (const path of everything(root)) if (lstatSync(path).isDirectory()) chmodSync(path, 0o700);
      expect({ stdout, stderr }).toEqual({ stdout: `${MODEL.digest} ${ticket.leaf}\n`, stderr: "" });
    }),
  );
});

describe("the policies that decide", () => {
  it("are told to the log once by those who open it at once", () =>
    founded(async (registry, world, root) => {
      const other = await openRegistry(root, { surroundings: world });
      const record = { digest: POLICY_SET, text: POLICY_TEXT, principal: "ada" };
      await Promise.all([tellPolicies(registry), other.recordPolicySet(record), tellPolicies(registry), other.recordPolicySet(record)]);
      await other.close();
      await ticketed(registry, world);
      expect((await registry.show(MODEL.digest)).history.map(({ index }) => index)).toEqual([2]);
    }));
});

/** SQLite's file and those beside it. */
function databaseFiles(log: string): readonly string[] {
  return readdirSync(log).filter((name) => name.startsWith("log.sqlite"));
}

function everything(root: string): readonly string[] {
  return [...readdirSync(root, { recursive: true, encoding: "utf8" }).map((name) => join(root, name)), root];
}

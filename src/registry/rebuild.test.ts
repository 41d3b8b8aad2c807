import { cpSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { admissionOf, artifactWith, dumpViews, founded, MODEL, ticketed, World, withFolder } from "../../test/registry-world.ts";
import { type Digest, digestOf, hexOf } from "../digest.ts";
import { fingerprintOf } from "../evidence/trust.ts";
import { verifyLog } from "../log/verify-log.ts";
import { openRegistry } from "./registry.ts";
import { verifyTicket } from "./verify-ticket.ts";

describe("rotating the ticket key", () => {
  it("keeps old tickets authentic, signs with the new key, and is followed by other processes that have the log open", () =>
    founded(async (registry, world, root) => {
      const before = await registry.trust();
      const old = await ticketed(registry, world);
      const beside = await openRegistry(root, { surroundings: world });
      await ticketed(beside, world, artifactWith({ a: "before" }));
      const trust = await registry.rotateTicketKey();
      expect(trust.previous).toBe(fingerprintOf(before));
      expect(digestOf(readFileSync(join(root, "trust.json")))).toBe(fingerprintOf(trust));
      world.pass(1000);
      const fresh = await ticketed(beside, world, artifactWith({ a: "after" }));
      expect(verifyTicket(old.bytes, trust).kind).toBe("authentic");
      expect(verifyTicket(fresh.bytes, trust)).toMatchObject({ kind: "authentic", ticket: { keyId: trust.ticketKeys[1]?.keyid } });
      expect(verifyTicket(fresh.bytes, before)).toMatchObject({ kind: "not-authentic", why: "unknown-key" });
      expect(await beside.trust()).toEqual(trust);
      expect(verifyTicket((await ticketed(registry, world, artifactWith({ a: "also after" }))).bytes, trust).kind).toBe("authentic");
      await beside.close();
    }));
});

describe("an older copy of the data directory", () => {
  it("is noticed by the checkpoint that is kept outside, and a log without its keys is not gone on with", () =>
    withFolder(async (folder) => {
      const [root, copy, stateFolder] = [join(folder, "data"), join(folder, "copy"), join(folder, "state")];
      const world = new World();
      const open = () => openRegistry(root, { surroundings: world, stateFolder });
      await (await open()).close();
      cpSync(join(root, "log"), copy, { recursive: true });
      const registry = await open();
      await registry.nameArtifact({ artifact: MODEL.digest, alias: "x", principal: "ada" });
      await registry.close();
      rmSync(join(root, "log"), { recursive: true });
      renameSync(copy, join(root, "log"));
      await expect(open()).rejects.toMatchObject({ code: "WB_LOG_SHRUNK" });
      rmSync(join(root, "keys"), { recursive: true });
      await expect(open()).rejects.toMatchObject({ code: "WB_REGISTRY_KEY_LOST" });
      expect(readdirSync(root)).not.toContain("keys");
    }));
});

describe("rebuilding", () => {
  it("makes the same rows from log and blobs, also when log.sqlite was lost", () =>
    founded(async (registry, world, root) => {
      await ticketed(registry, world);
      const other = artifactWith({ a: "other" });
      await registry.recordAdmission(admissionOf(other, "hold", world));
      await registry.approve({
        artifact: other.digest,
        policy: "review",
        role: "approver",
        reason: "Fine.",
        principal: "ada",
        expires: "2026-06-01T00:00:00.000Z",
      });
      await registry.changeStanding({ artifact: MODEL.digest, effect: "suspend", reason: "Wait.", principal: "ada" });
      await registry.nameArtifact({ artifact: MODEL.digest, alias: "prod", principal: "ada" });
      await registry.changeStanding({ artifact: MODEL.digest, effect: "reinstate", reason: "Looked at.", principal: "ada" });
      const upstream = { url: "http://127.0.0.1:8080", addresses: ["127.0.0.1"], model: null };
      const { id } = await registry.deploy({ artifact: MODEL.digest, name: "prod", upstream, engine: null, principal: "ada" });
      await registry.withdraw({ id, reason: "Done.", principal: "ada" });
      await registry.changeRole({ who: "oidc:issuer#eve", role: "viewer", effect: "grant", principal: "ada" });
      const text = "who may do what";
      await registry.recordPolicySet({ kind: "accessPolicySet", digest: digestOf(text), text, principal: "ada" });
      await registry.rotateTicketKey();
      await registry.close();
      const rows = dumpViews(root);
      expect(Object.values(rows).every((table) => table.length > 0)).toBe(true);
      await (await openRegistry(root, { surroundings: world, rebuild: true })).close();
      expect(dumpViews(root)).toEqual(rows);
      for (const name of readdirSync(join(root, "log"))) if (name.startsWith("log.sqlite")) rmSync(join(root, "log", name));
      await (await openRegistry(root, { surroundings: world, rebuild: true })).close();
      expect(dumpViews(root)).toEqual(rows);
    }));

  it("marks rows whose text was erased; log and tickets still verify, and no copy of the text is left", () =>
    founded(async (registry, world, root) => {
      const secret = "a name that somebody wants to be forgotten";
      const record = { ...admissionOf(MODEL, "allow", world), principal: secret };
      const recorded = await registry.recordAdmission(record);
      if (recorded.kind !== "ticketed") throw new Error(recorded.kind);
      const [row] = dumpViews(root).view_decisions as { principal: string }[];
      const hex = hexOf((row?.principal ?? "") as Digest);
      const blob = join(root, "blobs", hex.slice(0, 2), hex);
      expect(readFileSync(blob, "utf8")).toContain(secret);
      rmSync(blob);
      expect((await registry.show(MODEL.digest)).principal).toEqual({ kind: "evidence-missing" });
      await registry.close();

      const again = await openRegistry(root, { surroundings: world, rebuild: true });
      expect(dumpViews(root).view_decisions).toMatchObject([{ blobs: "evidence-missing" }]);
      expect((await again.show(MODEL.digest)).principal).toEqual({ kind: "evidence-missing" });
      expect(verifyLog(again.log)).toMatchObject({ kind: "verified" });
      expect(verifyTicket(readFileSync(recorded.ticket.file), await again.trust(), MODEL.digest).kind).toBe("authentic");
      await again.close();
      for (const file of readdirSync(root, { recursive: true, withFileTypes: true }))
        if (file.isFile()) expect(readFileSync(join(file.parentPath, file.name)).includes(secret)).toBe(false);
    }));
});

import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { admissionOf, artifactWith, dumpViews, founded, MODEL, REVIEW, ticketed } from "../../test/registry-world.ts";
import { type Digest, digestOf, hexOf } from "../digest.ts";
import { fingerprintOf, parseTrust } from "../evidence/trust.ts";
import { verifyLog } from "../log/verify-log.ts";
import { openRegistry } from "./registry.ts";
import { verifyTicket } from "./verify-ticket.ts";

describe("founding an installation", () => {
  it("makes keys for the owner alone, a trust file whose digest is the fingerprint, and the genesis as entry 0", () =>
    founded(async (registry, _, root) => {
      const trust = await registry.trust();
      expect(digestOf(readFileSync(join(root, "trust.json")))).toBe(fingerprintOf(trust));
      expect(readdirSync(join(root, "keys")).map((name) => name.replace(/-[0-9a-f]{16}/, ""))).toEqual(["genesis.json", "log.key", "ticket.pem"]);
      for (const name of readdirSync(join(root, "keys"))) expect(statSync(join(root, "keys", name)).mode & 0o777).toBe(0o600);
      for (const name of ["", "keys", "log", "blobs", "tickets"]) expect(statSync(join(root, name)).mode & 0o777).toBe(0o700);
      expect(dumpViews(root).view_trust).toMatchObject([{ idx: 0, fingerprint: fingerprintOf(trust) }]);
      expect(readdirSync(root).filter((name) => name.endsWith(".new"))).toEqual([]);
    }));

  it("goes on with the same keys when it is opened again", () =>
    founded(async (registry, world, root) => {
      const ticket = await ticketed(registry, world);
      const trust = await registry.trust();
      await registry.close();
      const again = await openRegistry(root, { surroundings: world });
      expect(await again.trust()).toEqual(trust);
      expect((await again.ticket(MODEL.digest))?.bytes).toEqual(ticket.bytes);
      await again.close();
    }));
});

describe("recording admissions", () => {
  it("issues tickets that verify with the trust file alone", () =>
    founded(async (registry, world, root) => {
      const ticket = await ticketed(registry, world);
      expect(ticket.file).toBe(join(root, "tickets", `${hexOf(MODEL.digest)}.json`));
      expect(readFileSync(ticket.file)).toEqual(ticket.bytes);
      expect(statSync(ticket.file).mode & 0o777).toBe(0o600);
      const trust = parseTrust(readFileSync(join(root, "trust.json")));
      if (trust.kind === "broken") throw new Error(trust.why);
      expect(verifyTicket(ticket.bytes, trust.value, MODEL.digest)).toMatchObject({
        kind: "authentic",
        ticket: { index: 2, leaf: ticket.leaf, artifact: MODEL.digest, notAfter: "2026-07-30T00:00:01.000Z", origin: trust.value.origin },
      });
    }));

  it("lists twenty of them, whoever asks at once", () =>
    founded(async (registry, world) => {
      const models = Array.from({ length: 20 }, (_, i) => artifactWith({ "model.bin": String(i) }));
      await Promise.all(models.map((model, i) => registry.recordAdmission(admissionOf(model, i % 4 === 0 ? "deny" : "allow", world))));
      const listed = await Array.fromAsync(registry.list());
      expect(listed.map(({ artifact }) => artifact)).toEqual(models.map(({ digest }) => digest).sort());
      for (const { artifact, decision, standing, ticket, name } of listed) {
        const denied = models.findIndex(({ digest }) => digest === artifact) % 4 === 0;
        expect({ decision, standing, ticket: ticket !== null }).toEqual({
          decision: denied ? "deny" : "allow",
          standing: denied ? "none" : "good",
          ticket: !denied,
        });
        expect(name).toEqual({ kind: "text", value: "hf:example/model" });
      }
      expect(verifyLog(registry.log)).toMatchObject({ kind: "verified" });
    }));

  it("makes no new entry for the same decision about the same evidence", () =>
    founded(async (registry, world, root) => {
      const ticket = await ticketed(registry, world);
      const entries = dumpViews(root).view_acts?.length;
      expect(await registry.recordAdmission(admissionOf(MODEL, "allow", world))).toEqual({ kind: "already-ticketed", ticket });
      const other = artifactWith({ a: "b" });
      const held = await registry.recordAdmission(admissionOf(other, "hold", world));
      expect(await registry.recordAdmission(admissionOf(other, "hold", world))).toEqual({ ...held, kind: "already-recorded" });
      expect(dumpViews(root).view_acts?.length).toBe((entries ?? 0) + 1);
    }));

  it("issues a new ticket once the old one has expired", () =>
    founded(async (registry, world) => {
      const first = await ticketed(registry, world);
      world.passDays(91);
      expect((await registry.standing(first.leaf)).standing).toBe("expired");
      const second = await ticketed(registry, world);
      expect(second.leaf).not.toBe(first.leaf);
      expect((await registry.show(MODEL.digest)).standing).toBe("good");
    }));

  it("refuses what does not fit together, or was decided by a policy set that the log has not heard of", () =>
    founded(async (registry, world) => {
      const good = admissionOf(MODEL, "allow", world);
      const record = (changes: object) => registry.recordAdmission({ ...good, ...changes });
      const mismatch = { code: "WB_REGISTRY_MISMATCH" };
      await expect(record({ context: { other: true } })).rejects.toMatchObject(mismatch);
      await expect(record({ artifact: { ...MODEL, digest: digestOf("other") } })).rejects.toMatchObject(mismatch);
      await expect(record({ evidence: [{ subject: digestOf("other"), predicateType: "t", predicate: {} }] })).rejects.toMatchObject(mismatch);
      await expect(record({ decision: { ...good.decision, evaluatedAt: "2026-05-01" } })).rejects.toMatchObject(mismatch);
      await expect(
        record({ decision: { ...good.decision, reasons: [{ ...REVIEW, waiver: { role: "approver", satisfiedBy: "00".repeat(32) } }] } }),
      ).rejects.toMatchObject(mismatch);
      await expect(record({ decision: { ...good.decision, policySet: digestOf("unheard of") } })).rejects.toMatchObject({
        code: "WB_REGISTRY_POLICY_SET",
      });
    }));

  it("makes a ticket file again from the log when a kill or a person took it", () =>
    founded(async (registry, world, root) => {
      const ticket = await ticketed(registry, world);
      rmSync(ticket.file);
      await registry.close();
      const again = await openRegistry(root, { surroundings: world });
      const made = await again.ticket(MODEL.digest);
      expect(made).toMatchObject({ leaf: ticket.leaf, index: ticket.index });
      expect(verifyTicket(readFileSync(ticket.file), await again.trust(), MODEL.digest).kind).toBe("authentic");
      await again.close();
    }));
});

describe("finding", () => {
  it("takes a digest, a leaf hash, a unique beginning or an alias", () =>
    founded(async (registry, world) => {
      const ticket = await ticketed(registry, world);
      await registry.nameArtifact({ artifact: MODEL.digest, alias: "llama/tiny", principal: "ada" });
      const hex = hexOf(MODEL.digest);
      for (const id of [MODEL.digest, hex, hex.slice(0, 8), `sha256:${hex.slice(0, 12)}`, ticket.leaf, ticket.leaf.slice(0, 10), "llama/tiny"])
        expect(await registry.find(id)).toBe(MODEL.digest);
      for (const id of ["llama", hex.slice(0, 3), "sha256:", "0000", "", "%"])
        await expect(registry.find(id)).rejects.toMatchObject({ code: "WB_REGISTRY_NOT_FOUND" });
    }));

  it("says when a beginning is not unique", () =>
    founded(async (registry, world) => {
      const seen = new Map<string, Digest>();
      for (let i = 0; ; i++) {
        const model = artifactWith({ "model.bin": `twin ${i}` });
        const beginning = hexOf(model.digest).slice(0, 4);
        const twin = seen.get(beginning);
        seen.set(beginning, model.digest);
        if (twin === undefined) continue;
        for (let k = 0; k <= i; k++) {
          const candidate = artifactWith({ "model.bin": `twin ${k}` });
          if (candidate.digest === twin || candidate.digest === model.digest) await registry.recordAdmission(admissionOf(candidate, "deny", world));
        }
        await expect(registry.find(beginning)).rejects.toMatchObject({ code: "WB_REGISTRY_AMBIGUOUS" });
        expect(await registry.find(hexOf(twin))).toBe(twin);
        return;
      }
    }));

  it("lets the latest naming count, and refuses names that look like digests", () =>
    founded(async (registry, world) => {
      const other = artifactWith({ a: "other" });
      await ticketed(registry, world);
      await ticketed(registry, world, other);
      await registry.nameArtifact({ artifact: MODEL.digest, alias: "prod", principal: "ada" });
      await registry.nameArtifact({ artifact: other.digest, alias: "prod", principal: "ada" });
      expect(await registry.find("prod")).toBe(other.digest);
      expect((await registry.show(MODEL.digest)).aliases).toEqual([]);
      expect((await registry.show(other.digest)).aliases).toEqual(["prod"]);
      await registry.nameArtifact({ artifact: other.digest, alias: "Ада", principal: "ada" });
      await registry.nameArtifact({ artifact: other.digest, alias: "main", principal: "ada" });
      const listed = await Array.fromAsync(registry.list());
      expect(new Map(listed.map(({ artifact, aliases }) => [artifact, aliases]))).toEqual(
        new Map([
          [MODEL.digest, []],
          [other.digest, ["main", "prod", "Ада"]],
        ]),
      );
      for (const alias of ["beef", "sha256:x", "", "a b", "-x", "\u001b[2J"])
        await expect(registry.nameArtifact({ artifact: other.digest, alias, principal: "ada" })).rejects.toMatchObject({
          code: "WB_REGISTRY_BAD_ALIAS",
        });
    }));
});

describe("comparing with what is registered", () => {
  it("names the nearest artifact with a ticket, and what was done to it", () =>
    founded(async (registry, world) => {
      await ticketed(registry, world);
      const changed = artifactWith({ "config.json": "{}", "model.safetensors": "other weights", "vocab.json": "{ }", "run.py": "import os" });
      expect(await registry.nearestTo(changed.manifest)).toEqual({
        artifact: MODEL.digest,
        shared: 2,
        entries: 3,
        differences: { changed: ["model.safetensors"], renamed: [{ from: "tokenizer.json", to: "vocab.json" }], added: ["run.py"], removed: [] },
      });
      expect(await registry.nearestTo(artifactWith({ "config.json": "{}", x: "y" }).manifest)).toBeNull();
      expect(await registry.manifest(MODEL.digest)).toEqual(MODEL.manifest);
    }));
});

describe("evidence", () => {
  it("is kept as the statement that the entry names", () =>
    founded(async (registry, world) => {
      const record = admissionOf(MODEL, "allow", world);
      await registry.recordAdmission(record);
      const [reference] = (await registry.show(MODEL.digest)).evidence;
      expect(reference).toMatchObject({ predicateType: "https://weighbridge.dev/examination/v1", state: "present" });
      if (reference === undefined) throw new Error("no evidence");
      expect(await registry.statement(reference.digest)).toEqual(record.evidence[0]);
    }));
});

import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { admissionOf, artifactWith, dumpViews, founded, MODEL, REVIEW, ticketed } from "../../test/registry-world.ts";
import { type Digest, hexOf } from "../digest.ts";

const named = (text: string) => artifactWith({ "model.bin": text });

describe("the catalogue", () => {
  it("gives pages, the newest decision first, and ends", () =>
    founded(async (registry, world) => {
      for (const name of ["a", "b", "c", "d", "e"]) await registry.recordAdmission({ ...admissionOf(named(name), "allow", world), name });
      const catalogue = registry.catalogue();
      const first = await catalogue.page({ limit: 2 });
      const second = await catalogue.page({ limit: 2, before: first.next ?? 0 });
      const third = await catalogue.page({ limit: 2, before: second.next ?? 0 });
      const names = [first, second, third].map(({ items }) => items.map(({ name }) => (name.kind === "text" ? name.value : null)));
      expect(names).toEqual([["e", "d"], ["c", "b"], ["a"]]);
      expect(third.next).toBeNull();
    }));

  it("finds by name, alias, beginning of a digest, decision and standing", () =>
    founded(async (registry, world) => {
      await registry.recordAdmission({ ...admissionOf(MODEL, "allow", world), name: "hf:Org/Heron" });
      await registry.recordAdmission({ ...admissionOf(named("x"), "hold", world), name: "hf:other/falcon" });
      await registry.nameArtifact({ artifact: MODEL.digest, alias: "Team/Summariser", principal: "ada" });
      const found = async (query: object) => (await registry.catalogue().page({ limit: 10, ...query })).items.map(({ artifact }) => artifact);
      expect(await found({ text: "heron" })).toEqual([MODEL.digest]);
      expect(await found({ text: "summar" })).toEqual([MODEL.digest]);
      expect(await found({ text: MODEL.digest.slice(7, 15) })).toEqual([MODEL.digest]);
      expect(await found({ text: MODEL.digest.slice(0, 15) })).toEqual([MODEL.digest]);
      expect(await found({ decision: "hold" })).toEqual([named("x").digest]);
      expect(await found({ standing: "good" })).toEqual([MODEL.digest]);
      expect(await found({ standing: "revoked" })).toEqual([]);
      await registry.changeStanding({ artifact: MODEL.digest, effect: "revoke", reason: "Bad.", principal: "ada" });
      expect(await found({ standing: "revoked" })).toEqual([MODEL.digest]);
      expect(await found({ text: "nothing like it" })).toEqual([]);
    }));

  it("counts, and knows what waits the longest", () =>
    founded(async (registry, world) => {
      await ticketed(registry, world);
      const waiting = [named("first"), named("second"), named("third")];
      for (const artifact of waiting) await registry.recordAdmission(admissionOf(artifact, "hold", world));
      await registry.recordAdmission(admissionOf(named("bad"), "deny", world));
      await registry.changeStanding({ artifact: named("second").digest, effect: "revoke", reason: "Never.", principal: "ada" });
      const { byStanding, ...counts } = await registry.catalogue().counts();
      expect(counts).toEqual({ artifacts: 5, byDecision: { allow: 1, deny: 1, hold: 3 }, expiring: 0, pending: 2 });
      expect(byStanding).toMatchObject({ good: 1, revoked: 1, none: 3 });
      expect((await registry.catalogue().pending({ limit: 9 })).items.map(({ artifact }) => artifact)).toEqual([
        named("first").digest,
        named("third").digest,
      ]);
      world.passDays(80);
      expect((await registry.catalogue().counts()).expiring).toBe(1);
      world.passDays(11);
      expect((await registry.catalogue().counts()).byStanding).toMatchObject({ good: 0, expired: 1 });
    }));

  it("tells nobody a name that was erased after it was read", () =>
    founded(async (registry, world, root) => {
      await ticketed(registry, world);
      await registry.catalogue().page({ limit: 1 });
      const [row] = dumpViews(root).view_decisions as { name: Digest }[];
      const hex = hexOf(row?.name ?? MODEL.digest);
      rmSync(join(root, "blobs", hex.slice(0, 2), hex));
      expect((await registry.catalogue().page({ limit: 1 })).items[0]?.name).toEqual({ kind: "evidence-missing" });
    }));
});

describe("submitters", () => {
  it("are those who brought it, not those who approved it", () =>
    founded(async (registry, world) => {
      await registry.recordAdmission({ ...admissionOf(MODEL, "hold", world), principal: "ada" });
      const { approval } = await registry.approve({
        artifact: MODEL.digest,
        policy: "review",
        role: "approver",
        reason: "Read it.",
        principal: "bob",
        expires: "2026-06-01T00:00:00.000Z",
      });
      const waived = { ...REVIEW, waiver: { role: "approver", satisfiedBy: approval, expires: "2026-06-01T00:00:00.000Z" } };
      await registry.recordAdmission({ ...admissionOf(MODEL, "allow", world, { reasons: [waived] }), principal: "bob" });
      expect(await registry.submitters(MODEL.digest)).toEqual(["ada"]);
    }));
});

describe("entries of the log", () => {
  it("come newest first, each with a proof that its leaf hash is under the checkpoint", () =>
    founded(async (registry, world) => {
      const ticket = await ticketed(registry, world);
      const { size } = await registry.checkpoint();
      expect((await registry.entries({ before: size, limit: 2 })).map(({ index, kind }) => [index, kind])).toEqual([
        [2, "admission"],
        [1, "policySet"],
      ]);
      const entry = await registry.entry(2);
      expect(entry).toMatchObject({ index: 2, leaf: ticket.leaf, kind: "admission", subject: MODEL.digest, statement: { subject: MODEL.digest } });
      expect(entry?.checkpoint).toContain("\n3\n");
      expect(await registry.entry(99)).toBeNull();
    }));
});

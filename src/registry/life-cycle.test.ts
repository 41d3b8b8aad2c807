import { describe, expect, it } from "vitest";
import { admissionOf, artifactWith, founded, MODEL, POLICY_SET, REVIEW, ticketed } from "../../test/registry-world.ts";
import { digestOf } from "../digest.ts";
import { standingByStatus, verifyStatus } from "./status.ts";

describe("approving what is on hold", () => {
  const request = { artifact: MODEL.digest, policy: "review", role: "approver", reason: "Looked at it.", principal: "grace" };

  it("leads to a ticket that ends with the approval", () =>
    founded(async (registry, world) => {
      const held = admissionOf(MODEL, "hold", world);
      await registry.recordAdmission(held);
      expect((await registry.heldDecision(MODEL.digest))?.waiting).toEqual([{ policy: "review", role: "approver" }]);
      const expires = "2026-05-11T00:00:00.000Z";
      const { approval, held: after } = await registry.approve({ ...request, expires });
      expect(after).toMatchObject({ waiting: [], context: held.decision.context, contextValue: held.context, policySet: POLICY_SET });
      expect(await registry.waiversFor(MODEL.digest, held.decision.context)).toEqual([{ id: approval, policy: "review", role: "approver", expires }]);

      const waived = { ...REVIEW, waiver: { role: "approver", satisfiedBy: approval, expires } };
      const recorded = await registry.recordAdmission(admissionOf(MODEL, "allow", world, { reasons: [waived] }));
      expect(recorded).toMatchObject({ kind: "ticketed", ticket: { notAfter: expires } });
      const shown = await registry.show(MODEL.digest);
      expect(shown.approvals).toMatchObject([
        { leaf: approval, policy: "review", reason: { value: "Looked at it." }, principal: { value: "grace" } },
      ]);
      expect(shown.reasons).toEqual([{ policy: "review", effect: "forbid", waiver: waived.waiver, text: { kind: "text", value: REVIEW.text } }]);
      expect(shown.history.map(({ kind }) => kind)).toEqual(["admission", "approval", "admission"]);
      world.passDays(11);
      expect(await registry.waiversFor(MODEL.digest, held.decision.context)).toEqual([]);
      expect((await registry.show(MODEL.digest)).standing).toBe("expired");
    }));

  it("says nothing for other findings: they reopen it", () =>
    founded(async (registry, world) => {
      await registry.recordAdmission(admissionOf(MODEL, "hold", world));
      const { approval } = await registry.approve({ ...request, expires: "2026-06-01T00:00:00.000Z" });
      const worse = admissionOf(MODEL, "hold", world, { seen: "something new" });
      await registry.recordAdmission(worse);
      expect(await registry.waiversFor(MODEL.digest, worse.decision.context)).toEqual([]);
      expect((await registry.heldDecision(MODEL.digest))?.waiting).toEqual([{ policy: "review", role: "approver" }]);
      const forged = { ...REVIEW, waiver: { role: "approver", satisfiedBy: approval, expires: "2026-06-01T00:00:00.000Z" } };
      await expect(registry.recordAdmission(admissionOf(MODEL, "allow", world, { seen: "something new", reasons: [forged] }))).rejects.toMatchObject({
        code: "WB_REGISTRY_MISMATCH",
      });
    }));

  it("is refused where nothing waits, for another role, without a reason, and for a time that is over", () =>
    founded(async (registry, world) => {
      const expires = "2026-06-01T00:00:00.000Z";
      await expect(registry.approve({ ...request, expires })).rejects.toMatchObject({ code: "WB_REGISTRY_NOT_ON_HOLD" });
      await registry.recordAdmission(admissionOf(MODEL, "hold", world));
      await expect(registry.approve({ ...request, expires, policy: "other" })).rejects.toMatchObject({ code: "WB_REGISTRY_NOT_ON_HOLD" });
      await expect(registry.approve({ ...request, expires, role: "intern" })).rejects.toMatchObject({ code: "WB_REGISTRY_WRONG_ROLE" });
      await expect(registry.approve({ ...request, expires, reason: "  " })).rejects.toMatchObject({ code: "WB_REGISTRY_NO_REASON" });
      await expect(registry.approve({ ...request, expires: "2026-04-01T00:00:00.000Z" })).rejects.toMatchObject({ code: "WB_REGISTRY_BAD_TIME" });
      await registry.approve({ ...request, expires });
      await expect(registry.approve({ ...request, expires })).rejects.toMatchObject({ code: "WB_REGISTRY_NOT_ON_HOLD" });
    }));
});

describe("standing", () => {
  it("is taken by a revocation and given back by a reinstatement, and a revoked artifact gets no ticket meanwhile", () =>
    founded(async (registry, world) => {
      const ticket = await ticketed(registry, world);
      expect(await registry.standing(ticket.leaf)).toEqual({
        standing: "good",
        asOf: world.now().toISOString(),
        why: `it is good until ${ticket.notAfter}`,
      });
      const change = { artifact: MODEL.digest, principal: "grace" };
      await expect(registry.changeStanding({ ...change, effect: "revoke", reason: "" })).rejects.toMatchObject({ code: "WB_REGISTRY_NO_REASON" });
      await registry.changeStanding({ ...change, effect: "revoke", reason: "Backdoor found." });
      expect((await registry.standing(ticket.leaf)).standing).toBe("revoked");
      expect(await registry.recordAdmission(admissionOf(MODEL, "allow", world))).toEqual({ kind: "standing-taken", effect: "revoke" });
      expect((await registry.show(MODEL.digest)).standingChanges).toMatchObject([{ effect: "revoke", reason: { value: "Backdoor found." } }]);
      await registry.changeStanding({ ...change, effect: "reinstate", reason: "It was another model." });
      expect((await registry.standing(ticket.leaf)).standing).toBe("good");
      expect((await registry.recordAdmission(admissionOf(MODEL, "allow", world))).kind).toBe("already-ticketed");
      expect((await registry.standing("00".repeat(32))).standing).toBe("unknown");
      const nobody = { ...change, artifact: digestOf("nobody"), effect: "revoke" as const, reason: "why" };
      await expect(registry.changeStanding(nobody)).rejects.toMatchObject({ code: "WB_REGISTRY_NOT_FOUND" });
    }));

  it("is taken once and given back once, and only where there is one", () =>
    founded(async (registry, world) => {
      const change = (effect: "revoke" | "reinstate", artifact = MODEL.digest) =>
        registry.changeStanding({ artifact, effect, reason: "why", principal: "grace" });
      await ticketed(registry, world);
      await expect(change("reinstate")).rejects.toMatchObject({ code: "WB_REGISTRY_NO_STANDING" });
      const kinds = [await change("revoke"), await change("revoke"), await change("reinstate"), await change("reinstate"), await change("revoke")];
      expect(kinds.map(({ kind }) => kind)).toEqual(["changed", "already", "changed", "already", "changed"]);
      expect((await registry.show(MODEL.digest)).standingChanges.map(({ effect }) => effect)).toEqual(["revoke", "reinstate", "revoke"]);

      const [held, denied] = [artifactWith({ a: "held" }), artifactWith({ a: "denied" })];
      await registry.recordAdmission(admissionOf(held, "hold", world));
      await registry.recordAdmission(admissionOf(denied, "deny", world));
      expect((await change("revoke", held.digest)).kind).toBe("changed");
      expect((await registry.show(held.digest)).standing).toBe("revoked");
      await expect(change("revoke", denied.digest)).rejects.toMatchObject({
        code: "WB_REGISTRY_NO_STANDING",
        message: `${denied.digest} was denied and never had a ticket, so there is no standing to take`,
      });
    }));

  it("is suspended by a later decision that does not allow", () =>
    founded(async (registry, world) => {
      const ticket = await ticketed(registry, world);
      await registry.recordAdmission(admissionOf(MODEL, "deny", world, { seen: "a new rule's finding" }));
      expect((await registry.standing(ticket.leaf)).standing).toBe("suspended");
    }));

  it("is told elsewhere by a status file", () =>
    founded(async (registry, world) => {
      const other = artifactWith({ a: "other" });
      const [good, bad] = [await ticketed(registry, world), await ticketed(registry, world, other)];
      await registry.changeStanding({ artifact: other.digest, effect: "revoke", reason: "Stolen.", principal: "ada" });
      const status = verifyStatus(await registry.exportStatus(), await registry.trust());
      if (status.kind === "broken") throw new Error(status.why);
      const asOf = world.now().toISOString();
      const later = await ticketed(registry, world, artifactWith({ a: "later" }));
      const standing = (ticket: { leaf: string; index: number }) => standingByStatus(status.value, ticket, { now: world.now().toISOString() });
      expect(standing(good)).toEqual({ standing: "good", asOf, why: `it is good until ${good.notAfter}` });
      expect(standing(bad).standing).toBe("revoked");
      expect(standing(later)).toEqual({ standing: "unknown", asOf, why: "the status file is older than the ticket" });
      world.passDays(8);
      expect(standing(good).standing).toBe("stale");
      expect(standing(bad).standing).toBe("revoked");
      world.passDays(90);
      expect(standing(good).standing).toBe("expired");
    }));
});

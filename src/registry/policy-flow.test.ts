import { expect, it } from "vitest";
import { artifactWith, World, withFolder } from "../../test/registry-world.ts";
import { canonicalJson, type Json } from "../json.ts";
import { type Context, contextOf } from "../policy/context.ts";
import { decideAdmission } from "../policy/decide.ts";
import { loadPolicySet, SCHEMAS } from "../policy/policy-set.ts";
import { openRegistry } from "./registry.ts";

const MODEL = artifactWith({ "model.safetensors": "weights" });
const SET = loadPolicySet();
const SET_TEXT = canonicalJson({
  schema: SCHEMAS.weighbridge,
  policies: Object.fromEntries([...SET.policies.values()].map(({ id, source }) => [id, source])),
});

/** What the default policies hold for review: one finding of medium severity. */
const CONTEXT = contextOf(
  { digest: MODEL.digest, files: 1, sizeBytes: 7, formats: ["safetensors"] },
  { findings: [{ rule: "odd-thing", severity: "medium" }], coverage: { status: "complete", unexamined: [] } },
);

it("holds by the default policies, is approved, decided again from what was stored, and gets its ticket", () =>
  withFolder(async (folder) => {
    const world = new World();
    const registry = await openRegistry(folder, { surroundings: world });
    await registry.recordPolicySet({ digest: SET.digest, text: SET_TEXT, principal: "ada" });
    const decide = async (context: Context) => {
      const waivers = await registry.waiversFor(MODEL.digest, (await registry.heldDecision(MODEL.digest))?.context ?? MODEL.digest);
      const decision = decideAdmission(SET, { principal: "ada", context, waivers, now: world.now().toISOString() });
      return registry.recordAdmission({
        artifact: MODEL,
        decision,
        context: context as unknown as Json,
        evidence: [],
        name: "dir",
        principal: "ada",
      });
    };
    expect(await decide(CONTEXT)).toMatchObject({ kind: "recorded", outcome: "hold" });

    const held = await registry.heldDecision(MODEL.digest);
    const [waiting] = held?.waiting ?? [];
    if (waiting === undefined) throw new Error("nothing waits");
    world.pass(60_000);
    await registry.approve({ artifact: MODEL.digest, ...waiting, reason: "Read it.", principal: "grace", expires: "2026-06-01T00:00:00.000Z" });
    const again = await registry.heldDecision(MODEL.digest);
    expect(again?.waiting).toEqual([]);
    expect(again?.policySet).toBe(SET.digest);
    expect(await decide(again?.contextValue as unknown as Context)).toMatchObject({
      kind: "ticketed",
      ticket: { notAfter: "2026-06-01T00:00:00.000Z" },
    });
    expect(await registry.heldDecision(MODEL.digest)).toBeNull();
    expect((await registry.show(MODEL.digest)).standing).toBe("good");
    await registry.close();
  }));

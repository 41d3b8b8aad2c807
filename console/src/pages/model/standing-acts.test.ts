import { expect, it } from "vitest";
import type { Artifact } from "../../api/types.ts";
import { effectsFor } from "./standing-acts.ts";

const ticket = { origin: "log", leaf: "00", index: 1, notAfter: "2026-12-01T00:00:00.000Z" };

function modelWith(change: Partial<Artifact>): Artifact {
  return { decision: "allow", ticket, standing: "good", standingChanges: [], ...change } as Artifact; // what effectsFor reads
}

function changed(...effects: readonly Artifact["standingChanges"][number]["effect"][]): Artifact["standingChanges"] {
  return effects.map((effect, i) => ({ leaf: String(i), effect, at: `2026-05-0${i + 1}T00:00:00.000Z`, reason: "", principal: "" }));
}

it.each([
  ["what has a ticket", modelWith({}), ["suspend", "revoke"]],
  ["what waits", modelWith({ decision: "hold", ticket: null, standing: "none" }), ["suspend", "revoke"]],
  ["what was denied", modelWith({ decision: "deny", ticket: null, standing: "none" }), []],
  ["what was revoked", modelWith({ standing: "revoked", standingChanges: changed("revoke") }), ["reinstate"]],
  ["what was suspended", modelWith({ standing: "suspended", standingChanges: changed("suspend") }), ["reinstate", "revoke"]],
  ["what was reinstated", modelWith({ standingChanges: changed("revoke", "reinstate") }), ["suspend", "revoke"]],
])("offers for %s what changes something", (_, model, effects) => expect(effectsFor(model)).toEqual(effects));

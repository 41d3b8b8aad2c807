import { expect, it } from "vitest";
import example from "../../../test/vectors/tlog/worked-example.json" with { type: "json" };
import type { Checkpoint } from "../api/types.ts";
import { toBase64 } from "./bytes.ts";
import type { TrustDocument } from "./envelope.ts";
import { parseCheckpoint } from "./note.ts";
import { verifyCheckpoint } from "./verify-checkpoint.ts";

const note = example.checkpoints.at(-1)?.note ?? "";
const noted = parseCheckpoint(note);
const TOLD: Checkpoint = {
  checkpoint: note,
  size: noted?.size ?? 0,
  root: toBase64(noted?.root ?? new Uint8Array()),
  origin: example.origin,
  logKey: example.log_vkey,
};
const trust: TrustDocument = { origin: example.origin, logKey: example.log_vkey, ticketKeys: [], fingerprint: "sha256:f" };

async function states(told: Checkpoint, before: Parameters<typeof verifyCheckpoint>[1]["before"] = null) {
  const { checks, sound } = await verifyCheckpoint(told, { trust, fingerprint: "sha256:f", before });
  return { sound, states: Object.fromEntries(checks.map(({ id, state }) => [id, state])) };
}

it("verifies the note alone, and remembers nothing by itself", async () => {
  expect(await states(TOLD)).toEqual({
    sound: true,
    states: { signature: "verified", same: "verified", trust: "verified", memory: "not-checked" },
  });
});

it.each([
  ["another size beside the note", { size: 4 }, "same"],
  ["another root beside the note", { root: "" }, "same"],
  ["another origin", { origin: "elsewhere" }, "same"],
  ["another key", { logKey: example.witness.vkey }, "signature"],
] as const)("fails for %s", async (_, change, id) => {
  const { sound, states: found } = await states({ ...TOLD, ...change });
  expect(found[id]).toBe("failed");
  expect(sound).toBe(false);
});

it("fails for a log that shrank since it was seen here", async () => {
  const before = { logKey: example.log_vkey, size: TOLD.size + 1, root: "", at: "2026-05-01T00:00:00.000Z" };
  expect(await states(TOLD, before)).toMatchObject({ sound: false, states: { memory: "failed" } });
});

it("fails for what is no note", async () => {
  expect(await states({ ...TOLD, checkpoint: "hello" })).toEqual({ sound: false, states: { signature: "failed" } });
});

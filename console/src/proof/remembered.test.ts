import { expect, it } from "vitest";
import { toBase64 } from "./bytes.ts";
import type { NotedCheckpoint } from "./note.ts";
import { compareWithMemory, recall, remember } from "./remembered.ts";

const ROOT = new Uint8Array(32).fill(7);
const AT = "2026-05-01T00:00:00.000Z";

function checkpointOf(size: number, root = ROOT): NotedCheckpoint {
  return { origin: "log", size, root, text: "", signatures: [] };
}

const BEFORE = { logKey: "key", size: 5, root: toBase64(ROOT), at: AT };

it.each([
  ["first", checkpointOf(5), "key", null],
  ["same", checkpointOf(5), "key", BEFORE],
  ["grown", checkpointOf(6), "key", BEFORE],
  ["shrunk", checkpointOf(4), "key", BEFORE],
  ["other-root", checkpointOf(5, new Uint8Array(32)), "key", BEFORE],
  ["other-key", checkpointOf(6), "another", BEFORE],
] as const)("tells %s", (kind, checkpoint, key, before) => expect(compareWithMemory(checkpoint, key, before).kind).toBe(kind));

it("keeps what it saw, and takes nothing else for it", () => {
  const kept = new Map<string, string>();
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
  expect(recall(storage)).toBeNull();
  remember(storage, checkpointOf(5), "key", AT);
  expect(recall(storage)).toEqual(BEFORE);
  for (const broken of ["", "{", "[]", '{"size":"5"}']) {
    storage.setItem("weighbridge.checkpoint", broken);
    expect(recall(storage)).toBeNull();
  }
});

import { toBase64 } from "./bytes.ts";
import type { NotedCheckpoint } from "./note.ts";

/** The largest checkpoint of this log that this browser has verified. */
export interface Remembered {
  readonly logKey: string;
  readonly size: number;
  readonly root: string;
  readonly at: string;
}

export type Comparison =
  | { readonly kind: "first" }
  | { readonly kind: "same"; readonly since: string }
  | { readonly kind: "grown"; readonly from: number; readonly since: string }
  | { readonly kind: "other-key" | "shrunk" | "other-root"; readonly before: Remembered };

/** Compares a verified checkpoint with what this browser saw before. A log never shrinks, never changes what it holds, and keeps its key. */
export function compareWithMemory(checkpoint: NotedCheckpoint, logKey: string, before: Remembered | null): Comparison {
  if (before === null) return { kind: "first" };
  if (before.logKey !== logKey) return { kind: "other-key", before };
  if (checkpoint.size < before.size) return { kind: "shrunk", before };
  if (checkpoint.size > before.size) return { kind: "grown", from: before.size, since: before.at };
  return toBase64(checkpoint.root) === before.root ? { kind: "same", since: before.at } : { kind: "other-root", before };
}

const KEY = "weighbridge.checkpoint";

export function recall(storage: Pick<Storage, "getItem">): Remembered | null {
  try {
    const value: Partial<Remembered> | null = JSON.parse(storage.getItem(KEY) ?? "null");
    if (typeof value?.logKey !== "string" || typeof value.size !== "number" || typeof value.root !== "string" || typeof value.at !== "string")
      return null;
    return { logKey: value.logKey, size: value.size, root: value.root, at: value.at };
  } catch {
    return null;
  }
}

/** Keeps a checkpoint that verified. One that contradicts the memory never takes its place. */
export function remember(storage: Pick<Storage, "setItem">, checkpoint: NotedCheckpoint, logKey: string, at: string): void {
  storage.setItem(KEY, JSON.stringify({ logKey, size: checkpoint.size, root: toBase64(checkpoint.root), at } satisfies Remembered));
}

import type { Detector } from "../../format.ts";
import { TAGS } from "./tags.ts";

/** Values at the head that have to make sense. */
const LOOKED_AT = 64;

/**
 * There is no magic. `maybe`: a map whose first key is a short text, followed by something that is a value. `yes`: that key is a word of three letters or
 * more, a container or bytes follow, and the head goes on making sense: how flax and others write parameters.
 */
/** A map and an array of nothing, and nil: how spaCy writes tables without entries. */
const EMPTY: readonly number[] = [0x80, 0x90, 0xc0];

export const msgpackDetector: Detector = {
  id: "msgpack",
  begins: Buffer.from([...TAGS.flatMap((tag, first) => (tag?.kind === "map" ? [first] : [])), ...EMPTY]).toString("latin1"),
  async detect({ head, size }) {
    if (size === 1) return EMPTY.includes(head[0] ?? 0xc1) ? "maybe" : "no";
    const first = TAGS[head[0] ?? 0xc1];
    if (first?.kind === "map" && areNumbers(head, size)) return "maybe";
    if (first?.kind !== "map" || first.fixed === 0) return "no";
    const key = keyAt(head, 1 + first.lengthBytes);
    if (key === null || head[key.next] === undefined || head[key.next] === 0xc1) return "no";
    const value = TAGS[head[key.next] ?? 0xc1];
    const telling = key.text.length >= 3 && value !== null && value !== undefined && value.kind !== "scalar";
    return telling && goesOn(head, size) ? "yes" : "maybe";
  },
};

function keyAt(head: Uint8Array, at: number): { readonly text: string; readonly next: number } | null {
  const tag = TAGS[head[at] ?? 0xc1];
  if (tag?.kind !== "text" || tag.lengthBytes > 1) return null;
  const length = tag.fixed ?? head[at + 1] ?? 0;
  const from = at + 1 + tag.lengthBytes;
  const text = Buffer.from(head.subarray(from, from + length)).toString("latin1");
  return text.length === length && length > 0 && /^[\x20-\x7e]+$/.test(text) ? { text, next: from + length } : null;
}

const MOST_PAIRS = 16;

/** A map from numbers to numbers (spaCy's `key2row`): its first pairs, or all that there are and nothing behind them. */
function areNumbers(head: Uint8Array, size: number): boolean {
  const first = TAGS[head[0] ?? 0xc1];
  if (first?.kind !== "map") return false;
  const view = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (head.length < 1 + first.lengthBytes) return false;
  const count = first.fixed ?? view.readUIntBE(1, first.lengthBytes || 1);
  let at = 1 + first.lengthBytes;
  for (let n = 0; n < 2 * Math.min(count, MOST_PAIRS); n++) {
    const bytes = numberBytes(head[at]);
    if (bytes === null || at + bytes > head.length) return false;
    at += bytes;
  }
  return count > MOST_PAIRS ? 2 * count + at <= size + 4 * MOST_PAIRS : count > 0 && at === size;
}

/** Of an integer with its tag; null of anything else. */
function numberBytes(tag: number | undefined): number | null {
  if (tag === undefined) return null;
  if (tag < 0x80 || tag >= 0xe0) return 1;
  return tag >= 0xcc && tag <= 0xd3 ? 1 + 2 ** (tag & 3) : null;
}

/** Tags one after another, containers not followed to their ends: 0xc1 stands nowhere, and no length leads out of the file. */
function goesOn(head: Uint8Array, size: number): boolean {
  const view = Buffer.from(head.buffer, head.byteOffset, head.length);
  let at = 0;
  for (let n = 0; n < LOOKED_AT && at + 6 < head.length; n++) {
    const tag = TAGS[head[at] ?? 0xc1];
    if (tag === null || tag === undefined) return false;
    if (tag.kind === "scalar") at += 1 + tag.bytes;
    else {
      const length = tag.fixed ?? view.readUIntBE(at + 1, tag.lengthBytes || 1);
      const container = tag.kind === "array" || tag.kind === "map";
      const next = at + 1 + tag.lengthBytes + (tag.kind === "extension" ? 1 : 0);
      if (container && length > size) return false;
      at = container ? next : next + length;
    }
  }
  return true;
}

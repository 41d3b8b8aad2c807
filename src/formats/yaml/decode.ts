import { isUtf8 } from "node:buffer";
import type { YamlFacts } from "./facts.ts";

export interface Decoded {
  readonly text: string;
  readonly encoding: YamlFacts["encoding"];
  /** Characters that are one byte each: bytes that are no UTF-8 are taken for Latin-1, so that all of them have a place. */
  readonly narrow: boolean;
  /** Index in the text where the bytes stop being characters, or null. */
  readonly brokenAt: number | null;
}

/** YAML 1.2.2, 5.2: a byte order mark says which encoding; without one it is UTF-8. PyYAML reads the same three. */
export function decode(bytes: Uint8Array): Decoded {
  const encoding = encodingOf(bytes);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (encoding === "utf-8" && !isUtf8(buffer)) {
    const brokenAt = Buffer.byteLength(buffer.toString("utf8").replace(/\ufffd.*$/s, ""));
    return { text: buffer.toString("latin1"), encoding, narrow: true, brokenAt };
  }
  const text = encoding === "utf-8" ? buffer.toString("utf8") : utf16(buffer, encoding === "utf-16be");
  const nul = text.indexOf("\0");
  const half = text.isWellFormed() ? -1 : text.search(LONE);
  const broken = [nul, half].filter((at) => at !== -1);
  return { text, encoding, narrow: false, brokenAt: broken.length === 0 ? null : Math.min(...broken) };
}

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function encodingOf(bytes: Uint8Array): Decoded["encoding"] {
  if (startsWith(bytes, [0xff, 0xfe])) return "utf-16le";
  return startsWith(bytes, [0xfe, 0xff]) ? "utf-16be" : "utf-8";
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

function utf16(buffer: Buffer, bigEndian: boolean): string {
  const even = buffer.subarray(0, buffer.length - (buffer.length % 2));
  return (bigEndian ? Buffer.from(even).swap16() : even).toString("utf16le");
}

/** Whether the bytes at the head may be text in UTF-16: a mark, then mostly characters of one of the first three blocks. */
export function mayBeUtf16(head: Uint8Array): boolean {
  const encoding = encodingOf(head);
  if (encoding === "utf-8" || head.length < 4) return false;
  const high = encoding === "utf-16le" ? 1 : 0;
  let low = 0;
  let units = 0;
  for (let at = 2; at + 1 < head.length; at += 2) {
    units++;
    if ((head[at + high] ?? 0xff) < 3) low++;
  }
  return low * 2 > units;
}

/** Byte offsets of ascending indices into the decoded text. */
export function byteOffsets({ text, encoding, narrow }: Decoded, indices: readonly number[]): readonly number[] {
  if (narrow) return indices;
  if (encoding !== "utf-8") return indices.map((index) => index * 2);
  let from = 0;
  let at = 0;
  return indices.map((index) => {
    at += Buffer.byteLength(text.slice(from, index));
    from = index;
    return at;
  });
}

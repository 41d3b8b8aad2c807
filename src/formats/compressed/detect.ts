import { bytesOf } from "../../bytes.ts";
import type { Detector } from "../../format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import type { StreamCodec } from "./facts.ts";
import { inflate } from "./inflate.ts";

type Answer = "yes" | "maybe" | "no";

/** Codecs with a magic answer by it; zlib and LZMA have none worth the name, so a trial decode of the head decides. */
export const COMPRESSED_DETECTORS: readonly Detector[] = [
  detector("gzip", async ([a, b, method, flags = 0xff]) => (a === 0x1f && b === 0x8b && method === 8 && (flags & 0xe0) === 0 ? "yes" : "no")),
  detector("zlib", zlib),
  detector("bzip2", async (head) => (/^BZh[1-9](1AY&SY|\x17rE8P\x90)/.test(latin1(head)) ? "yes" : "no")),
  detector("xz", async (head) => (latin1(head).startsWith("\xfd7zXZ\0") ? "yes" : "no")),
  detector("lzma", lzma),
  detector("zstd", async (head) => (latin1(head).startsWith("\x28\xb5\x2f\xfd") && ((head[4] ?? 8) & 8) === 0 ? "yes" : "no")),
  detector("lz4", async (head) => (latin1(head).startsWith("\x04\x22\x4d\x18") && (head[4] ?? 0) >> 6 === 1 ? "yes" : "no")),
];

function detector(id: StreamCodec, answer: (head: Uint8Array, size: number) => Promise<Answer>): Detector {
  return { id, detect: ({ head, size }) => answer(head, size) };
}

/** CMF and FLG whose sum fits 31 (RFC 1950), then a trial: one in a thousand random heads has the header, none of those inflates far. */
async function zlib(head: Uint8Array, size: number): Promise<Answer> {
  const [cmf = 0, flags = 0] = head;
  if ((cmf & 15) !== 8 || cmf >> 4 > 7 || (cmf * 256 + flags) % 31 !== 0 || (flags & 0x20) !== 0) return "no";
  return trial("zlib", head, size);
}

/** Properties as encoders choose them, a dictionary of 2^n or 3·2^n bytes, a size that is unknown or plausible, then a trial. */
async function lzma(head: Uint8Array, size: number): Promise<Answer> {
  if (head.length < 18) return "no";
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  const properties = bytes[0] ?? 255;
  const literalBits = (properties % 9) + (Math.floor(properties / 9) % 5);
  const stated = bytes.readBigUInt64LE(5);
  const plausible = stated === 2n ** 64n - 1n || (stated > 0n && stated < 2n ** 40n);
  if (properties >= 225 || literalBits > 4 || !isDictionarySize(bytes.readUInt32LE(1)) || !plausible || bytes[13] !== 0) return "no";
  return trial("lzma", head, size);
}

function isDictionarySize(size: number): boolean {
  if (size === 0xffffffff) return true;
  if (size < 4096) return false;
  const odd = size / (size & -size);
  return Math.abs(odd) === 1 || Math.abs(odd) === 3;
}

/** Bytes that a trial has to yield before a cut head counts as the real thing. */
const CONVINCING_BYTES = 64;
const TRIAL_LIMITS = { ...DEFAULT_LIMITS, maxInflatedBytes: 16 * 1024 * 1024 };

/** Decodes the head. An end that is only cut, because the head is, tells for it; anything wrong before tells against it. */
async function trial(codec: "zlib" | "lzma", head: Uint8Array, size: number): Promise<Answer> {
  const { kind, inflatedBytes, consumedBytes, why } = await inflate(codec, bytesOf(head), new Budget(TRIAL_LIMITS), () => {});
  if (kind === "complete") return inflatedBytes > 0 ? "yes" : "maybe";
  if (kind === "limit") return "yes";
  const cut = why?.startsWith("cut off") === true && consumedBytes >= head.length - TRAILER_BYTES;
  if (!cut) return "no";
  return size > head.length && inflatedBytes >= CONVINCING_BYTES ? "yes" : "maybe";
}

const TRAILER_BYTES = 8;

function latin1(head: Uint8Array): string {
  return Buffer.from(head.buffer, head.byteOffset, Math.min(16, head.length)).toString("latin1");
}

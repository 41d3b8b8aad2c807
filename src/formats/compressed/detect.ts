import { bytesOf } from "../../bytes.ts";
import type { Detector, Probe } from "../../format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import type { StreamCodec } from "./facts.ts";
import { inflate } from "./inflate.ts";

type Answer = "yes" | "maybe" | "no";

/** Codecs with a magic answer by it; zlib and LZMA have none worth the name, so a trial decode of the head decides. */
export const COMPRESSED_DETECTORS: readonly Detector[] = [
  detector("gzip", async ({ head: [a, b, method, flags = 0xff] }) =>
    a === 0x1f && b === 0x8b && method === 8 && (flags & 0xe0) === 0 ? "yes" : "no",
  ),
  detector("zlib", zlib),
  detector("bzip2", async ({ head }) => (/^BZh[1-9](1AY&SY|\x17rE8P\x90)/.test(latin1(head)) ? "yes" : "no")),
  detector("xz", async ({ head }) => (latin1(head).startsWith("\xfd7zXZ\0") ? "yes" : "no")),
  detector("lzma", lzma),
  detector("zstd", (probe) => framed(probe, (head) => latin1(head).startsWith("\x28\xb5\x2f\xfd") && ((head[4] ?? 8) & 8) === 0)),
  detector("lz4", (probe) => framed(probe, (head) => latin1(head).startsWith("\x04\x22\x4d\x18") && (head[4] ?? 0) >> 6 === 1)),
];

function detector(id: StreamCodec, detect: (probe: Probe) => Promise<Answer>): Detector {
  return { id, detect };
}

/** Skippable frames that may stand before the first frame; those who write them write one. */
const MAX_SKIPPED = 16;

/** zstd and LZ4 share skippable frames: 0x184d2a50 to 0x184d2a5f and a size. The first other frame tells whose they are. */
async function framed({ head, size, at }: Probe, isFrame: (head: Uint8Array) => boolean): Promise<Answer> {
  let offset = 0;
  for (let skipped = 0; skipped <= MAX_SKIPPED; skipped++) {
    const bytes = Buffer.from(offset === 0 ? head.subarray(0, 8) : await at(offset, Math.min(8, size - offset)));
    if (isFrame(bytes)) return "yes";
    if (bytes.length < 8 || (bytes.readUInt32LE(0) & ~15) >>> 0 !== 0x184d2a50) return "no";
    offset += 8 + bytes.readUInt32LE(4);
    if (offset >= size) return "no";
  }
  return "no";
}

/** CMF and FLG whose sum fits 31 (RFC 1950), then a trial: one in a thousand random heads has the header, none of those inflates far. */
async function zlib({ head }: Probe): Promise<Answer> {
  const [cmf = 0, flags = 0] = head;
  if ((cmf & 15) !== 8 || cmf >> 4 > 7 || (cmf * 256 + flags) % 31 !== 0 || (flags & 0x20) !== 0) return "no";
  return trial("zlib", head);
}

/** Properties as encoders choose them, a dictionary of 2^n or 3·2^n bytes, a size that is unknown or plausible, then a trial. */
async function lzma({ head }: Probe): Promise<Answer> {
  if (head.length < 18) return "no";
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  const properties = bytes[0] ?? 255;
  const literalBits = (properties % 9) + (Math.floor(properties / 9) % 5);
  const stated = bytes.readBigUInt64LE(5);
  const plausible = stated === 2n ** 64n - 1n || (stated > 0n && stated < 2n ** 40n);
  if (properties >= 225 || literalBits > 4 || !isDictionarySize(bytes.readUInt32LE(1)) || !plausible || bytes[13] !== 0) return "no";
  if (bytes.subarray(13).includes(ZERO_RUN)) return "no";
  return trial("lzma", head);
}

/** Sparse tensors have the header now and then, and zeros decode as LZMA for ever; an encoder never writes a run of them. */
const ZERO_RUN = Buffer.alloc(16);

function isDictionarySize(size: number): boolean {
  if (size === 0xffffffff) return true;
  if (size < 4096) return false;
  const odd = size / (size & -size);
  return Math.abs(odd) === 1 || Math.abs(odd) === 3;
}

/** Bytes that a trial has to yield before a cut stream counts as the real thing. */
const CONVINCING_BYTES = 64;
/**
 * Compressed bytes that a trial has to read before a stream that breaks counts as the real thing: what came before the break would be loaded. Of
 * heads with the header and random bytes behind it, fewer than one in a thousand go so far.
 */
const SOUND_BYTES = 128;
const TRAILER_BYTES = 8;
const TRIAL_LIMITS = { ...DEFAULT_LIMITS, maxInflatedBytes: 16 * 1024 * 1024 };

/** Decodes the head. A stream that is cut may be one because the head is. */
async function trial(codec: "zlib" | "lzma", head: Uint8Array): Promise<Answer> {
  const { kind, inflatedBytes, consumedBytes, why } = await inflate(codec, bytesOf(head), new Budget(TRIAL_LIMITS), () => {});
  if (kind === "complete") return inflatedBytes > 0 ? "yes" : "maybe";
  if (kind === "limit") return "yes";
  const cut = why?.startsWith("cut off") === true && consumedBytes >= head.length - TRAILER_BYTES;
  if (inflatedBytes >= CONVINCING_BYTES && (cut || consumedBytes >= SOUND_BYTES)) return "yes";
  return cut ? "maybe" : "no";
}

function latin1(head: Uint8Array): string {
  return Buffer.from(head.buffer, head.byteOffset, Math.min(16, head.length)).toString("latin1");
}

import { bytesOf } from "../../bytes.ts";
import type { Detector, Probe } from "../../format.ts";
import { lazily } from "../../lazily.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { isLzmaHeader, LZMA_HEADER_BYTES } from "./codecs/lzma-header.ts";
import type { StreamCodec } from "./facts.ts";

type Answer = "yes" | "maybe" | "no";

/** The decoders, for a head that may well be what they decode. */
const engine = lazily(() => import("./inflate.ts"));
/** CMF of DEFLATE with windows of any size (RFC 1950). */
const ZLIB = "\x08\x18\x28\x38\x48\x58\x68\x78";
const SKIPPABLE_FRAMES = "PQRSTUVWXYZ[\\]^_";

/** Codecs with a magic answer by it; zlib and LZMA have none worth the name, so a trial decode of the head decides. */
export const COMPRESSED_DETECTORS: readonly Detector[] = [
  detector("gzip", "\x1f", async ({ head: [a, b, method, flags = 0xff] }) =>
    a === 0x1f && b === 0x8b && method === 8 && (flags & 0xe0) === 0 ? "yes" : "no",
  ),
  detector("zlib", ZLIB, zlib),
  detector("bzip2", "B", async ({ head }) => (/^BZh[1-9](1AY&SY|\x17rE8P\x90)/.test(latin1(head)) ? "yes" : "no")),
  detector("xz", "\xfd", async ({ head }) => (latin1(head).startsWith("\xfd7zXZ\0") ? "yes" : "no")),
  { id: "lzma" satisfies StreamCodec, detect: lzma },
  detector("zstd", `\x28${SKIPPABLE_FRAMES}`, (probe) =>
    framed(probe, (head) => latin1(head).startsWith("\x28\xb5\x2f\xfd") && ((head[4] ?? 8) & 8) === 0),
  ),
  detector("lz4", `\x04${SKIPPABLE_FRAMES}`, (probe) =>
    framed(probe, (head) => latin1(head).startsWith("\x04\x22\x4d\x18") && (head[4] ?? 0) >> 6 === 1),
  ),
];

function detector(id: StreamCodec, begins: string, detect: (probe: Probe) => Promise<Answer>): Detector {
  return { id, begins, detect };
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

/** A header as encoders write it, then a trial. */
async function lzma({ head }: Probe): Promise<Answer> {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (head.length < LZMA_START_BYTES || !isLzmaHeader(bytes)) return "no";
  const zeros = bytes.indexOf(ZERO_RUN, LZMA_HEADER_BYTES);
  if (zeros === -1) return trial("lzma", head);
  return zeros > LZMA_START_BYTES && (await endsAt(bytes, zeros)) ? "yes" : "no";
}

/** Header, and what the range decoder reads before its first bit. */
const LZMA_START_BYTES = LZMA_HEADER_BYTES + 5;
/** Sparse tensors have the header now and then, and zeros decode as LZMA for ever; an encoder never writes a run of them. */
const ZERO_RUN = Buffer.alloc(16);

/** Zeros behind a stream are padding: the stream has to end where they begin. */
async function endsAt(bytes: Buffer, zeros: number): Promise<boolean> {
  const { inflate } = await engine();
  const { kind, inflatedBytes, consumedBytes } = await inflate("lzma", bytesOf(bytes), new Budget(TRIAL_LIMITS), () => {});
  return kind === "complete" && inflatedBytes > 0 && consumedBytes >= zeros && consumedBytes < zeros + ZERO_RUN.length;
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
  const { inflate } = await engine();
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

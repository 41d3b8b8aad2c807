import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import type { StreamCodec } from "./facts.ts";

export interface Aside {
  readonly offset: number;
  readonly size: number;
}

const MAX_HEADER_BYTES = 128 * 1024;
const MAX_FRAMES = 64;
const GZIP_HEADER_BYTES = 10;
const HAS_HEADER_CRC = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;

/**
 * Parts in front of a stream that its readers step over: extra field, name and comment of gzip (RFC 1952, 2.3), skippable frames of Zstandard (RFC 8878,
 * 3.1.2) and LZ4, which share their magic.
 */
export async function asidesOf(codec: StreamCodec, source: ByteSource, budget: Budget): Promise<readonly Aside[]> {
  if (codec === "gzip") return gzipHeader(source, budget);
  return codec === "zstd" || codec === "lz4" ? skippableFrames(source, budget) : [];
}

async function gzipHeader(source: ByteSource, budget: Budget): Promise<readonly Aside[]> {
  const header = Buffer.from(await source.read(0, Math.min(source.size, MAX_HEADER_BYTES)));
  const flags = header[3] ?? 0;
  budget.steps(1 + (header.length >> 8));
  let end = GZIP_HEADER_BYTES;
  if ((flags & HAS_EXTRA) !== 0 && end + 2 <= header.length) end += 2 + header.readUInt16LE(end);
  for (const flag of [HAS_NAME, HAS_COMMENT]) {
    const zero = (flags & flag) === 0 ? end - 1 : header.indexOf(0, end);
    end = zero === -1 ? header.length : zero + 1;
  }
  if ((flags & HAS_HEADER_CRC) !== 0) end += 2;
  return end <= GZIP_HEADER_BYTES || end > header.length ? [] : [{ offset: GZIP_HEADER_BYTES, size: end - GZIP_HEADER_BYTES }];
}

async function skippableFrames(source: ByteSource, budget: Budget): Promise<readonly Aside[]> {
  const frames: Aside[] = [];
  for (let at = 0; at + 8 <= source.size && frames.length < MAX_FRAMES; ) {
    budget.steps(1);
    const head = Buffer.from(await source.read(at, 8));
    const size = Math.min(head.readUInt32LE(4), source.size - at - 8);
    if (head.readUInt32LE(0) >>> 4 !== 0x184d2a5) break;
    if (size > 0) frames.push({ offset: at + 8, size });
    at += 8 + size;
  }
  return frames;
}

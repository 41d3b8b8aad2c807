import { crc32 } from "node:zlib";
import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import type { Extent } from "../safetensors/layout.ts";
import type { Anomalies } from "../strict-json/anomalies.ts";
import type { SevenZipBlock } from "./facts.ts";

const WINDOW_BYTES = 256 * 1024;

/** Sums over files that are stored as they are: nobody unpacks them, so nobody else would notice. */
export async function checkStored(
  { offset, packedSize, parts }: SevenZipBlock,
  bytes: ByteSource,
  budget: Budget,
  anomalies: Anomalies,
): Promise<void> {
  for (const part of parts) {
    if (part.crc32 === null || part.offset + part.size > packedSize) continue;
    let sum = 0;
    for await (const window of windowsOf(bytes, { begin: offset + part.offset, end: offset + part.offset + part.size }, budget))
      sum = crc32(window, sum);
    if (sum >>> 0 !== part.crc32) anomalies.add("file-sum", offset + part.offset, "a stored file with another CRC-32 than stated");
  }
}

export async function isZero(bytes: ByteSource, extent: Extent, budget: Budget): Promise<boolean> {
  for await (const window of windowsOf(bytes, extent, budget)) if (window.some((byte) => byte !== 0)) return false;
  return true;
}

async function* windowsOf(bytes: ByteSource, { begin, end }: Extent, budget: Budget): AsyncGenerator<Uint8Array> {
  for (let at = begin; at < end; at += WINDOW_BYTES) {
    const length = Math.min(WINDOW_BYTES, end - at);
    budget.steps(1 + (length >> 9));
    yield await bytes.read(at, length);
  }
}

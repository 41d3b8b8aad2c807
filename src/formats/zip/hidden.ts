import { type ByteSource, sliceOf } from "../../bytes.ts";
import { Budget } from "../../limits.ts";
import { inflate } from "../compressed/inflate.ts";
import { codecOf } from "./methods.ts";
import { type Header, readLocal } from "./records.ts";
import { DESCRIPTOR } from "./signatures.ts";
import type { Span } from "./spans.ts";

const HAS_DESCRIPTOR = 0x8;
const MAX_LOOKED_AT = 64 * 1024 * 1024;
const MAX_MEASURED = 256 * 1024 * 1024;

/** A local header that stands at the start of a gap; sizes that its data descriptor holds are found by reading. */
export async function readHidden(source: ByteSource, gap: Span, budget: Budget): Promise<Header | null> {
  const local = await readLocal(source, gap.offset);
  if (local === null || local.at + local.bytes > gap.offset + gap.size) return null;
  if ((local.flags & HAS_DESCRIPTOR) === 0 || local.compressedSize > 0) return local;
  const data = sliceOf(source, local.at + local.bytes, gap.offset + gap.size - local.at - local.bytes);
  const codec = codecOf(local.method);
  if (codec === null || codec === "stored") return storedUntilDescriptor(local, data, budget);
  const measuring = new Budget({ ...budget.limits, maxInflatedBytes: MAX_MEASURED }, () => budget.inflated(0));
  const { inflatedBytes, consumedBytes } = await inflate(codec, data, measuring, () => {});
  budget.steps(16 + Math.ceil(inflatedBytes / 512));
  return { ...local, compressedSize: consumedBytes, size: inflatedBytes, crc32: await descriptorCrc(local, data, consumedBytes) };
}

/** The signed descriptor whose size field equals its distance ends the data; without one, all of the gap is data. */
async function storedUntilDescriptor(local: Header, data: ByteSource, budget: Budget): Promise<Header> {
  const looked = Math.min(data.size, MAX_LOOKED_AT);
  budget.hold(looked);
  try {
    const bytes = Buffer.from(await data.read(0, looked));
    const signature = Buffer.alloc(4);
    signature.writeUInt32LE(DESCRIPTOR);
    for (let at = bytes.indexOf(signature); at !== -1 && at + 16 <= bytes.length; at = bytes.indexOf(signature, at + 1)) {
      budget.steps(1);
      if (bytes.readUInt32LE(at + 8) === at) return { ...local, compressedSize: at, size: at, crc32: bytes.readUInt32LE(at + 4) };
    }
  } finally {
    budget.release(looked);
  }
  return { ...local, compressedSize: data.size, size: data.size };
}

/** The CRC-32 of the descriptor, which may lack its signature; where the local header states one already, that. */
async function descriptorCrc(local: Header, data: ByteSource, at: number): Promise<number> {
  if (at + 8 > data.size) return local.crc32;
  const bytes = Buffer.from(await data.read(at, 8));
  if (bytes.readUInt32LE(0) === DESCRIPTOR) return bytes.readUInt32LE(4);
  return local.crc32 === 0 ? bytes.readUInt32LE(0) : local.crc32;
}

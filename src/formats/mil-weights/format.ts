import type { ByteSource } from "../../bytes.ts";
import type { OwnedSpan } from "../../finding.ts";
import type { Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { type TensorDataFacts, tensorDataChildren, tensorDataFormat } from "../tensor-data/format.ts";

export interface MilWeightsFacts extends TensorDataFacts {
  /** Values of the blobs whose type has a known size. */
  readonly parameters: number;
}

const HEADER_BYTES = 64;
const RECORD_BYTES = 64;
const ALIGNMENT = 64;
const SENTINEL = 0xdeadbeef;
/** Bits of a value by its type (BlobDataType.hpp). */
const BITS: Readonly<Record<number, number>> = {
  1: 16,
  2: 32,
  3: 8,
  4: 8,
  5: 16,
  6: 16,
  7: 16,
  8: 4,
  9: 1,
  10: 2,
  11: 4,
  12: 3,
  13: 6,
  14: 32,
  15: 32,
  16: 8,
  17: 8,
};

interface Blobs {
  readonly owns: readonly OwnedSpan[];
  readonly parameters: number;
  /** Where the next record should stand and does not. */
  readonly stop: { readonly at: number; readonly why: string } | null;
}

/**
 * Weights of a Core ML program (`weights/weight.bin`): a header with a count, then for each blob a record and its bytes, all at multiples of 64.
 * coremltools mlmodel/src/MILBlob/Blob/StorageFormat.hpp
 */
export const milWeightsFormat: Format<MilWeightsFacts> = {
  id: "mil-weights",
  async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<MilWeightsFacts>> {
    let held = 0;
    try {
      const count = bytes.size < HEADER_BYTES ? 0 : Buffer.from(await bytes.read(0, 4)).readUInt32LE(0);
      if (count > budget.limits.maxEntries) throw new LimitError("maxEntries", budget.limits.maxEntries);
      const most = Math.min(count, Math.floor(bytes.size / RECORD_BYTES));
      budget.hold(most * SPAN_BYTES);
      held = most * SPAN_BYTES;
      const { owns, parameters, stop } = await readBlobs(bytes, count, budget);
      const { kind, facts, anomalies, why } = await tensorDataFormat(owns).parse(bytes, budget);
      const end = kind === "parsed" && stop !== null ? { kind: "broken" as const, ...stop } : { kind, ...(why === undefined ? {} : { why }) };
      return { ...end, facts: { ...facts, parameters }, anomalies };
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      return { kind: "limit", facts: { tensors: 0, ownedBytes: 0, heads: [], unowned: [], parameters: 0 }, anomalies: [], why: error.message };
    } finally {
      budget.release(held);
    }
  },
  children: tensorDataChildren,
};

const SPAN_BYTES = 128;

/** The header and the records are owned as the blobs are. */
async function readBlobs(bytes: ByteSource, count: number, budget: Budget): Promise<Blobs> {
  const owns: OwnedSpan[] = [{ offset: 0, size: Math.min(HEADER_BYTES, bytes.size) }];
  let parameters = 0;
  let at = HEADER_BYTES;
  for (let i = 0; i < count; i++) {
    budget.steps(1);
    if (at + RECORD_BYTES > bytes.size)
      return { owns, parameters, stop: { at: Math.min(at, bytes.size), why: `${count - i} of ${count} blobs are missing` } };
    const record = Buffer.from(await bytes.read(at, RECORD_BYTES));
    const size = Number(record.readBigUInt64LE(8));
    const offset = Number(record.readBigUInt64LE(16));
    if (record.readUInt32LE(0) !== SENTINEL) return { owns, parameters, stop: { at, why: "no record of a blob stands here" } };
    if (offset < at + RECORD_BYTES || offset + size > bytes.size)
      return { owns, parameters, stop: { at, why: `a blob of ${size} bytes at ${offset} is not behind its record in the file` } };
    owns.push({ offset: at, size: RECORD_BYTES }, { offset, size });
    parameters += Math.floor((size * 8) / (BITS[record.readUInt32LE(4)] ?? Number.POSITIVE_INFINITY));
    at = Math.ceil((offset + size) / ALIGNMENT) * ALIGNMENT;
  }
  return { owns, parameters, stop: null };
}

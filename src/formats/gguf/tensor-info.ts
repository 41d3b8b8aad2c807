import type { Budget } from "../../limits.ts";
import { elementsOf } from "../safetensors/histogram.ts";
import { type Anomalies, shown } from "../strict-json/anomalies.ts";
import { type Cursor, countText, GgufBreak } from "./cursor.ts";
import { readText } from "./metadata.ts";
import { TENSOR_TYPES } from "./tensor-types.ts";

/** One tensor info, as the file has it. */
export interface TensorInfo {
  readonly name: string;
  /** File offset of this info. */
  readonly at: number;
  /** Fastest-varying dimension first, as ggml counts; each at most 2^53 - 1. */
  readonly dimensions: readonly number[];
  /** Name of the type, or `type 99` for one that is not known. */
  readonly type: string;
  /** Relative to the data section. */
  readonly offset: number;
  /** Null when the product of the dimensions is over 2^53 - 1. */
  readonly elements: number | null;
  /** Null when the type's size is not known, or the number of elements is not. */
  readonly bytes: number | null;
}

/** ggml has four dimensions (GGML_MAX_DIMS). */
const DIMENSIONS = 4;
const MAX_DIMENSIONS = 1024;
/** Kept of a name; ggml takes 63 bytes (GGML_MAX_NAME). */
const NAME_BYTES = 4096;

/** Reads name, dimensions, type and offset. What is odd goes into the anomalies; throws GgufBreak where reading cannot go on. */
export async function readTensorInfo(cursor: Cursor, budget: Budget, anomalies: Anomalies): Promise<TensorInfo> {
  const { at } = cursor;
  const { text: name, size: nameBytes } = await readText(cursor, "a tensor name", NAME_BYTES);
  await cursor.need(4, "a number of dimensions");
  const count = cursor.u32();
  if (count > MAX_DIMENSIONS) throw new GgufBreak(cursor.at - 4, `tensor ${shown(name)} claims ${count} dimensions`);
  if (count > DIMENSIONS) anomalies.add("many-dimensions", at, `tensor ${shown(name)} has ${count} dimensions; ggml has ${DIMENSIONS}`);
  if (nameBytes > NAME_BYTES) anomalies.add("long-name", at, `a tensor name of ${nameBytes} bytes; ggml takes 63`);
  budget.steps(2 + count + (nameBytes >> 4));
  await cursor.need(count * cursor.countBytes + 12, `the info of tensor ${shown(name)}`);
  const dimensions = Array.from({ length: count }, () => cursor.count());
  const typeNumber = cursor.u32();
  const offset = Number(cursor.u64());
  const type = TENSOR_TYPES.get(typeNumber);
  const elements = elementsOf(dimensions);
  if (elements === null)
    anomalies.add(
      "dimensions-overflow",
      at,
      `tensor ${shown(name)} has ${dimensions.slice(0, 8).map(countText).join(" × ")} elements, which overflows`,
    );
  if (type === undefined) anomalies.add("unknown-type", at, `tensor ${shown(name)} has the unknown type ${typeNumber}`);
  else if (type.removed) anomalies.add("removed-type", at, `tensor ${shown(name)} has the type ${type.name}, which ggml removed`);
  const info = {
    name,
    at,
    dimensions: dimensions.map((d) => Math.min(d, Number.MAX_SAFE_INTEGER)),
    type: type?.name ?? `type ${typeNumber}`,
    offset,
    elements,
  };
  if (type === undefined || elements === null || type.blockBytes === null) return { ...info, bytes: null };
  // Blocks lie along the first dimension, so each row is whole blocks.
  if ((dimensions[0] ?? 1) % type.blockElements !== 0)
    anomalies.add(
      "broken-blocks",
      at,
      `tensor ${shown(name)}: rows of ${countText(dimensions[0] ?? 1)} are not whole blocks of ${type.blockElements} of ${type.name}`,
    );
  return { ...info, bytes: Math.ceil(elements / type.blockElements) * type.blockBytes };
}

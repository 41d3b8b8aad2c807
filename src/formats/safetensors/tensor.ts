import { type Anomalies, shown } from "../strict-json/anomalies.ts";
import { countOf, type JsonMember, type JsonNode, memberOf, textOf } from "../strict-json/node.ts";
import { DTYPE_BITS } from "./dtypes.ts";
import { elementsOf } from "./histogram.ts";

/** One tensor of the header. `begin` and `end` are offsets in the file, not in the data section. */
export interface TensorSpan {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
  /** Null when the product of the shape is over 2^53 - 1. */
  readonly elements: number | null;
}

const MEMBERS: ReadonlySet<string> = new Set(["dtype", "shape", "data_offsets"]);

/**
 * Reads `{"dtype", "shape", "data_offsets": [begin, end]}`. What is wrong goes into the anomalies; null when no span can be made of it.
 * `dataStart` is the file offset of the data section, `size` that of the file's end.
 */
export function tensorOf(member: JsonMember, dataStart: number, size: number, anomalies: Anomalies): TensorSpan | null {
  const { key: name, value } = member;
  const at = member.at + 8;
  const dtype = textOf(memberOf(value, "dtype"));
  const shape = countsOf(memberOf(value, "shape"));
  const [first, last, ...more] = countsOf(memberOf(value, "data_offsets")) ?? [];
  if (dtype === undefined || shape === undefined || first === undefined || last === undefined || more.length > 0) {
    anomalies.add("tensor-not-described", at, `tensor ${shown(name)} has no dtype, shape and two offsets of the right kind`);
    return null;
  }
  noteMembers(name, value, at, anomalies);
  const span = { name, dtype, shape, begin: dataStart + first, end: dataStart + last, elements: elementsOf(shape) };
  if (last < first || span.end > size) {
    anomalies.add(
      "out-of-range",
      at,
      `tensor ${shown(name)} claims bytes ${first} to ${last} of ${size - dataStart}: the file is truncated or its header lies`,
    );
    return last < first ? null : span;
  }
  checkSize(span, at, anomalies);
  return span;
}

function noteMembers(name: string, value: JsonNode, at: number, anomalies: Anomalies): void {
  if (value.kind !== "object") return;
  const extra = value.members.find((member) => !MEMBERS.has(member.key));
  if (extra !== undefined) anomalies.add("unknown-member", at, `tensor ${shown(name)} has a member ${shown(extra.key)}`);
}

function checkSize({ name, dtype, elements, begin, end }: TensorSpan, at: number, anomalies: Anomalies): void {
  const bits = DTYPE_BITS.get(dtype);
  const bytes = end - begin;
  if (elements === null) anomalies.add("shape-overflow", at, `tensor ${shown(name)} has a shape whose product is over 2^53`);
  else if (bits === undefined) anomalies.add("unknown-dtype", at, `tensor ${shown(name)} has the unknown dtype ${shown(dtype)}`);
  else if (!hasBits(bytes, elements, bits))
    anomalies.add("size-mismatch", at, `tensor ${shown(name)}: ${elements} × ${bits} bits of ${dtype} are not the ${bytes} bytes that it claims`);
}

/** Whether the bytes are exactly the bits of so many elements, without rounding. */
function hasBits(bytes: number, elements: number, bits: number): boolean {
  if (elements * bits <= Number.MAX_SAFE_INTEGER) return elements * bits === bytes * 8;
  return BigInt(elements) * BigInt(bits) === BigInt(bytes) * 8n;
}

function countsOf(node: JsonNode | undefined): readonly number[] | undefined {
  if (node?.kind !== "array") return undefined;
  const counts: number[] = [];
  for (const item of node.items) {
    const count = countOf(item);
    if (count === undefined) return undefined;
    counts.push(count);
  }
  return counts;
}

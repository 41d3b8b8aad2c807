import { fieldAt } from "../../protobuf/wire.ts";

/** BundleEntryProto (tensor_bundle.proto): where one tensor lies in the data files. */
export interface BundleEntry {
  readonly dtype: number;
  readonly elements: number;
  readonly shard: number;
  readonly offset: number;
  readonly size: number;
  /** The tensor is in slices, which have entries of their own. */
  readonly sliced: boolean;
}

interface Read {
  /** Numbers by field, the last one of each. */
  readonly numbers: ReadonlyMap<number, number>;
  readonly messages: readonly { readonly number: number; readonly bytes: Uint8Array }[];
}

/** Number of data files, or null where the value is no BundleHeaderProto. */
export function bundleHeader(value: Uint8Array): number | null {
  const read = fieldsOf(value, { 1: 0, 2: 0, 3: 2 });
  return read === null ? null : (read.numbers.get(1) ?? 0);
}

/** Null where the value is no BundleEntryProto. */
export function bundleEntry(value: Uint8Array): BundleEntry | null {
  const read = fieldsOf(value, { 1: 0, 2: 2, 3: 0, 4: 0, 5: 0, 6: 5, 7: 2 });
  if (read === null) return null;
  const { numbers, messages } = read;
  const shapes = messages.filter(({ number }) => number === 2).map(({ bytes }) => elementsOf(bytes));
  return {
    dtype: numbers.get(1) ?? 0,
    elements: shapes.reduce((product, elements) => product * elements, 1),
    shard: numbers.get(3) ?? 0,
    offset: numbers.get(4) ?? 0,
    size: numbers.get(5) ?? 0,
    sliced: messages.some(({ number }) => number === 7),
  };
}

/** TensorShapeProto: product of the sizes of its dimensions. */
function elementsOf(shape: Uint8Array): number {
  const read = fieldsOf(shape, { 2: 2, 3: 0 });
  if (read === null) return Number.NaN;
  return read.messages.reduce((product, { bytes }) => product * (fieldsOf(bytes, { 1: 0, 2: 2 })?.numbers.get(1) ?? 0), 1);
}

/** Fields of a small message; null where it has others than the shape's, or is broken. */
function fieldsOf(bytes: Uint8Array, shape: Readonly<Record<number, number>>): Read | null {
  const numbers = new Map<number, number>();
  const messages: { number: number; bytes: Uint8Array }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const field = fieldAt(bytes, at, bytes.length);
    if (field === null || shape[field.number] !== field.wire) return null;
    if (field.wire === 2) messages.push({ number: field.number, bytes: bytes.subarray(field.from, field.to) });
    else numbers.set(field.number, field.value);
    at = field.to;
  }
  return { numbers, messages };
}

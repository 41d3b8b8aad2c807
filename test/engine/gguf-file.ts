/** A metadata value; numbers say their type, as the file must. */
export type GgufValue =
  | string
  | boolean
  | { readonly u32: number }
  | { readonly f32: number }
  | readonly string[]
  | { readonly i32s: readonly number[] };

/** A float32 tensor. Shape as in the file: the first number is the length of a row. */
export interface GgufTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const VERSION = 3;
const ALIGNMENT = 32;
const TYPES = { u32: 4, i32: 5, f32: 6, boolean: 7, string: 8, array: 9 } as const;
const TENSOR_F32 = 0;

/** The bytes of a GGUF file, version 3, little-endian. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
export function ggufFile(metadata: Readonly<Record<string, GgufValue>>, tensors: readonly GgufTensor[]): Uint8Array {
  const keys = Object.entries(metadata);
  const header = [Buffer.from("GGUF"), u32(VERSION), u64(tensors.length), u64(keys.length)];
  for (const [key, value] of keys) header.push(text(key), valueBytes(value));
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    header.push(text(name), u32(shape.length), ...shape.map(u64), u32(TENSOR_F32), u64(offset));
    offset += aligned(data.byteLength);
  }
  return Buffer.concat([padded(Buffer.concat(header)), ...tensors.map(({ data }) => padded(f32s(data)))]);
}

function valueBytes(value: GgufValue): Buffer {
  if (typeof value === "string") return Buffer.concat([u32(TYPES.string), text(value)]);
  if (typeof value === "boolean") return Buffer.concat([u32(TYPES.boolean), Buffer.from([value ? 1 : 0])]);
  if ("u32" in value) return Buffer.concat([u32(TYPES.u32), u32(value.u32)]);
  if ("f32" in value) return Buffer.concat([u32(TYPES.f32), f32s([value.f32])]);
  if ("i32s" in value) return Buffer.concat([u32(TYPES.array), u32(TYPES.i32), u64(value.i32s.length), ...value.i32s.map(u32)]);
  return Buffer.concat([u32(TYPES.array), u32(TYPES.string), u64(value.length), ...value.map(text)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function f32s(values: Iterable<number>): Buffer {
  const floats = [...values];
  const bytes = Buffer.alloc(floats.length * 4);
  for (const [i, value] of floats.entries()) bytes.writeFloatLE(value, i * 4);
  return bytes;
}

const aligned = (size: number) => Math.ceil(size / ALIGNMENT) * ALIGNMENT;

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(aligned(bytes.length) - bytes.length)]);
}

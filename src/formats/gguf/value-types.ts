/** Metadata value types of GGUF, by number. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
export const VALUE_TYPES = ["u8", "i8", "u16", "i16", "u32", "i32", "f32", "bool", "string", "array", "u64", "i64", "f64"] as const;

export type ValueType = (typeof VALUE_TYPES)[number];

export type ScalarType = Exclude<ValueType, "string" | "array">;

export const SCALAR_BYTES: Readonly<Record<ScalarType, number>> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  f32: 4,
  bool: 1,
  u64: 8,
  i64: 8,
  f64: 8,
};

/** Integers beyond 2^53 - 1 come as decimal text, numbers that are not finite as null, so that facts stay plain JSON. */
export function scalarOf(view: DataView, type: ScalarType, littleEndian: boolean): number | boolean | string | null {
  switch (type) {
    case "u8":
      return view.getUint8(0);
    case "i8":
      return view.getInt8(0);
    case "u16":
      return view.getUint16(0, littleEndian);
    case "i16":
      return view.getInt16(0, littleEndian);
    case "u32":
      return view.getUint32(0, littleEndian);
    case "i32":
      return view.getInt32(0, littleEndian);
    case "f32":
      return finite(view.getFloat32(0, littleEndian));
    case "f64":
      return finite(view.getFloat64(0, littleEndian));
    case "bool":
      return view.getUint8(0) !== 0;
    case "u64":
      return safe(view.getBigUint64(0, littleEndian));
    case "i64":
      return safe(view.getBigInt64(0, littleEndian));
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function safe(value: bigint): number | string {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
}

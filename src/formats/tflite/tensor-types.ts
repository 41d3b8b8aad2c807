/** Bits of one element by `TensorType` of the schema; a type that is not here (string, resource, variant, a newer one) has no fixed size. */
const BITS: Readonly<Record<number, number>> = {
  0: 32, // float32
  1: 16, // float16
  2: 32, // int32
  3: 8, // uint8
  4: 64, // int64
  6: 8, // bool
  7: 16, // int16
  8: 64, // complex64
  9: 8, // int8
  10: 64, // float64
  11: 128, // complex128
  12: 64, // uint64
  15: 32, // uint32
  16: 16, // uint16
  17: 4, // int4
  18: 16, // bfloat16
  19: 2, // int2
  20: 4, // uint4
  21: 8, // float8 e4m3fn
  22: 8, // float8 e5m2
};

/** Bytes of a dense tensor, or null. Elements smaller than a byte are packed. */
export function tensorBytes(type: number, elements: number): number | null {
  const bits = BITS[type];
  return bits === undefined ? null : Math.ceil((elements * bits) / 8);
}

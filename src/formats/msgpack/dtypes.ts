/** Bytes of one element by the names that NumPy and ml_dtypes give (`np.dtype(x).name`), as flax writes them. */
const NAMED: Readonly<Record<string, number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  complex64: 8,
  complex128: 16,
  float8_e4m3fn: 1,
  float8_e4m3b11fnuz: 1,
  float8_e4m3fnuz: 1,
  float8_e5m2: 1,
  float8_e5m2fnuz: 1,
  int4: 1,
  uint4: 1,
  V2: 2, // what NumPy without ml_dtypes calls bfloat16
};

/** By name, or by the short form that msgpack-numpy writes: `<f4`. Null for structures, objects and what is newer. */
export function elementBytes(dtype: string): number | null {
  const named = Object.hasOwn(NAMED, dtype) ? NAMED[dtype] : undefined;
  if (named !== undefined) return named;
  const short = /^[<>|=]?[biufcSV](\d{1,6})$/.exec(dtype)?.[1];
  return short === undefined ? null : Number(short);
}

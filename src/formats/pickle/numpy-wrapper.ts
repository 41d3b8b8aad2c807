import { calleeName } from "./notes.ts";
import { entryOf, isObject, itemsOf, type Value } from "./values.ts";

/** Raw bytes that follow a BUILD in a joblib stream. */
export interface ArrayLayout {
  /** One byte with a count of padding bytes, and these, come first (joblib 1.2 and later). */
  readonly padded: boolean;
  /** Bytes of the array; null for an array of objects, which is another pickle in the same stream. */
  readonly bytes: number | null;
}

const WRAPPER = /^(?:sklearn\.externals\.)?joblib\.numpy_pickle\.NumpyArrayWrapper$/;

/**
 * The layout behind a NumpyArrayWrapper that was just built; undefined where it is none; null when its size cannot be known.
 * https://github.com/joblib/joblib/blob/main/joblib/numpy_pickle.py (`NumpyArrayWrapper.read_array`)
 */
export function arrayBehind(built: Value): ArrayLayout | null | undefined {
  if (!isObject(built) || built.kind !== "call" || !WRAPPER.test(calleeName(built.callee))) return undefined;
  const shape = entryOf(built.state, "shape");
  const itemSize = itemSizeOf(entryOf(built.state, "dtype") ?? null);
  const alignment = entryOf(built.state, "numpy_array_alignment_bytes");
  const padded = alignment !== undefined && alignment !== null;
  if (itemSize === "object") return { padded: false, bytes: null };
  const count = shape === undefined ? null : countOf(shape);
  return itemSize === null || count === null ? null : { padded, bytes: count * itemSize };
}

function countOf(shape: Value): number | null {
  let count = 1;
  for (const size of itemsOf(shape)) {
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) return null;
    count *= size;
  }
  return Number.isSafeInteger(count) ? count : null;
}

/** Bytes of one item: `f8` has 8, `U3` has 12 (UCS-4), `V16` 16; `O8` are objects, as is a structure whose state says that it holds some. */
function itemSizeOf(dtype: Value): number | "object" | null {
  if (!isObject(dtype) || dtype.kind !== "call") return null;
  const [name] = itemsOf(dtype.args);
  const match = typeof name === "string" ? /^([a-zA-Z])(\d{1,9})$/.exec(name) : null;
  if (match === null) return null;
  const [, letter, digits] = match;
  if (letter === "O" || holdsObjects(dtype.state)) return "object";
  return Number(digits) * (letter === "U" ? 4 : 1);
}

/** The last item of a dtype's state holds NPY_ITEM_* flags for structures (numpy/ndarraytypes.h): bit 0 is NPY_ITEM_HASOBJECT. */
function holdsObjects(state: Value): boolean {
  const flags = itemsOf(state)[7];
  return typeof flags === "number" && (flags & 1) === 1;
}

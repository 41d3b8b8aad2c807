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
 * A size that is guessed wrong would hide what really stands there, so everything that is not exactly what numpy writes is null.
 * https://github.com/joblib/joblib/blob/main/joblib/numpy_pickle.py (`NumpyArrayWrapper.read_array`)
 */
export function arrayBehind(built: Value): ArrayLayout | null | undefined {
  if (!isObject(built) || built.kind !== "call" || !WRAPPER.test(calleeName(built.callee))) return undefined;
  if (!isWholeDict(built.state)) return null;
  const itemSize = itemSizeOf(entryOf(built.state, "dtype") ?? null);
  const alignment = entryOf(built.state, "numpy_array_alignment_bytes");
  const padded = alignment !== undefined && alignment !== null;
  if (itemSize === "object") return { padded: false, bytes: null };
  const count = countOf(entryOf(built.state, "shape"));
  return itemSize === null || count === null ? null : { padded, bytes: count * itemSize };
}

/** A dict all of whose entries were kept: a later entry of the same key would win. */
function isWholeDict(state: Value): boolean {
  return isObject(state) && state.kind === "dict" && 2 * state.length === state.entries.length;
}

function countOf(shape: Value | undefined): number | null {
  if (shape === undefined || !isObject(shape) || !("items" in shape) || shape.items.length !== shape.length) return null;
  let count = 1;
  for (const size of shape.items) {
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) return null;
    count *= size;
  }
  return Number.isSafeInteger(count) ? count : null;
}

const DTYPE = /^numpy\.(?:_?core\.multiarray\.)?dtype$/;

/** Bytes of one item: `f8` has 8; texts and structures have what their state says; `O8` are objects, as is a structure whose state says that it holds some. */
function itemSizeOf(dtype: Value): number | "object" | null {
  if (!isObject(dtype) || dtype.kind !== "call" || !DTYPE.test(calleeName(dtype.callee))) return null;
  const [name] = itemsOf(dtype.args);
  const match = typeof name === "string" ? /^([a-zA-Z])(\d{1,9})$/.exec(name) : null;
  if (match === null) return null;
  const [, letter = "", digits] = match;
  if (letter === "O" || holdsObjects(dtype.state)) return "object";
  const stated = FLEXIBLE.has(letter) ? itemsOf(dtype.state)[ITEM_SIZE] : undefined;
  if (stated === undefined) return Number(digits) * (letter === "U" ? 4 : 1);
  return typeof stated === "number" && Number.isSafeInteger(stated) && stated >= 0 ? stated : null;
}

/** Types whose size `dtype.__setstate__` takes from the state, whatever the name says (numpy descriptor.c, `PyTypeNum_ISEXTENDED`). */
const FLEXIBLE: ReadonlySet<string> = new Set("SUVac");
const ITEM_SIZE = 5;

/** The last item of a dtype's state holds NPY_ITEM_* flags for structures (numpy/ndarraytypes.h): bit 0 is NPY_ITEM_HASOBJECT. */
function holdsObjects(state: Value): boolean {
  const flags = itemsOf(state)[7];
  return typeof flags === "number" && (flags & 1) === 1;
}

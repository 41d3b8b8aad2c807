import type { Budget } from "../../limits.ts";
import { type Anomalies, shown } from "../strict-json/anomalies.ts";
import { type Cursor, countText, GgufBreak } from "./cursor.ts";
import { SCALAR_BYTES, scalarOf, VALUE_TYPES, type ValueType } from "./value-types.ts";

/** One key of the metadata. Texts are cut to `TEXT_CHARS`; the elements of arrays are checked and skipped, never kept. */
export interface MetadataValue {
  readonly key: string;
  /** File offset of the key's length. */
  readonly at: number;
  readonly type: ValueType;
  readonly value?: number | boolean | string | null;
  /** Where the bytes of a text, or the elements of an array of scalars, lie in the file. */
  readonly bytes?: { readonly offset: number; readonly size: number };
  readonly elements?: { readonly type: ValueType; readonly count: number };
}

export const TEXT_CHARS = 4096;
/** The specification allows keys of up to 2^16 - 1 bytes. */
const MAX_KEY_BYTES = 65_535;
/** Arrays in arrays; llama.cpp reads none. */
const PLAIN_DEPTH = 8;
const MAX_DEPTH = 65_536;

/** Reads one key and its value. Throws GgufBreak where the lengths lead out of the file or a type is unknown. */
export async function readMetadata(cursor: Cursor, budget: Budget, anomalies: Anomalies): Promise<MetadataValue> {
  const { at } = cursor;
  const key = await readText(cursor, "a key", MAX_KEY_BYTES);
  if (key.size > MAX_KEY_BYTES) anomalies.add("long-key", at, `a key of ${key.size} bytes; 65535 are allowed`);
  budget.steps(1 + (key.size >> 4));
  await cursor.need(4, "a value type");
  const type = valueType(cursor, key.text);
  if (type === "string") {
    const text = await readText(cursor, `the value of ${shown(key.text)}`, TEXT_CHARS);
    return { key: key.text, at, type, value: text.text, bytes: { offset: text.offset, size: text.size } };
  }
  if (type === "array") return { key: key.text, at, type, ...(await readArray(cursor, budget, key.text, anomalies)) };
  await cursor.need(SCALAR_BYTES[type], `the value of ${shown(key.text)}`);
  return { key: key.text, at, type, value: scalarOf(cursor.view(SCALAR_BYTES[type]), type, cursor.littleEndian) };
}

interface Text {
  readonly text: string;
  readonly offset: number;
  readonly size: number;
}

/** A length and its bytes; `text` holds the first `keep` bytes. */
export async function readText(cursor: Cursor, what: string, keep: number): Promise<Text> {
  await cursor.need(cursor.countBytes, `the length of ${what}`);
  const size = cursor.count();
  const offset = cursor.at;
  cursor.check(size, what);
  const kept = Math.min(size, keep);
  await cursor.need(kept, what);
  const text = cursor.text(kept);
  cursor.skip(size - kept, what);
  return { text, offset, size };
}

function valueType(cursor: Cursor, key: string): ValueType {
  const { at } = cursor;
  const number = cursor.u32();
  const type = VALUE_TYPES[number];
  if (type === undefined) throw new GgufBreak(at, `${shown(key)} has the unknown value type ${number}`);
  return type;
}

type ArrayValue = Pick<MetadataValue, "elements" | "bytes">;

/** Walks an array without recursion: `open` holds how many arrays are still to be read at each level. */
async function readArray(cursor: Cursor, budget: Budget, key: string, anomalies: Anomalies): Promise<ArrayValue> {
  const what = `the array ${shown(key)}`;
  const open: number[] = [1];
  let outermost: ArrayValue | null = null;
  let deepest = 0;
  for (let left = open.at(-1); left !== undefined; left = open.at(-1)) {
    if (left === 0) {
      open.pop();
      continue;
    }
    open[open.length - 1] = left - 1;
    const { at } = cursor;
    budget.steps(1);
    await cursor.need(4 + cursor.countBytes, what);
    const type = valueType(cursor, key);
    const count = cursor.count();
    const bytes = { offset: cursor.at, size: minimalBytes(type, cursor) * count };
    if (bytes.size > cursor.left) throw new GgufBreak(at, `${what} claims ${countText(count)} elements of ${type} and ${cursor.left} bytes are left`);
    outermost ??= { elements: { type, count }, ...(type === "array" || type === "string" ? {} : { bytes }) };
    if (type === "array") open.push(count);
    else if (type === "string") await skipTexts(cursor, budget, count, what);
    else cursor.skip(bytes.size, what);
    if (open.length > MAX_DEPTH) throw new GgufBreak(at, `${what} is nested more than ${MAX_DEPTH} deep`);
    if (open.length > PLAIN_DEPTH && deepest <= PLAIN_DEPTH)
      anomalies.add("deep-array", at, `${what} holds arrays nested more than ${PLAIN_DEPTH} deep`);
    deepest = Math.max(deepest, open.length);
  }
  return outermost ?? {};
}

/** The least that one element takes in the file: what a count is checked against before anything is done with it. */
function minimalBytes(type: ValueType, cursor: Cursor): number {
  if (type === "array") return 4 + cursor.countBytes;
  return type === "string" ? cursor.countBytes : SCALAR_BYTES[type];
}

async function skipTexts(cursor: Cursor, budget: Budget, count: number, what: string): Promise<void> {
  for (let i = 0; i < count; i++) {
    if (!cursor.has(cursor.countBytes)) await cursor.need(cursor.countBytes, what);
    cursor.skip(cursor.count(), what);
    budget.steps(1);
  }
}

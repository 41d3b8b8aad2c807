import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { TENSOR_TYPES } from "../gguf/tensor-types.ts";
import { StreamBreak, Window } from "../window/window.ts";
import { type Layout, OLD_BLOCKS } from "./layouts.ts";

const MAGIC_BYTES = 4;
const MAX_TOKENS = 1_000_000;
const MAX_TOKEN_BYTES = 4096;
/** Tokens of the longest kind fit into one step of the window. */
const TOKENS_A_STEP = 12;
const MAX_NAME_BYTES = 256;
const MAX_DIMENSIONS = 4;
const MAX_FILTERS = 4096;

export interface Reading {
  readonly tokens: number;
  readonly tensors: number;
  readonly elements: number;
  /** Where the last tensor that could be read ends, or the header. */
  readonly endsAt: number;
  /** Why reading ended before the end of the file; null where all of it is accounted for. */
  readonly why: string | null;
}

/** Reads a file as one layout has it, up to where that stops making sense. Tensor data is stepped over. */
export async function readLayout(layout: Layout, bytes: ByteSource, budget: Budget): Promise<Reading> {
  const window = new Window(bytes, MAGIC_BYTES, budget);
  const reading = { tokens: 0, tensors: 0, elements: 0, endsAt: MAGIC_BYTES };
  try {
    await window.need();
    reading.tokens = await readHeader(layout, window, budget);
    reading.endsAt = window.at;
    while (window.left > 0) {
      budget.steps(4);
      await window.need();
      const { elements, size } = readTensor(layout, window);
      await window.jump(size);
      reading.tensors++;
      reading.elements += elements;
      reading.endsAt = window.at;
    }
    return { ...reading, why: null };
  } catch (error) {
    if (!(error instanceof StreamBreak)) throw error;
    return { ...reading, why: error.message };
  } finally {
    window.close();
  }
}

async function readHeader({ named, numbers, filters, tokens, scored }: Layout, window: Window, budget: Budget): Promise<number> {
  if (named) window.take(counted(window, "a name", MAX_NAME_BYTES, 1));
  const values = Array.from({ length: numbers }, () => int(window));
  if (filters) {
    const size = counted(window, "filters", MAX_FILTERS, 1) * counted(window, "filters", MAX_FILTERS, 1);
    await window.jump(size * 4);
    await window.need();
  }
  if (tokens === null) return 0;
  const count = tokens === "counted" ? int(window) : (values[tokens] ?? 0);
  if (count < 1 || count > MAX_TOKENS) throw new StreamBreak(`${count} tokens`);
  for (let i = 0; i < count; i++) {
    budget.steps(1);
    if (i % TOKENS_A_STEP === 0) await window.need();
    window.take(counted(window, "a token", MAX_TOKEN_BYTES, 0) + (scored ? 4 : 0));
  }
  await window.need();
  return count;
}

/** Dimensions, length of the name, type, sizes, name; data from the next aligned place on. */
function readTensor({ alignment, oldBlocks }: Layout, window: Window): { readonly elements: number; readonly size: number } {
  const dimensions = counted(window, "dimensions", MAX_DIMENSIONS, 0);
  const nameBytes = counted(window, "a tensor's name", MAX_NAME_BYTES, 1);
  const type = int(window);
  let elements = 1;
  for (let i = 0; i < dimensions; i++) elements *= counted(window, "elements", 2 ** 31 - 1, 1);
  const from = window.take(nameBytes);
  if (!/^[\x20-\x7e]+$/.test(window.bytes.toString("latin1", from, from + nameBytes))) throw new StreamBreak("a tensor whose name is no text");
  const block = (oldBlocks ? OLD_BLOCKS.get(type) : undefined) ?? blockOf(type);
  const padding = (alignment - (window.at % alignment)) % alignment;
  const size = Math.ceil(elements / block.elements) * block.bytes;
  if (!Number.isSafeInteger(size) || padding + size > window.left) throw new StreamBreak(`a tensor of ${elements} elements in ${window.left} bytes`);
  return { elements, size: padding + size };
}

function blockOf(type: number): { readonly elements: number; readonly bytes: number } {
  const known = TENSOR_TYPES.get(type);
  if (known?.blockBytes == null) throw new StreamBreak(`a tensor of type ${type}, which is not known`);
  return { elements: known.blockElements, bytes: known.blockBytes };
}

function int(window: Window): number {
  return window.bytes.readInt32LE(window.take(4));
}

function counted(window: Window, what: string, most: number, least: number): number {
  const count = int(window);
  if (count < least || count > most) throw new StreamBreak(`${what}: ${count}`);
  return count;
}

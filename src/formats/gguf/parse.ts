import type { ByteSource } from "../../bytes.ts";
import type { Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { type TypeCount, TypeHistogram } from "../safetensors/histogram.ts";
import type { Extent } from "../safetensors/layout.ts";
import { Anomalies, shown } from "../strict-json/anomalies.ts";
import { Cursor, countText, GgufBreak } from "./cursor.ts";
import { layOut } from "./lay-out.ts";
import { type MetadataValue, readMetadata } from "./metadata.ts";
import { readTensorInfo, type TensorInfo } from "./tensor-info.ts";

export interface GgufFacts {
  /** 1 to 3; 0 when the file ends before it says. */
  readonly version: number;
  readonly littleEndian: boolean;
  readonly alignment: number;
  /** File offset of the data section; the file's size when the header could not be read to its end. */
  readonly dataStart: number;
  /** In file order, duplicates too; the first `METADATA_KEPT`, and always those that embed a document or raw bytes. */
  readonly metadata: readonly MetadataValue[];
  readonly metadataCount: number;
  readonly tensors: readonly TensorInfo[];
  readonly architecture: string | null;
  readonly name: string | null;
  readonly parameters: number;
  readonly types: readonly TypeCount[];
  /** Bytes that neither header nor tensors own, alignment padding of zeros left out. */
  readonly unowned: readonly Extent[];
}

export const METADATA_KEPT = 1000;
const DEFAULT_ALIGNMENT = 32;
/** What one key or tensor costs beside its name, for the memory budget. */
const ENTRY_BYTES = 256;
/** The least that a key with its value, or a tensor info, takes in the file. */
const LEAST_BYTES = { wide: { key: 13, tensor: 24 }, narrow: { key: 9, tensor: 20 } } as const;

/**
 * GGUF 1 to 3, little or big endian. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 * Reads the header through one window and the padding between tensors, never the tensors. Counts and lengths are checked against the file's size
 * before anything is done with them. After a break all bytes that follow are unowned.
 */
export async function parseGguf(bytes: ByteSource, budget: Budget): Promise<Parsed<GgufFacts>> {
  const reading = new Reading(bytes, budget);
  try {
    await reading.header();
    await reading.layOut(bytes);
    return { kind: "parsed", facts: reading.facts(), anomalies: reading.anomalies.list };
  } catch (error) {
    if (error instanceof GgufBreak) return reading.end("broken", error.at, error.message);
    if (error instanceof LimitError) return reading.end("limit", reading.cursor.at, error.message);
    throw error;
  } finally {
    reading.close();
  }
}

class Reading {
  readonly cursor: Cursor;
  readonly anomalies = new Anomalies();
  readonly #budget: Budget;
  readonly #metadata: MetadataValue[] = [];
  readonly #keys = new Set<string>();
  readonly #tensors: TensorInfo[] = [];
  readonly #types = new TypeHistogram();
  #heldBytes = 0;
  #metadataCount = 0;
  #version = 0;
  #alignment = DEFAULT_ALIGNMENT;
  #architecture: string | null = null;
  #name: string | null = null;
  #dataStart: number;
  #unowned: readonly Extent[] = [];

  constructor(bytes: ByteSource, budget: Budget) {
    this.cursor = new Cursor(bytes, budget);
    this.#budget = budget;
    this.#dataStart = bytes.size;
  }

  /** Gives back what only the reading needed. */
  close(): void {
    this.cursor.close();
    this.#budget.release(this.#heldBytes);
  }

  #hold(text: string): void {
    const bytes = ENTRY_BYTES + text.length * 2;
    this.#budget.hold(bytes);
    this.#heldBytes += bytes;
  }

  async header(): Promise<void> {
    const { cursor } = this;
    await cursor.need(8, "magic and version");
    cursor.skip(4, "the magic");
    this.#readVersion();
    await cursor.need(2 * cursor.countBytes, "the counts");
    const tensorCount = cursor.count();
    const keyCount = cursor.count();
    const least = cursor.wide ? LEAST_BYTES.wide : LEAST_BYTES.narrow;
    if (tensorCount * least.tensor + keyCount * least.key > cursor.left)
      throw new GgufBreak(8, `${countText(tensorCount)} tensors and ${countText(keyCount)} keys cannot fit into ${cursor.left} bytes`);
    if (Math.max(tensorCount, keyCount) > this.#budget.limits.maxEntries) throw new LimitError("maxEntries", this.#budget.limits.maxEntries);
    for (let i = 0; i < keyCount; i++) this.#keep(await readMetadata(cursor, this.#budget, this.anomalies));
    const names = new Set<string>();
    for (let i = 0; i < tensorCount; i++) this.#keepTensor(await readTensorInfo(cursor, this.#budget, this.anomalies), names);
  }

  /** Big-endian files are known by a version that reads backwards. */
  #readVersion(): void {
    const { cursor } = this;
    let version = cursor.u32();
    if (version !== 0 && (version & 0xffff) === 0) {
      cursor.littleEndian = false;
      cursor.at -= 4;
      version = cursor.u32();
    }
    if (version < 1 || version > 3) throw new GgufBreak(4, `version ${version} is not known`);
    this.#version = version;
    cursor.wide = version > 1;
  }

  #keep(value: MetadataValue): void {
    const { key, at } = value;
    this.#metadataCount++;
    this.#hold(key);
    if (this.#keys.has(key)) this.anomalies.add("duplicate-key", at, `the key ${shown(key)} stands twice`);
    this.#keys.add(key);
    if (this.#metadata.length < METADATA_KEPT || embeds(value) || isRaw(value)) this.#metadata.push(value);
    if (isTemplate(key) && value.type !== "string")
      this.anomalies.add(
        "template-type",
        at,
        `the key ${shown(key)} is ${value.type}, not a text: one reader takes a template from it, another refuses the file`,
      );
    if (key === "general.architecture" && typeof value.value === "string") this.#architecture = value.value.slice(0, 200);
    if (key === "general.name" && typeof value.value === "string") this.#name = value.value.slice(0, 200);
    if (key === "general.alignment") this.#align(value);
  }

  #align({ at, type, value }: MetadataValue): void {
    const usable = typeof value === "number" && Number.isInteger(Math.log2(value)) && value >= 1;
    if (type !== "u32" || !usable)
      this.anomalies.add("bad-alignment", at, `the key general.alignment is ${type} ${String(value).slice(0, 40)}, not a u32 power of two`);
    if (usable) this.#alignment = value;
  }

  #keepTensor(tensor: TensorInfo, names: Set<string>): void {
    this.#hold(tensor.name);
    if (names.has(tensor.name)) this.anomalies.add("duplicate-tensor", tensor.at, `the tensor ${shown(tensor.name)} stands twice`);
    names.add(tensor.name);
    this.#tensors.push(tensor);
    this.#types.add(tensor.type, tensor.elements ?? 0);
  }

  async layOut(bytes: ByteSource): Promise<void> {
    const { at } = this.cursor;
    this.#dataStart = Math.min(Math.ceil(at / this.#alignment) * this.#alignment, bytes.size);
    this.#unowned = await layOut(
      { headerEnd: at, dataStart: this.#dataStart, alignment: this.#alignment, tensors: this.#tensors },
      bytes,
      this.#budget,
      this.anomalies,
    );
  }

  end(kind: "broken" | "limit", at: number, why: string): Parsed<GgufFacts> {
    const size = this.cursor.size;
    const begin = Math.max(Math.min(at, size), Math.min(4, size));
    this.#unowned = begin < size ? [{ begin, end: size }] : [];
    return { kind, facts: this.facts(), anomalies: this.anomalies.list, at, why };
  }

  facts(): GgufFacts {
    return {
      version: this.#version,
      littleEndian: this.cursor.littleEndian,
      alignment: this.#alignment,
      dataStart: this.#dataStart,
      metadata: this.#metadata,
      metadataCount: this.#metadataCount,
      tensors: this.#tensors,
      architecture: this.#architecture,
      name: this.#name,
      parameters: this.#types.parameters,
      types: this.#types.list(),
      unowned: this.#unowned,
    };
  }
}

/** No pickle that calls something is shorter. */
const LEAST_RAW_BYTES = 12;
const REPLACED = "\ufffd";

/** Whether a value is bytes, as an array of them or as a text that is no UTF-8, so that it may be anything. */
export function isRaw({ bytes, elements, value }: MetadataValue): boolean {
  if (bytes === undefined || bytes.size < LEAST_RAW_BYTES) return false;
  return elements?.type === "u8" || elements?.type === "i8" || (typeof value === "string" && value.includes(REPLACED));
}

/** Whether a value is a document of its own that a loader reads: a template or a tokenizer. */
export function embeds({ key, type }: MetadataValue): boolean {
  return type === "string" && (isTemplate(key) || key === "tokenizer.huggingface.json");
}

/** `tokenizer.chat_template`, and the named ones `tokenizer.chat_template.tool_use` and so on. */
export function isTemplate(key: string): boolean {
  return key === "tokenizer.chat_template" || key.startsWith("tokenizer.chat_template.");
}

import type { ByteSource } from "../../bytes.ts";
import type { Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { elementsOf } from "../safetensors/histogram.ts";
import type { Extent } from "../safetensors/layout.ts";
import { Anomalies, shown } from "../strict-json/anomalies.ts";
import { type ElementType, elementTypeOf } from "./dtype.ts";
import { type Literal, LiteralBreak, readLiteral } from "./literal.ts";

export interface NpyFacts {
  /** Of the whole file. */
  readonly size: number;
  /** `1.0`, `2.0` or `3.0`; empty when the file ends before it says. */
  readonly version: string;
  /** The description as a short text. */
  readonly descr: string;
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
  /** Whether elements are Python objects: the array is then a pickle from `dataStart` on. */
  readonly objects: boolean;
  readonly elements: number | null;
  readonly dataStart: number;
  /** Where the next array in the same file begins; numpy can write several one after another. */
  readonly next: number | null;
  readonly unowned: readonly Extent[];
}

const MAGIC = "\x93NUMPY";
/** numpy itself reads headers up to 10,000 bytes unless told otherwise. */
const PLAIN_HEADER_BYTES = 10_000;
const MAX_HEADER_BYTES = 1024 * 1024;
/** NPY_MAXDIMS of numpy 2. */
const MAX_DIMENSIONS = 64;
const KEYS = ["descr", "fortran_order", "shape"];

/**
 * Magic, version, u16le or u32le header length, a Python dictionary as text, the array. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * The dictionary is read as a literal and nothing else; code in it is a break with the anomaly `header-expression`.
 */
export async function parseNpy(bytes: ByteSource, budget: Budget): Promise<Parsed<NpyFacts>> {
  const reading = new Reading(bytes, budget);
  try {
    await reading.run();
    return { kind: "parsed", facts: reading.facts, anomalies: reading.anomalies.list };
  } catch (error) {
    if (error instanceof NpyBreak) return reading.end("broken", error.at, error.message);
    if (error instanceof LimitError) return reading.end("limit", 0, error.message);
    throw error;
  }
}

class NpyBreak extends Error {
  readonly at: number;

  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}

class Reading {
  readonly anomalies = new Anomalies();
  readonly #bytes: ByteSource;
  readonly #budget: Budget;
  facts: NpyFacts;

  constructor(bytes: ByteSource, budget: Budget) {
    this.#bytes = bytes;
    this.#budget = budget;
    const { size } = bytes;
    this.facts = {
      size,
      dataStart: size,
      version: "",
      descr: "",
      shape: [],
      fortranOrder: false,
      objects: false,
      elements: null,
      next: null,
      unowned: [],
    };
  }

  async run(): Promise<void> {
    const { text, at } = await this.#header();
    const header = this.#dictionary(text, at);
    this.facts = { ...this.facts, ...shapeOf(header, at) };
    const type = this.#elementType(header, at);
    if (!type.objects) await this.#data(type, at);
  }

  /** What could not be read to its end; without knowing the array, nobody owns what follows. */
  end(kind: "broken" | "limit", at: number, why: string): Parsed<NpyFacts> {
    const begin = Math.min(Math.max(at, 6), this.#bytes.size);
    const unowned = this.facts.objects || begin >= this.#bytes.size ? [] : [{ begin, end: this.#bytes.size }];
    return { kind, facts: { ...this.facts, unowned }, anomalies: this.anomalies.list, at, why };
  }

  async #header(): Promise<{ readonly text: string; readonly at: number }> {
    const { size } = this.#bytes;
    if (size < 10) throw new NpyBreak(0, "shorter than magic, version and header length");
    const start = await this.#bytes.read(0, Math.min(12, size));
    const view = new DataView(start.buffer, start.byteOffset, start.length);
    if (Buffer.from(start.subarray(0, 6)).toString("latin1") !== MAGIC) throw new NpyBreak(0, "no magic");
    const major = view.getUint8(6);
    const minor = view.getUint8(7);
    this.facts = { ...this.facts, version: `${major}.${minor}` };
    if (major < 1 || major > 3 || minor !== 0) throw new NpyBreak(6, `version ${major}.${minor} is not known`);
    const at = major === 1 ? 10 : 12;
    if (size < at) throw new NpyBreak(8, "the header length is cut off");
    const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
    if (length > size - at) throw new NpyBreak(8, `a header of ${length} bytes runs past the end of the file: it is truncated`);
    if (length > MAX_HEADER_BYTES) throw new NpyBreak(8, `a header of ${length} bytes`);
    if (length > PLAIN_HEADER_BYTES)
      this.anomalies.add("long-header", 8, `a header of ${length} bytes; numpy refuses more than ${PLAIN_HEADER_BYTES}`);
    this.#budget.steps(1 + length);
    this.facts = { ...this.facts, dataStart: at + length };
    const header = Buffer.from(await this.#bytes.read(at, length));
    return { text: header.toString(major === 3 ? "utf8" : "latin1"), at };
  }

  #dictionary(text: string, at: number): Header {
    let literal: Literal;
    try {
      literal = readLiteral(text);
    } catch (error) {
      if (!(error instanceof LiteralBreak)) throw error;
      if (error.expression) this.anomalies.add("header-expression", at + error.at, `the header is code, not a dictionary: ${shown(text.trim())}`);
      throw new NpyBreak(at + error.at, `the header: ${error.message}`);
    }
    if (literal.kind !== "dict") throw new NpyBreak(at, "the header is no dictionary");
    const items = literal.items.map(([key, value]) => [key.kind === "text" ? key.value : "", value] as const);
    const names = items.map(([key]) => key).sort();
    if (names.join() !== KEYS.join())
      this.anomalies.add("header-keys", at, `the header has the keys ${names.slice(0, 8).map(shown).join(", ")}, not descr, fortran_order and shape`);
    return new Map(items);
  }

  #elementType(header: Header, at: number): ElementType {
    const descr = header.get("descr");
    if (descr === undefined) throw new NpyBreak(at, "the header has no descr");
    const type = elementTypeOf(descr);
    const text = descr.kind === "text" ? descr.value.slice(0, 100) : `${descr.kind} of ${"items" in descr ? descr.items.length : 1}`;
    this.facts = { ...this.facts, descr: text, objects: type.objects };
    return type;
  }

  async #data(type: ElementType, at: number): Promise<void> {
    const { elements, dataStart, descr } = this.facts;
    const { size } = this.#bytes;
    if (type.bytes === null) {
      this.anomalies.add("unknown-dtype", at, `the dtype ${shown(descr)} is not known`);
      this.facts = { ...this.facts, unowned: dataStart < size ? [{ begin: dataStart, end: size }] : [] };
      return;
    }
    if (elements === null || elements * type.bytes > size - dataStart)
      throw new NpyBreak(
        size,
        `the array needs ${elements === null ? "more than 2^53" : elements * type.bytes} bytes and ${size - dataStart} are there: it is truncated`,
      );
    const end = dataStart + elements * type.bytes;
    if (end === size) return;
    const magic = size - end >= 6 ? Buffer.from(await this.#bytes.read(end, 6)).toString("latin1") : "";
    if (magic === MAGIC) {
      this.facts = { ...this.facts, next: end };
      return;
    }
    this.anomalies.add("trailing-bytes", end, `${size - end} bytes follow the array`);
    this.facts = { ...this.facts, unowned: [{ begin: end, end: size }] };
  }
}

type Header = ReadonlyMap<string, Literal>;

function shapeOf(header: Header, at: number): Pick<NpyFacts, "shape" | "fortranOrder" | "elements"> {
  const fortran = header.get("fortran_order");
  const shape = header.get("shape");
  if (fortran?.kind !== "word" || typeof fortran.value !== "boolean") throw new NpyBreak(at, "fortran_order is not True or False");
  if (shape?.kind !== "tuple") throw new NpyBreak(at, "shape is no tuple");
  if (shape.items.length > MAX_DIMENSIONS) throw new NpyBreak(at, `${shape.items.length} dimensions; numpy has ${MAX_DIMENSIONS} at most`);
  const dimensions = shape.items.map((item) => {
    if (item.kind !== "number" || item.value < 0) throw new NpyBreak(at, "shape holds something else than counts");
    return Math.min(item.value, Number.MAX_SAFE_INTEGER);
  });
  return { shape: dimensions, fortranOrder: fortran.value, elements: elementsOf(dimensions) };
}

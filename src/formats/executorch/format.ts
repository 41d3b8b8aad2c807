import { type ByteSource, sliceOf } from "../../bytes.ts";
import type { ChildRef, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { type FlatTable, notZero, type Schema, type SchemaFile, type Span, schemaOf, type Verified, verifyFlatBuffer } from "../flatbuffers/index.ts";
import { Anomalies } from "../strict-json/anomalies.ts";
import type { Delegate, ExecutorchFacts } from "./facts.ts";
import flatTensorFile from "./flat-tensor.json" with { type: "json" };
import { type ExtendedHeader, extendedHeader } from "./header.ts";
import programFile from "./program.json" with { type: "json" };

const PROBED_BYTES = 64;
const MAX_OPERATORS = 5000;
const MAX_DELEGATES = 1000;
const MAX_SEGMENTS = 50_000;
/** Root offset, identifier, and the extended header between them and the tables. */
const ROOT_BYTES = 8;

/** A program of ExecuTorch (`.pte`): a FlatBuffer, and segments behind it. https://github.com/pytorch/executorch/blob/main/schema/README.md */
export const executorchFormat = formatOf("executorch", programFile);
/** Tensors in a file of their own (`.ptd`). */
export const flatTensorFormat = formatOf("executorch-data", flatTensorFile);

function formatOf(id: string, file: SchemaFile): Format<ExecutorchFacts> {
  const schema = schemaOf(file);
  return { id, parse: (source, budget) => parseProgram(source, schema, budget), children };
}

async function parseProgram(source: ByteSource, schema: Schema, budget: Budget): Promise<Parsed<ExecutorchFacts>> {
  const collector = new Collector();
  const header = await extendedHeader(source);
  const end = header === null ? source.size : header.programSize;
  if (end < ROOT_BYTES || end > source.size || (header !== null && header.segmentBase > source.size && header.segmentBase !== 0))
    return { kind: "broken", facts: collector.lost(source.size), anomalies: [], at: 8, why: "a header that leads out of the file" };
  let verified: Verified | null = null;
  try {
    verified = await verifyFlatBuffer(sliceOf(source, 0, end), schema, budget, (table, index) => collector.visit(table, index));
    const { kind, at = 0, why = "" } = verified;
    if (kind === "broken") return { kind, facts: collector.lost(source.size), anomalies: verified.anomalies.list, at, why };
    const facts = await collector.facts(verified, header, source, budget);
    return { kind: "parsed", facts, anomalies: [...verified.anomalies.list, ...collector.anomalies.list] };
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return { kind: "limit", facts: collector.lost(source.size), anomalies: collector.anomalies.list, why: error.message };
  } finally {
    verified?.spans.close();
  }
}

interface Reference {
  readonly backend: string;
  readonly at: number;
  /** Where its bytes are; the table that says so is walked right behind the delegate. */
  place: { readonly inSegment: boolean; readonly index: number } | null;
}

/** Keeps of the tables what the facts need. */
class Collector {
  readonly anomalies = new Anomalies();
  readonly #methods: string[] = [];
  readonly #operators: { name: string; at: number }[] = [];
  readonly #delegates: Reference[] = [];
  readonly #inline: Span[] = [];
  readonly #buffers: Span[] = [];
  readonly #segments: Span[] = [];
  #version = 0;
  #dropped = 0;

  visit(table: FlatTable, index: number): void {
    const name = table.text("name") ?? "";
    if (table.type === "Program" || table.type === "FlatTensor") this.#version = table.number("version") ?? 0;
    else if (table.type === "ExecutionPlan") this.#keep(this.#methods, name.slice(0, 100), 100);
    else if (table.type === "Operator") this.#keep(this.#operators, { name: fullName(name, table.text("overload")), at: table.at }, MAX_OPERATORS);
    else if (table.type === "BackendDelegate")
      this.#keep(this.#delegates, { backend: (table.text("id") ?? "").slice(0, 100), at: table.at, place: null }, MAX_DELEGATES);
    else if (table.type === "BackendDelegateDataReference") this.#place(table);
    else if (table.type === "DataSegment") this.#segment(table, index);
    else this.#bytes(table, index);
  }

  #place(table: FlatTable): void {
    const last = this.#delegates.at(-1);
    if (last !== undefined) last.place = { inSegment: table.number("location") === 1, index: table.number("index") ?? 0 };
  }

  #segment(table: FlatTable, index: number): void {
    if (index >= MAX_SEGMENTS) throw new LimitError("maxEntries", MAX_SEGMENTS);
    this.#segments[index] = { offset: table.number("offset") ?? 0, size: table.number("size") ?? 0 };
  }

  #bytes(table: FlatTable, index: number): void {
    const vector = table.vector(table.type === "Buffer" ? "storage" : "data");
    if (vector === null || vector.count === 0) return;
    const span = { offset: vector.offset, size: vector.count };
    if (table.type === "Buffer") this.#keep(this.#buffers, span, MAX_SEGMENTS);
    if (table.type === "BackendDelegateInlineData") this.#inline[index] = span;
  }

  #keep<T>(list: T[], item: T, max: number): void {
    if (list.length < max) list.push(item);
    else this.#dropped++;
  }

  async facts({ spans }: Verified, header: ExtendedHeader | null, source: ByteSource, budget: Budget): Promise<ExecutorchFacts> {
    if (header !== null) spans.add(ROOT_BYTES, header.bytes);
    const segments = this.#segments.map(({ offset, size }) => ({ offset: (header?.segmentBase ?? 0) + offset, size }));
    for (const [index, { offset, size }] of segments.entries()) {
      if (offset + size <= source.size) spans.add(offset, size);
      else this.anomalies.add("outside", 0, `segment ${index} of ${size} bytes at ${offset} lies outside of the file`);
    }
    const delegates = this.#delegates.map((delegate) => this.#delegate(delegate, segments, source.size));
    const taken = new Set(delegates.map(({ bytes }) => bytes?.offset));
    const inside = segments.filter(({ offset, size }) => offset + size <= source.size && !taken.has(offset));
    const unowned = await notZero(source, spans.gaps(source.size), budget);
    return { ...this.lost(source.size), delegates, tensors: [...this.#buffers, ...inside].filter(({ size }) => size > 0), unowned };
  }

  #delegate({ backend, at, place }: Reference, segments: readonly Span[], size: number): Delegate {
    const bytes = place === null ? undefined : place.inSegment ? segments[place.index] : this.#inline[place.index];
    if (bytes === undefined || bytes.offset + bytes.size > size) {
      this.anomalies.add("delegate-data", at, `the data of the delegate ${JSON.stringify(backend)} is not in the file`);
      return { backend, bytes: null, at };
    }
    return { backend, bytes, at };
  }

  /** Facts where nothing is owned for sure: the whole file is searched. */
  lost(size: number): ExecutorchFacts {
    return {
      size,
      version: this.#version,
      methods: this.#methods,
      operators: this.#operators,
      delegates: [],
      tensors: [],
      unowned: [{ offset: 0, size }],
      dropped: this.#dropped,
    };
  }
}

function fullName(name: string, overload: string | undefined): string {
  return (overload === undefined || overload === "" ? name : `${name}.${overload}`).slice(0, 200);
}

/** Tensors are probed; what a backend was given is its own matter, and is searched like what nobody owns. */
function children({ tensors, delegates, unowned }: ExecutorchFacts): readonly ChildRef[] {
  return [
    ...tensors
      .filter(({ size }) => size >= PROBED_BYTES)
      .map((span): ChildRef => ({ name: `tensors@${span.offset}`, region: { in: "slice", ...span }, treatment: "probe" })),
    ...delegates.flatMap(({ backend, bytes }): readonly ChildRef[] =>
      bytes === null || bytes.size === 0 ? [] : [{ name: `${backend}@${bytes.offset}`, region: { in: "slice", ...bytes }, treatment: "search" }],
    ),
    ...unowned.map((span): ChildRef => ({ name: `unowned@${span.offset}`, region: { in: "slice", ...span }, treatment: "search" })),
  ];
}

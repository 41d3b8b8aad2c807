import type { Budget } from "../../limits.ts";
import type { FlatTable, FlatVector, ReadBytes, Span } from "../flatbuffers/index.ts";
import { type Anomalies, shown } from "../strict-json/anomalies.ts";
import type { BufferBytes, OperatorCode, TfliteFacts } from "./facts.ts";
import { tensorBytes } from "./tensor-types.ts";

const MAX_CODES = 2000;
const MAX_METADATA = 500;
const MAX_OPTIONS = 2000;
const MAX_FILES = 100;
/** Indices of one operator that are looked at. */
const MAX_INDICES = 256;
/** What a buffer costs here. */
const BUFFER_BYTES = 160;
/** Absent inputs of an operator. */
const NONE = 0xffffffff;
const PLACEHOLDER = 127;
/** Fields by which options of operators, and signatures, lead to a subgraph. */
const SUBGRAPH_FIELDS =
  "subgraph cond_subgraph_index body_subgraph_index then_subgraph_index else_subgraph_index init_subgraph_index decomposition_subgraph_index subgraph_index".split(
    " ",
  );

/** What tensors say of a buffer. */
interface Claim {
  expected: number | null;
  readonly elements: number;
}

/** Keeps of the tables what the facts need, and checks the indices that lead from one to another. */
export class TfliteCollector {
  readonly anomalies: Anomalies;
  readonly codes: OperatorCode[] = [];
  readonly metadata: { name: string; buffer: number }[] = [];
  readonly customOptions: Span[] = [];
  readonly external: BufferBytes[] = [];
  readonly externalFiles: { name: string; at: number }[] = [];
  version = 0;
  description = "";
  parameters = 0;
  dropped = 0;
  heldBytes = 0;
  readonly #budget: Budget;
  readonly #size: number;
  /** Bytes inside of the FlatBuffer, by the index of their buffer. */
  readonly #buffers: (Span | null)[] = [];
  readonly #claims = new Map<number, Claim>();
  readonly #metadataBuffers = new Set<number>();
  readonly counts = { subgraphs: 0, tensors: 0, operators: 0, buffers: 0 };
  /** Tensors of the subgraph that is being walked. */
  #tensorsHere = 0;

  constructor(size: number, budget: Budget, anomalies: Anomalies) {
    this.#size = size;
    this.#budget = budget;
    this.anomalies = anomalies;
  }

  readonly visit = async (table: FlatTable, index: number, read: ReadBytes): Promise<void> => {
    switch (table.type) {
      case "Model":
        return this.#model(table, read);
      case "OperatorCode":
        return this.#code(table);
      case "SubGraph":
        return this.#subgraph(table, read);
      case "Tensor":
        return this.#tensor(table, read);
      case "Operator":
        return this.#operator(table, read);
      case "Buffer":
        return this.#buffer(table, index);
      case "Metadata":
        return this.#entry(table);
      case "ExternalBufferGroup":
        return this.#file(table);
      default:
        this.#options(table);
    }
  };

  async #model(table: FlatTable, read: ReadBytes): Promise<void> {
    this.version = table.number("version") ?? 0;
    this.description = (table.text("description") ?? "").slice(0, 200);
    this.counts.subgraphs = table.vector("subgraphs")?.count ?? 0;
    this.counts.buffers = table.vector("buffers")?.count ?? 0;
    if (this.version !== 3) this.anomalies.add("version", table.at, `schema version ${this.version}, not 3`);
    if (this.counts.subgraphs === 0) this.anomalies.add("no-subgraph", table.at, "a model without a subgraph");
    for (const buffer of await indicesOf(table.vector("metadata_buffer"), read)) this.#metadataBuffers.add(buffer);
  }

  #code(table: FlatTable): void {
    const custom = table.text("custom_code");
    const deprecated = table.number("deprecated_builtin_code") ?? 0;
    const builtin = Math.max(deprecated === PLACEHOLDER ? 0 : deprecated, table.number("builtin_code") ?? 0);
    this.#keep(this.codes, { builtin, custom: custom === undefined || custom === "" ? null : custom.slice(0, 200), at: table.at }, MAX_CODES);
  }

  async #subgraph(table: FlatTable, read: ReadBytes): Promise<void> {
    this.#tensorsHere = table.vector("tensors")?.count ?? 0;
    await this.#indices(table, ["inputs", "outputs"], read);
  }

  async #tensor(table: FlatTable, read: ReadBytes): Promise<void> {
    this.counts.tensors++;
    const buffer = table.number("buffer") ?? 0;
    if (buffer >= this.counts.buffers && buffer !== 0)
      this.anomalies.add("buffer-index", table.at, `tensor ${shown(table.text("name") ?? "")} names buffer ${buffer} of ${this.counts.buffers}`);
    if (buffer === 0) return;
    const shape = await indicesOf(table.vector("shape"), read);
    const elements = shape.reduce((product, size) => product * (size | 0), 1);
    const dense = table.follow("sparsity") === null;
    const bytes = elements < 0 || !dense ? null : tensorBytes(table.number("type") ?? 0, elements);
    const known = this.#claims.get(buffer);
    if (known === undefined) {
      this.#hold(BUFFER_BYTES);
      this.#claims.set(buffer, { expected: bytes, elements: elements > 0 && Number.isSafeInteger(elements) ? elements : 0 });
    } else known.expected = known.expected === null || bytes === null ? null : Math.max(known.expected, bytes);
  }

  async #operator(table: FlatTable, read: ReadBytes): Promise<void> {
    this.counts.operators++;
    const code = table.number("opcode_index") ?? 0;
    if (code >= this.codes.length && this.codes.length < MAX_CODES)
      this.anomalies.add("opcode-index", table.at, `an operator names code ${code} of ${this.codes.length}`);
    await this.#indices(table, ["inputs", "outputs", "intermediates"], read);
    const options = table.vector("custom_options");
    if (options !== null && options.count > 0) this.#keep(this.customOptions, { offset: options.offset, size: options.count }, MAX_OPTIONS);
    this.#outside(table.number("large_custom_options_offset"), table.number("large_custom_options_size"), "operator", -1, table.at);
  }

  async #indices(table: FlatTable, names: readonly string[], read: ReadBytes): Promise<void> {
    for (const name of names)
      for (const index of await indicesOf(table.vector(name), read))
        if (index !== NONE && index >= this.#tensorsHere)
          this.anomalies.add("tensor-index", table.at, `${name} of a ${table.type} lead to tensor ${index | 0} of ${this.#tensorsHere}`);
  }

  #options(table: FlatTable): void {
    for (const name of SUBGRAPH_FIELDS) {
      const index = (table.number(name) ?? 0) | 0;
      if (index !== 0 && index !== -1 && (index < 0 || index >= this.counts.subgraphs))
        this.anomalies.add("subgraph-index", table.at, `${name} of a ${table.type} is ${index} of ${this.counts.subgraphs} subgraphs`);
    }
  }

  #buffer(table: FlatTable, index: number): void {
    this.#hold(BUFFER_BYTES);
    const data = table.vector("data");
    this.#buffers[index] = data === null || data.count === 0 ? null : { offset: data.offset, size: data.count };
    this.#outside(table.number("offset"), table.number("size"), "nobody", index, table.at);
  }

  /** Bytes behind the FlatBuffer; 0 and 1 as an offset mean that there are none. */
  #outside(offset = 0, size = 0, owner: BufferBytes["owner"], index: number, at: number): void {
    if (offset <= 1 || size === 0) return;
    if (!(offset + size <= this.#size)) this.anomalies.add("outside", at, `${size} bytes at ${offset} lie outside of the file`);
    else this.#keep(this.external, { index, offset, size, owner, expected: null }, this.#budget.limits.maxEntries);
  }

  #entry(table: FlatTable): void {
    const buffer = table.number("buffer") ?? 0;
    this.#metadataBuffers.add(buffer);
    this.#keep(this.metadata, { name: (table.text("name") ?? "").slice(0, 200), buffer }, MAX_METADATA);
    if (buffer >= this.counts.buffers) this.anomalies.add("buffer-index", table.at, `metadata names buffer ${buffer} of ${this.counts.buffers}`);
  }

  #file(table: FlatTable): void {
    this.#keep(this.externalFiles, { name: table.text("name") ?? "", at: table.at }, MAX_FILES);
  }

  /** All bytes of buffers, with what accounts for them. */
  buffers(): readonly BufferBytes[] {
    const inside = this.#buffers.flatMap((bytes, index): readonly BufferBytes[] =>
      bytes === null ? [] : [this.#owned({ index, ...bytes, owner: "nobody", expected: null })],
    );
    const all = [...inside, ...this.external.map((bytes) => (bytes.owner === "operator" ? bytes : this.#owned(bytes)))];
    for (const { index, offset, size, expected, owner } of all) {
      if (owner === "tensor") this.parameters += this.#claims.get(index)?.elements ?? 0;
      if (expected !== null && size < expected)
        this.anomalies.add("short-buffer", offset, `buffer ${index} has ${size} bytes for a tensor of ${expected}`);
    }
    return all;
  }

  #owned(bytes: BufferBytes): BufferBytes {
    const claim = this.#claims.get(bytes.index);
    if (claim !== undefined) return { ...bytes, owner: "tensor", expected: claim.expected };
    return this.#metadataBuffers.has(bytes.index) ? { ...bytes, owner: "metadata" } : bytes;
  }

  #keep<T>(list: T[], item: T, max: number): void {
    if (list.length < max) list.push(item);
    else this.dropped++;
  }

  #hold(bytes: number): void {
    this.#budget.hold(bytes);
    this.heldBytes += bytes;
  }

  facts(): Pick<
    TfliteFacts,
    "version" | "description" | "operatorCodes" | "counts" | "metadata" | "customOptions" | "externalFiles" | "parameters" | "dropped"
  > {
    const { version, description, codes: operatorCodes, counts, metadata, customOptions, externalFiles, parameters, dropped } = this;
    return { version, description, operatorCodes, counts, metadata, customOptions, externalFiles, parameters, dropped };
  }
}

/** The first elements of a vector of 32-bit numbers. */
async function indicesOf(vector: FlatVector | null, read: ReadBytes): Promise<readonly number[]> {
  if (vector === null || vector.count === 0) return [];
  const count = Math.min(vector.count, MAX_INDICES);
  const bytes = await read(vector.offset, count * 4);
  return Array.from({ length: count }, (_, i) => bytes.readUInt32LE(i * 4));
}

import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { Anomalies } from "../strict-json/anomalies.ts";
import { Pages } from "./pages.ts";
import type { Field, Schema } from "./schema.ts";
import { Spans } from "./spans.ts";
import { FlatTable, type FlatVector } from "./table.ts";

/** The place where bytes stop being a FlatBuffer of its schema. Thrown and caught inside this folder only. */
class FlatBreak extends Error {
  readonly at: number;

  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}

export interface Verified {
  readonly kind: "parsed" | "broken";
  readonly at?: number;
  readonly why?: string;
  /** What stands in it is all that the schema knows of. */
  readonly anomalies: Anomalies;
  /** Bytes that tables, vectors and strings own. Close it when the gaps are known. */
  readonly spans: Spans;
}

/** Reads bytes that were checked to lie in the buffer. */
export type ReadBytes = (at: number, length: number) => Promise<Buffer>;

/** Called for each reference to a table, in the order of the fields and of the vectors. `index` is the place in the vector that refers to it. */
export type Visit = (table: FlatTable, index: number, read: ReadBytes) => void | Promise<void>;

type Work =
  | { readonly kind: "table"; readonly type: string; readonly at: number; readonly index: number }
  | { readonly kind: "tables"; readonly type: string; readonly vector: FlatVector; next: number };

const ROOT_BYTES = 8;
const TABLE_STEPS = 4;
/** A set of what was visited: an entry of it costs about this much. */
const VISITED_BYTES = 48;
const MAX_TEXT_BYTES = 4096;

/**
 * Walks a FlatBuffer (little endian, root offset first) by its schema, without recursion: every offset, vtable, vector and string is checked against
 * the size before it is used, and no table is walked twice. LimitError passes through. https://flatbuffers.dev/internals/
 */
export async function verifyFlatBuffer(source: ByteSource, schema: Schema, budget: Budget, visit: Visit): Promise<Verified> {
  const walk = new FlatWalk(source, schema, budget, visit);
  try {
    await walk.run();
    return { kind: "parsed", anomalies: walk.anomalies, spans: walk.spans };
  } catch (error) {
    if (!(error instanceof FlatBreak)) {
      walk.spans.close();
      throw error;
    }
    return { kind: "broken", at: error.at, why: error.message, anomalies: walk.anomalies, spans: walk.spans };
  } finally {
    walk.close();
  }
}

class FlatWalk {
  readonly anomalies = new Anomalies();
  readonly spans: Spans;
  readonly #pages: Pages;
  readonly #schema: Schema;
  readonly #budget: Budget;
  readonly #visit: Visit;
  readonly #visited = new Set<string>();
  readonly #work: Work[] = [];
  readonly #read: ReadBytes;
  #heldBytes = 0;

  constructor(source: ByteSource, schema: Schema, budget: Budget, visit: Visit) {
    const pages = new Pages(source, budget);
    this.#pages = pages;
    this.#read = (at, length) => pages.read(at, length);
    this.#schema = schema;
    this.#budget = budget;
    this.#visit = visit;
    this.spans = new Spans(budget);
  }

  close(): void {
    this.#pages.close();
    this.#budget.release(this.#heldBytes);
  }

  async run(): Promise<void> {
    if (this.#pages.size < ROOT_BYTES) throw new FlatBreak(0, "shorter than the offset of a root table");
    const head = await this.#pages.read(0, ROOT_BYTES);
    this.spans.add(0, ROOT_BYTES);
    this.#work.push({ kind: "table", type: this.#schema.root, at: head.readUInt32LE(0), index: 0 });
    for (let work = this.#work.pop(); work !== undefined; work = this.#work.pop()) {
      if (work.kind === "table") await this.#table(work.type, work.at, work.index);
      else await this.#next(work);
    }
  }

  async #next(work: Extract<Work, { kind: "tables" }>): Promise<void> {
    const { vector, type } = work;
    const index = work.next++;
    if (index >= vector.count) return;
    this.#work.push(work);
    const slot = vector.offset + index * 4;
    const offset = (this.#pages.cached(slot, 4) ?? (await this.#pages.read(slot, 4))).readUInt32LE(0);
    this.#work.push({ kind: "table", type, at: slot + offset, index });
  }

  async #table(type: string, at: number, index: number): Promise<void> {
    this.#budget.steps(TABLE_STEPS);
    this.#inside(at, 4, `a table ${type}`);
    const soffset = (this.#pages.cached(at, 4) ?? (await this.#pages.read(at, 4))).readInt32LE(0);
    const vtableAt = at - soffset;
    this.#inside(vtableAt, 4, `the vtable of a ${type}`);
    const [vtableBytes, tableBytes] = sizesOf(this.#pages.cached(vtableAt, 4) ?? (await this.#pages.read(vtableAt, 4)));
    if (vtableBytes < 4 || vtableBytes % 2 !== 0 || tableBytes < 4)
      throw new FlatBreak(vtableAt, `a vtable of ${vtableBytes} bytes for a table of ${tableBytes}`);
    this.#inside(vtableAt, vtableBytes, `the vtable of a ${type}`);
    this.#inside(at, tableBytes, `a table ${type}`);
    const vtable = await this.#pages.read(vtableAt, vtableBytes);
    const table = await this.#pages.read(at, tableBytes);
    const fields = this.#schema.tables.get(type) ?? [];
    const known = new FlatTable(type, at, table, vtable, fields);
    this.#fits(known, fields, vtableAt);
    await this.#references(known, fields);
    await this.#visit(known, index, this.#read);
    const key = `${type} ${at}`;
    if (this.#visited.has(key)) return;
    this.#budget.hold(VISITED_BYTES);
    this.#heldBytes += VISITED_BYTES;
    this.#visited.add(key);
    this.spans.add(vtableAt, vtableBytes);
    this.spans.add(at, tableBytes);
    for (const field of fields.toReversed()) this.#enter(known, field);
  }

  /** Each field that is there lies inside of its table; fields behind those of the schema are of a newer one, or nobody's. */
  #fits(table: FlatTable, fields: readonly Field[], vtableAt: number): void {
    for (let slot = 0; slot < table.slots; slot++) {
      const offset = table.slot(slot);
      if (offset === 0) continue;
      const field = fields[slot];
      if (field === undefined) this.anomalies.add("unknown-field", vtableAt + 4 + slot * 2, `field ${slot} of a ${table.type} is in no known schema`);
      if (offset < 4 || offset + (field === undefined ? 1 : field.kind === "inline" ? field.bytes : 4) > table.size)
        throw new FlatBreak(vtableAt + 4 + slot * 2, `field ${field?.name ?? slot} of a ${table.type} lies outside of its table`);
    }
  }

  /** Checks and measures strings and vectors; what they own is theirs. */
  async #references(table: FlatTable, fields: readonly Field[]): Promise<void> {
    for (const field of fields) {
      if (field.kind === "inline" || field.kind === "table" || field.kind === "union") continue;
      const to = table.follow(field.name);
      if (to === null) continue;
      const vector = await this.#vector(to, field.kind === "string" ? 1 : field.kind === "vector" ? field.bytes : 4, `${table.type}.${field.name}`);
      if (field.kind === "strings") await this.#strings(vector, `${table.type}.${field.name}`);
      const text = field.kind === "string" ? await this.#text(vector) : undefined;
      table.found(field.name, vector, text);
    }
  }

  async #vector(at: number, elementBytes: number, what: string): Promise<FlatVector> {
    this.#budget.steps(1);
    this.#inside(at, 4, what);
    const count = (this.#pages.cached(at, 4) ?? (await this.#pages.read(at, 4))).readUInt32LE(0);
    this.#inside(at + 4, count * elementBytes, `${what} of ${count} elements`);
    this.spans.add(at, 4 + count * elementBytes);
    return { offset: at + 4, count, elementBytes };
  }

  async #strings({ offset, count }: FlatVector, what: string): Promise<void> {
    for (let i = 0; i < count; i++) {
      const slot = offset + i * 4;
      const to = (this.#pages.cached(slot, 4) ?? (await this.#pages.read(slot, 4))).readUInt32LE(0);
      await this.#text(await this.#vector(slot + to, 1, what));
    }
  }

  /** A string ends with a NUL that its length does not count. */
  async #text({ offset, count }: FlatVector): Promise<string> {
    if (offset + count < this.#pages.size) this.spans.add(offset + count, 1);
    else this.anomalies.add("string-end", offset, "a string without the NUL that ends it");
    const length = Math.min(count, MAX_TEXT_BYTES);
    return (this.#pages.cached(offset, length) ?? (await this.#pages.read(offset, length))).toString("utf8");
  }

  #enter(table: FlatTable, field: Field): void {
    if (field.kind === "tables") {
      const vector = table.vector(field.name);
      if (vector !== null) this.#work.push({ kind: "tables", type: field.table ?? "", vector, next: 0 });
      return;
    }
    if (field.kind !== "table" && field.kind !== "union") return;
    const at = table.follow(field.name);
    if (at === null) return;
    const number = field.kind === "union" ? (table.number(`${field.name}_type`) ?? 0) : 0;
    const type = field.kind === "union" ? field.members?.[number] : field.table;
    if (type !== undefined && type !== "") this.#work.push({ kind: "table", type, at, index: 0 });
    else this.anomalies.add("unknown-union", table.at, `member ${number} of the union ${table.type}.${field.name} is in no known schema`);
  }

  #inside(at: number, length: number, what: string): void {
    if (at < 0 || at + length > this.#pages.size)
      throw new FlatBreak(Math.max(0, Math.min(at, this.#pages.size)), `${what} lies outside of the file`);
  }
}

function sizesOf(bytes: Buffer): readonly [number, number] {
  return [bytes.readUInt16LE(0), bytes.readUInt16LE(2)];
}

import { type ByteSource, sliceOf } from "../../bytes.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { parseFirstStreams, type Span } from "../pickle/index.ts";
import { isObject, itemsOf, type Value } from "../pickle/values.ts";
import type { TarEntry } from "../tar/parse.ts";
import { ELEMENT_BYTES } from "../torch-legacy/element-sizes.ts";
import type { RecordMember, TarStorage } from "./facts.ts";

/** The tuple that describes a storage or tensor takes some 100 bytes. */
const MAX_RECORD_PICKLE_BYTES = 4096;
const MAX_PICKLE_BYTES = 64 * 1024 * 1024;
const KEPT_ITEMS = 8;
const COUNT_BYTES = 8;
const MAX_DIMENSIONS = 64;

/** The records make no sense from here on. */
class RecordBreak extends Error {}

/**
 * Steps over the records of `storages` or `tensors` as torch's loader does (`legacy_load` in torch/serialization.py): a pickled count; for each a
 * pickled tuple with raw bytes behind it; after the storages a pickled list of views, which torch before 0.2 did not write.
 */
export class RecordReader {
  readonly #source: ByteSource;
  readonly #budget: Budget;
  readonly #entry: number;
  readonly #end: number;
  readonly #pickles: Span[] = [];
  readonly #storages: TarStorage[] = [];
  #at: number;
  #broken: string | null = null;

  constructor(source: ByteSource, entry: number, { offset, size }: TarEntry, budget: Budget) {
    this.#source = source;
    this.#budget = budget;
    this.#entry = entry;
    this.#at = offset;
    this.#end = Math.min(offset + size, source.size);
  }

  get member(): RecordMember {
    const rest = this.#at < this.#end ? { offset: this.#at, size: this.#end - this.#at } : null;
    return { entry: this.#entry, pickles: this.#pickles, storages: this.#storages, rest, broken: this.#broken };
  }

  async read(kind: "storages" | "tensors"): Promise<void> {
    try {
      const count = await this.#pickle(MAX_PICKLE_BYTES);
      if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0) throw new RecordBreak("the first pickle is no count");
      for (let n = 0; n < count; n++) {
        this.#budget.steps(16);
        const record = itemsOf(await this.#pickle(MAX_RECORD_PICKLE_BYTES));
        if (kind === "storages") await this.#storage(record);
        else await this.#shape();
      }
      if (kind === "storages" && this.#at < this.#end) await this.#pickle(MAX_PICKLE_BYTES);
    } catch (error) {
      if (error instanceof LimitError) this.#broken = error.message;
      if (!(error instanceof RecordBreak)) throw error;
      this.#broken = error.message;
    }
  }

  /** Reads the pickle at the current place. One that is not whole stays where it is: it begins the rest. */
  async #pickle(most: number): Promise<Value> {
    const slice = sliceOf(this.#source, this.#at, Math.min(most, this.#end - this.#at));
    if (slice.size === 0) throw new RecordBreak("the member ends where a pickle is to come");
    const { parsed, end, results } = await parseFirstStreams(slice, 1, KEPT_ITEMS, this.#budget);
    if (parsed.kind === "limit") throw new RecordBreak(parsed.why ?? "a limit was reached");
    if (parsed.kind === "broken") throw new RecordBreak(`a pickle that breaks: ${parsed.why ?? "it makes no sense"}`);
    this.#pickles.push({ offset: this.#at, size: end });
    this.#at += end;
    return results[0] ?? null;
  }

  /** A 64-bit count of elements and the elements. The class is the last of `(key, location, class)`, of `(key, class)` in the oldest files. */
  async #storage(record: readonly Value[]): Promise<void> {
    const type = record.at(-1) ?? null;
    if (!isObject(type) || type.kind !== "global") throw new RecordBreak("a storage without a class");
    const storageType = type.name;
    const elementBytes = Object.hasOwn(ELEMENT_BYTES, storageType) ? ELEMENT_BYTES[storageType] : undefined;
    if (elementBytes === undefined) throw new RecordBreak(`the element size of ${storageType.slice(0, 40)} is not known`);
    const elements = (await this.#take(COUNT_BYTES)).readBigUInt64LE();
    const size = elements * BigInt(elementBytes);
    if (size > BigInt(this.#end - this.#at)) throw new RecordBreak(`a storage of ${size} bytes where ${this.#end - this.#at} are left`);
    if (size > 0n) this.#storages.push({ offset: this.#at, size: Number(size), storageType, elements: Number(elements) });
    this.#at += Number(size);
  }

  /** Number of dimensions in 8 bytes, sizes, strides, storage offset. */
  async #shape(): Promise<void> {
    const dimensions = (await this.#take(8)).readInt32LE(0);
    if (dimensions < 0 || dimensions > MAX_DIMENSIONS) throw new RecordBreak(`a tensor of ${dimensions} dimensions`);
    await this.#take(16 * dimensions + 8);
  }

  async #take(length: number): Promise<Buffer> {
    if (this.#at + length > this.#end) throw new RecordBreak("the member ends inside a record");
    const bytes = await this.#source.read(this.#at, length);
    this.#at += length;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }
}

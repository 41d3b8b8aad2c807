import type { ByteSource } from "../../../bytes.ts";
import type { ChildRef, Format, Parsed } from "../../../format.ts";
import { type Budget, LimitError } from "../../../limits.ts";
import type { Span } from "../../protobuf/walked.ts";
import { Anomalies, shown } from "../../strict-json/anomalies.ts";
import { type Entry, entriesOf, TableBreak, varint32At } from "./block.ts";
import { bundleEntry, bundleHeader } from "./bundle.ts";
import { crc32c, masked } from "./crc32c.ts";
import type { BundleTensor, TableFacts } from "./facts.ts";
import { readSlices } from "./slices.ts";

const FOOTER_BYTES = 48;
/** A block is followed by how it is compressed, and by a checksum. */
const TRAILER_BYTES = 5;
const BYTES_PER_STEP = 256;
/** Types of tensors that hold no numbers: string, resource, variant (types.proto). */
const NO_NUMBERS: ReadonlySet<number> = new Set([7, 20, 21]);

/**
 * A sorted table of keys and values of the LevelDB kind, which is what TensorFlow writes as `*.index` of a checkpoint: each key names a tensor, each
 * value says where in the data files it lies. https://github.com/google/leveldb/blob/main/doc/table_format.md
 * Anomalies: `checksum` (a block that is not what its checksum says), `no-bundle-entry` (a value of another kind), `no-slice` (the same in a checkpoint of version 1, whose tensors lie in the table itself), `duplicate-tensor`, `order` (keys that are not sorted:
 * a reader that searches finds others than one that lists).
 */
export const tableFormat: Format<TableFacts> = {
  id: "tf-table",
  async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<TableFacts>> {
    const reading = new Reading(bytes, budget);
    try {
      await reading.run();
      return { kind: "parsed", facts: reading.facts(), anomalies: reading.anomalies.list };
    } catch (error) {
      if (error instanceof TableBreak)
        return { kind: "broken", facts: reading.facts(), anomalies: reading.anomalies.list, at: error.at, why: error.message };
      if (error instanceof LimitError) return { kind: "limit", facts: reading.facts(), anomalies: reading.anomalies.list, why: error.message };
      throw error;
    } finally {
      reading.close();
    }
  },
  children({ kind, unowned, size }) {
    if (kind === "slices") return [searched("bytes", { offset: 0, size })]; // tensors and all
    return unowned.map((span) => searched(`unowned@${span.offset}`, span));
  },
};

function searched(name: string, { offset, size }: Span): ChildRef {
  return { name, region: { in: "slice", offset, size }, treatment: "search" };
}

class Reading {
  readonly anomalies = new Anomalies();
  readonly #bytes: ByteSource;
  readonly #budget: Budget;
  readonly #owned: Span[] = [];
  readonly #tensors: BundleTensor[] = [];
  #heldBytes = 0;
  #blockBytes = 0;
  #kind: TableFacts["kind"] = "unknown";
  #entries = 0;
  #shards = 0;
  #parameters = 0;
  #compressed = 0;
  #lastKey: Buffer | null = null;

  constructor(bytes: ByteSource, budget: Budget) {
    this.#bytes = bytes;
    this.#budget = budget;
  }

  async run(): Promise<void> {
    const { size } = this.#bytes;
    if (size < FOOTER_BYTES) throw new TableBreak(0, "shorter than a footer");
    const footer = Buffer.from(await this.#bytes.read(size - FOOTER_BYTES, FOOTER_BYTES));
    const metaIndex = handleAt(footer, 0);
    const index = metaIndex === null ? null : handleAt(footer, metaIndex.next);
    if (metaIndex === null || index === null) throw new TableBreak(size - FOOTER_BYTES, "a footer without handles");
    this.#owned.push({ offset: size - FOOTER_BYTES, size: FOOTER_BYTES });
    for (const { key, at } of await this.#block(metaIndex))
      this.anomalies.add("no-bundle-entry", at, `the table has meta data ${shown(key.toString("utf8"))}`);
    for (const { value, at } of await this.#block(index)) {
      const handle = handleAt(value, 0);
      if (handle === null) throw new TableBreak(at, "an index entry without a handle");
      for (const entry of await this.#block(handle)) {
        this.#entry(entry);
        if (this.#kind === "slices") await this.#slices(entry);
      }
      this.#release();
    }
  }

  /** Gives back what only the reading needed. */
  close(): void {
    this.#budget.release(this.#heldBytes);
    this.#release();
  }

  /** The block of data that was read; that of the index is counted with the first one. */
  #release(): void {
    this.#budget.release(this.#blockBytes);
    this.#blockBytes = 0;
  }

  facts(): TableFacts {
    return {
      kind: this.#kind,
      entries: this.#entries,
      shards: this.#shards,
      tensors: this.#tensors,
      parameters: this.#parameters,
      compressed: this.#compressed,
      unowned: this.#unowned(),
      size: this.#bytes.size,
    };
  }

  async #block({ offset, size }: Span): Promise<Iterable<Entry>> {
    if (offset + size + TRAILER_BYTES > this.#bytes.size - FOOTER_BYTES)
      throw new TableBreak(this.#bytes.size - FOOTER_BYTES, `a block of ${size} bytes at ${offset} that is not in the file`);
    if (size > this.#budget.limits.maxHeaderBytes) throw new LimitError("maxHeaderBytes", this.#budget.limits.maxHeaderBytes);
    this.#budget.hold(size);
    this.#blockBytes += size;
    this.#budget.steps(1 + Math.ceil(size / BYTES_PER_STEP));
    this.#owned.push({ offset, size: size + TRAILER_BYTES });
    const read = await this.#bytes.read(offset, size + TRAILER_BYTES);
    const block = Buffer.from(read.buffer, read.byteOffset, read.length);
    if (masked(crc32c(block.subarray(0, size + 1))) !== block.readUInt32LE(size + 1))
      this.anomalies.add("checksum", offset, `the block at ${offset} is not what its checksum says`);
    if (block[size] === 0) return entriesOf(block.subarray(0, size), offset, this.#budget);
    this.#compressed++;
    return [];
  }

  #entry({ key, value, at }: Entry): void {
    this.#entries++;
    if (this.#lastKey !== null && Buffer.compare(this.#lastKey, key) >= 0)
      this.anomalies.add("order", at, `the key ${shown(key.toString("utf8"))} does not follow the one before it`);
    this.#lastKey = Buffer.from(key);
    if (key.length === 0) this.#header(value);
    else if (this.#kind === "bundle") this.#tensor(key.toString("utf8"), value, at);
  }

  #header(value: Buffer): void {
    const shards = bundleHeader(value);
    if (shards === null) this.#kind = value[0] === META_TAG ? "slices" : "unknown";
    else {
      this.#kind = "bundle";
      this.#shards = shards;
    }
  }

  async #slices({ key, value, at }: Entry): Promise<void> {
    const { isWhole, elements } = await readSlices(value, this.#budget);
    this.#parameters += elements;
    if (!isWhole) this.anomalies.add("no-slice", at, `the key ${shown(key.toString("latin1"))} holds more or less than a slice of a tensor`);
  }

  #tensor(name: string, value: Buffer, at: number): void {
    const entry = bundleEntry(value);
    if (entry === null) {
      this.anomalies.add("no-bundle-entry", at, `the key ${shown(name)} does not say where a tensor lies`);
      return;
    }
    if (!NO_NUMBERS.has(entry.dtype) && Number.isSafeInteger(entry.elements) && !/optimizer|\.OPTIMIZER_SLOT/i.test(name))
      this.#parameters += entry.elements;
    if (entry.sliced) return;
    if (this.#tensors.length >= this.#budget.limits.maxEntries) throw new LimitError("maxEntries", this.#budget.limits.maxEntries);
    this.#hold(ENTRY_BYTES);
    this.#tensors.push({ name: name.slice(0, MAX_NAME), shard: entry.shard, offset: entry.offset, size: entry.size });
  }

  #hold(bytes: number): void {
    this.#budget.hold(bytes);
    this.#heldBytes += bytes;
  }

  /** What lies between the blocks; after a break also blocks that were not reached. */
  #unowned(): readonly Span[] {
    const unowned: Span[] = [];
    let at = 0;
    for (const { offset, size } of this.#owned.toSorted((a, b) => a.offset - b.offset)) {
      if (offset > at && unowned.length < MAX_UNOWNED) unowned.push({ offset: at, size: offset - at });
      at = Math.max(at, offset + size);
    }
    if (at < this.#bytes.size) unowned.push({ offset: at, size: this.#bytes.size - at });
    return unowned;
  }
}

/** Field 1 of SavedTensorSlices, a message: in a BundleHeaderProto it is a number. */
const META_TAG = 0x0a;
const ENTRY_BYTES = 128;
const MAX_NAME = 200;
const MAX_UNOWNED = 1000;

/** BlockHandle: offset and size as varints. Beyond five bytes each they lie in no index. */
function handleAt(bytes: Uint8Array, at: number): (Span & { readonly next: number }) | null {
  const offset = varint32At(bytes, at, bytes.length);
  const size = offset === null ? null : varint32At(bytes, offset.next, bytes.length);
  return offset === null || size === null ? null : { offset: offset.value, size: size.value, next: size.next };
}

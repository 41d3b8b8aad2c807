import { Hdf5Break } from "./block.ts";
import type { Hdf5File } from "./file.ts";
import type { Extent } from "./ledger.ts";

const MAX_COLLECTIONS = 100_000;
/** What one object costs in memory. */
const OBJECT_BYTES = 64;

/** Texts and sequences of variable length lie in collections of the global heap. Specification III.E. */
export class GlobalHeap {
  readonly #file: Hdf5File;
  readonly #collections = new Map<number, ReadonlyMap<number, Extent>>();
  #held = 0;
  /** Where the collections lie, with all that is in them. */
  readonly extents: Extent[] = [];

  constructor(file: Hdf5File) {
    this.#file = file;
  }

  close(): void {
    this.#file.budget.release(this.#held);
  }

  /** Where an object's bytes lie; null for the empty reference. */
  async object(address: number | null, index: number, at: number): Promise<Extent | null> {
    if (address === null || (address === 0 && index === 0)) return null;
    const objects = this.#collections.get(address) ?? (await this.#read(address));
    const found = objects.get(index);
    if (found === undefined) throw new Hdf5Break(at, `the global heap has no object ${index} at ${address}`);
    return found;
  }

  /** Takes a collection that only datasets lead to; yields its size. */
  async adopt(address: number): Promise<number> {
    if (!this.#collections.has(address)) await this.#read(address);
    return this.extents.find(({ offset }) => offset === this.#file.base + address)?.size ?? 0;
  }

  async #read(address: number): Promise<ReadonlyMap<number, Extent>> {
    const file = this.#file;
    const objects = new Map<number, Extent>();
    if (this.#collections.size >= MAX_COLLECTIONS) throw new Hdf5Break(file.base + address, "too many collections of the global heap");
    this.#collections.set(address, objects);
    const prefix = 8 + file.widths.lengths;
    const head = await file.owned(address, prefix, "a collection of the global heap");
    head.signature("GCOL");
    head.version(1);
    head.skip(3);
    const size = head.length();
    if (!(file.base + address + size <= file.source.size)) throw new Hdf5Break(head.start, "a collection of the global heap leads out of the file");
    this.extents.push({ offset: head.start, size });
    const step = 8 + file.widths.lengths;
    for (let at = prefix; at + step <= size; ) {
      const object = await file.block(address + at, step, "an object of the global heap");
      const index = object.u16();
      object.skip(6);
      const length = object.length();
      if (index === 0) break; // the free space, to the end
      if (!(at + step + length <= size)) throw new Hdf5Break(object.start, "an object of the global heap is longer than its collection");
      file.budget.hold(OBJECT_BYTES);
      this.#held += OBJECT_BYTES;
      file.ledger.own(object.start, step + padded(length));
      objects.set(index, { offset: object.start + step, size: length });
      at += step + padded(length);
    }
    return objects;
  }
}

function padded(length: number): number {
  return length + ((8 - (length % 8)) % 8);
}

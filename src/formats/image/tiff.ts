import type { Window } from "../walked/window.ts";
import type { ImageWalk } from "./facts.ts";
import { endWithPadding } from "./padding.ts";

/** Bytes of one value, by type (TIFF 6.0, section 2; BigTIFF adds 16 to 18). */
const TYPE_BYTES: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
/** Tags with the places of the data, each with that of their sizes: strips, tiles, free stretches, an old JPEG stream. */
const DATA_TAGS: ReadonlyMap<number, number> = new Map([
  [273, 279],
  [324, 325],
  [288, 289],
  [513, 514],
]);
/** Tags whose values are places of further directories: of a picture, Exif, GPS, what works together. */
const DIRECTORY_TAGS: ReadonlySet<number> = new Set([330, 34_665, 34_853, 40_965]);
const WIDTH = 256;
const HEIGHT = 257;
const LEADING_TAGS: ReadonlySet<number> = new Set([...DATA_TAGS.keys(), ...DATA_TAGS.values(), ...DIRECTORY_TAGS, WIDTH, HEIGHT]);
const MAX_DIRECTORIES = 4096;
const MAX_ENTRIES = 65_535;
const MAX_VALUES = 1_000_000;
/** What going somewhere else in the file reads anew. */
const JUMP_BYTES = 256 * 1024;

interface Entry {
  readonly tag: number;
  readonly count: number;
  /** Bytes of one value; 0 where the type is not known. */
  readonly width: number;
  /** The values themselves, where they fit into the entry; else where they lie. */
  readonly values: Buffer | number;
}

/** Header, then directories of entries anywhere in the file, and the data that they lead to. */
export async function walkTiff(window: Window): Promise<ImageWalk> {
  return new TiffWalk(window, await window.take(0, Math.min(16, window.size))).run();
}

class TiffWalk {
  readonly #window: Window;
  readonly #little: boolean;
  /** BigTIFF: places and counts in 64 bits. */
  readonly #big: boolean;
  readonly #head: Buffer;
  readonly #queue: number[] = [];
  readonly #seen = new Set<number>();
  #end = 8;
  #values = 0;
  #width = 0;
  #height = 0;

  constructor(window: Window, head: Buffer | null) {
    this.#window = window;
    this.#head = head ?? Buffer.alloc(0);
    this.#little = this.#head[0] === 0x49;
    this.#big = this.#head[this.#little ? 2 : 3] === 43;
  }

  async run(): Promise<ImageWalk> {
    const stop = await this.#walk();
    return {
      width: this.#width,
      height: this.#height,
      anomalies: [],
      endsAt: stop === null ? await endWithPadding(this.#window, this.#end) : null,
      stop,
    };
  }

  async #walk(): Promise<ImageWalk["stop"]> {
    const wide = this.#big ? 8 : 4;
    if (this.#head.length < 2 * wide) return { at: Math.min(4, this.#window.size), why: "the image ends in its header" };
    this.#queue.push(this.#number(this.#head, wide, wide));
    for (let at = this.#queue.pop(); at !== undefined; at = this.#queue.pop()) {
      if (at === 0 || this.#seen.has(at)) continue;
      if (this.#seen.size >= MAX_DIRECTORIES) return { at: Math.min(at, this.#window.size), why: `more than ${MAX_DIRECTORIES} directories` };
      this.#seen.add(at);
      const why = await this.#directory(at);
      if (why !== null) return { at: Math.min(at, this.#window.size), why };
    }
    if (this.#seen.size === 0) return { at: 4, why: "the image has no directory" };
    return this.#end > this.#window.size ? { at: this.#window.size, why: `the data end at ${this.#end}, the file at ${this.#window.size}` } : null;
  }

  /** Why the directory makes no sense, or null. */
  async #directory(at: number): Promise<string | null> {
    const [countBytes, entryBytes, placeBytes] = this.#big ? [8, 20, 8] : [2, 12, 4];
    const head = await this.#take(at, countBytes);
    const count = head === null ? 0 : this.#number(head, 0, countBytes);
    if (count === 0 || count > MAX_ENTRIES) return "no directory of the image stands here";
    const entries = await this.#take(at + countBytes, count * entryBytes + placeBytes);
    if (entries === null) return "a directory of the image runs past the end";
    this.#reach(at + countBytes + entries.length);
    const places = new Map<number, readonly number[]>();
    for (let i = 0; i < count; i++) {
      const entry = this.#entry(entries.subarray(i * entryBytes, (i + 1) * entryBytes));
      const values = await this.#valuesOf(entry);
      if (values === null) return `the values of entry ${entry.tag} run past the end`;
      places.set(entry.tag, values);
    }
    this.#own(places);
    this.#lead(this.#number(entries, count * entryBytes, placeBytes));
    return null;
  }

  #entry(bytes: Buffer): Entry {
    const room = this.#big ? 8 : 4;
    const width = TYPE_BYTES[this.#number(bytes, 2, 2)] ?? 0;
    const count = this.#number(bytes, 4, room);
    const fits = count * width <= room;
    const values = fits ? bytes.subarray(4 + room, 4 + room + count * width) : this.#number(bytes, 4 + room, room);
    return { tag: this.#number(bytes, 0, 2), count, width, values };
  }

  /** Numbers of an entry that leads somewhere; none of the others. Null where they lie outside, or are too many. */
  async #valuesOf({ tag, count, width, values }: Entry): Promise<readonly number[] | null> {
    if (typeof values === "number") {
      if (values + count * width > this.#window.size) return null;
      this.#reach(values + count * width);
    }
    if (!LEADING_TAGS.has(tag) || ![2, 4, 8].includes(width)) return [];
    this.#values += count;
    if (this.#values > MAX_VALUES) return null;
    const bytes = typeof values === "number" ? await this.#take(values, count * width) : values;
    return bytes === null ? null : Array.from({ length: count }, (_, i) => this.#number(bytes, i * width, width));
  }

  #own(places: ReadonlyMap<number, readonly number[]>): void {
    for (const [at, sizes] of DATA_TAGS) {
      const lengths = places.get(sizes);
      // old writers leave the sizes out, and the data own the rest
      for (const [i, offset] of (places.get(at) ?? []).entries()) this.#reach(lengths === undefined ? this.#window.size : offset + (lengths[i] ?? 0));
    }
    for (const tag of DIRECTORY_TAGS) for (const offset of places.get(tag) ?? []) this.#lead(offset);
    if (this.#width > 0) return;
    this.#width = places.get(WIDTH)?.[0] ?? 0;
    this.#height = places.get(HEIGHT)?.[0] ?? 0;
  }

  #lead(at: number): void {
    if (this.#queue.length <= MAX_DIRECTORIES) this.#queue.push(at);
  }

  #reach(end: number): void {
    this.#end = Math.max(this.#end, end);
  }

  async #take(at: number, bytes: number): Promise<Buffer | null> {
    this.#window.work(JUMP_BYTES);
    return at <= this.#window.size ? this.#window.take(at, bytes) : null;
  }

  #number(from: Buffer, at: number, bytes: number): number {
    if (bytes === 8) return Number(this.#little ? from.readBigUInt64LE(at) : from.readBigUInt64BE(at));
    return this.#little ? from.readUIntLE(at, bytes) : from.readUIntBE(at, bytes);
  }
}

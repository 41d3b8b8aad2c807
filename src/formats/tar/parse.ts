import type { ByteSource } from "../../bytes.ts";
import type { Anomaly, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { BLOCK_BYTES, decode, readHeader, type TarHeader } from "./header.ts";
import { type PaxOverrides, readPax } from "./pax.ts";

export type TarEntryType = "file" | "folder" | "symlink" | "hardlink" | "device" | "fifo" | "other";

export interface TarEntry {
  readonly name: string;
  readonly type: TarEntryType;
  /** Offset of the header. */
  readonly at: number;
  /** Where the content lies. */
  readonly offset: number;
  readonly size: number;
  readonly target?: string;
  /** What readers call it that know fewer or more of its headers; set where they disagree. */
  readonly otherNames?: readonly string[];
}

export interface TarFacts {
  readonly entries: readonly TarEntry[];
  /** Bytes that no entry owns and that are not zero padding. */
  readonly unowned: readonly { readonly offset: number; readonly size: number }[];
}

/** Long names and pax headers are read whole. */
const MAX_EXTENSION_BYTES = 1024 * 1024;
const TYPES: Readonly<Record<string, TarEntryType>> = {
  "\0": "file",
  "0": "file",
  "7": "file",
  S: "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "device",
  "4": "device",
  "5": "folder",
  "6": "fifo",
};

/**
 * Headers of 512 bytes, each with its content padded to 512, ended by two blocks of zeros. pax and GNU extension headers change the one that follows; where
 * a pax size and the header's own size disagree, readers take different bytes for the next header, so both readings are kept.
 */
export async function parseTar(bytes: ByteSource, budget: Budget): Promise<Parsed<TarFacts>> {
  const reading = new TarReading(bytes, budget);
  try {
    return await reading.run();
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return { ...reading.parsed(), kind: "limit", why: error.message };
  } finally {
    reading.close();
  }
}

class TarReading {
  readonly #bytes: ByteSource;
  readonly #budget: Budget;
  readonly #entries: TarEntry[] = [];
  readonly #anomalies: Anomaly[] = [];
  readonly #unowned: { offset: number; size: number }[] = [];
  #at = 0;
  #long: PaxOverrides = {};
  #global: PaxOverrides = {};
  #held = 0;

  constructor(bytes: ByteSource, budget: Budget) {
    this.#bytes = bytes;
    this.#budget = budget;
  }

  parsed(): Parsed<TarFacts> {
    return { kind: "parsed", facts: { entries: this.#entries, unowned: this.#unowned }, anomalies: this.#anomalies };
  }

  /** Gives back what was held while entries were collected. */
  close(): void {
    this.#budget.release(this.#held);
    this.#held = 0;
  }

  async run(): Promise<Parsed<TarFacts>> {
    while (this.#at + BLOCK_BYTES <= this.#bytes.size) {
      this.#budget.steps(64);
      const block = await this.#bytes.read(this.#at, BLOCK_BYTES);
      if (isZero(block)) {
        await this.#afterEnd();
        return this.parsed();
      }
      const header = readHeader(block);
      if (header === null) return this.#broken("a block that is no header: its checksum is wrong");
      const broken = await this.#entry(header);
      if (broken !== null) return this.#broken(broken);
    }
    if (this.#at < this.#bytes.size) return this.#broken("the archive ends inside a header");
    this.#note("no-end", this.#at, "the two blocks of zeros at the end are missing");
    return this.parsed();
  }

  #broken(why: string): Parsed<TarFacts> {
    const size = this.#bytes.size - this.#at;
    if (size > 0) this.#unowned.push({ offset: this.#at, size });
    return { ...this.parsed(), kind: "broken", at: this.#at, why };
  }

  /** Takes in one header with its content. Yields why that is not possible. */
  async #entry(header: TarHeader): Promise<string | null> {
    const at = this.#at;
    const offset = at + BLOCK_BYTES;
    if (EXTENSIONS.has(header.typeflag)) return this.#extension(header, offset);
    const { path, sparseName, linkPath, size: paxSize } = { ...this.#global, ...this.#long };
    const names = [...new Set([sparseName, path, header.name].filter((name) => name !== undefined))];
    const [name = "", ...otherNames] = names;
    const named = otherNames.length === 0 ? { name } : { name, otherNames };
    this.#long = {};
    const type = TYPES[header.typeflag] ?? "other";
    const size = type === "file" || type === "other" ? (paxSize ?? header.size) : 0;
    if (offset + size > this.#bytes.size) {
      this.#keep({ ...named, type, at, offset, size: this.#bytes.size - offset });
      this.#at = this.#bytes.size;
      return `${size} bytes of content in ${this.#bytes.size - offset} that are left`;
    }
    if (type !== "file" && type !== "other" && header.size > 0)
      this.#note("content-of-link", at, `an entry of type ${type} claims ${header.size} bytes of content`);
    if (paxSize !== undefined && header.size !== 0 && paxSize !== header.size) this.#twoSizes(at, offset, paxSize, header.size);
    const target = linkPath ?? header.linkName;
    this.#keep({ ...named, type, at, offset, size, ...(type === "symlink" || type === "hardlink" ? { target } : {}) });
    await this.#skip(offset + size, offset + padded(size));
    return null;
  }

  /** Goes on at the next block. What fills the last one is zeros, unless somebody put something there. */
  async #skip(from: number, to: number): Promise<void> {
    this.#at = Math.min(to, this.#bytes.size);
    if (this.#at <= from) return;
    const padding = await this.#bytes.read(from, this.#at - from);
    const found = padding.findIndex((byte) => byte !== 0);
    if (found === -1) return;
    this.#note("padding", from + found, "other than zeros in the padding of a member");
    this.#unowned.push({ offset: from, size: padding.length });
  }

  /** GNU long name and link, pax for the next entry, pax for all that follow. */
  async #extension({ typeflag, size }: TarHeader, offset: number): Promise<string | null> {
    if (size > MAX_EXTENSION_BYTES) return `an extension header of ${size} bytes`;
    if (offset + size > this.#bytes.size) return "the archive ends inside an extension header";
    this.#budget.steps(Math.ceil(size / 16));
    const content = await this.#bytes.read(offset, size);
    if (typeflag === "L") this.#long = { ...this.#long, path: decode(untilZero(content)) };
    else if (typeflag === "K") this.#long = { ...this.#long, linkPath: decode(untilZero(content)) };
    else {
      const overrides = readPax(content);
      if (overrides === null) this.#note("pax", offset, "a pax header with a malformed record");
      else if (typeflag === "g") this.#global = { ...this.#global, ...overrides };
      else this.#long = { ...this.#long, ...overrides };
    }
    await this.#skip(offset + size, offset + padded(size));
    return null;
  }

  /** A reader that knows no pax ends the content elsewhere, and takes what lies between the two ends for headers, or for content. */
  #twoSizes(at: number, offset: number, paxSize: number, headerSize: number): void {
    this.#note("two-sizes", at, `a size of ${paxSize} in the pax header and of ${headerSize} in the header`);
    const to = Math.min(offset + padded(Math.max(paxSize, headerSize)), this.#bytes.size);
    this.#unowned.push({ offset, size: to - offset });
  }

  /** After the blocks of zeros only zeros may follow. Readers that ignore the end find more entries there. */
  async #afterEnd(): Promise<void> {
    for (let at = this.#at; at < this.#bytes.size; at += WINDOW_BYTES) {
      const window = await this.#bytes.read(at, Math.min(WINDOW_BYTES, this.#bytes.size - at));
      this.#budget.steps(Math.ceil(window.length / 512));
      const found = window.findIndex((byte) => byte !== 0);
      if (found === -1) continue;
      const offset = at + found;
      this.#note("after-end", offset, `${this.#bytes.size - offset} bytes after the end of the archive`);
      this.#unowned.push({ offset, size: this.#bytes.size - offset });
      this.#at = offset;
      await this.#entriesAfterEnd();
      return;
    }
  }

  async #entriesAfterEnd(): Promise<void> {
    while (this.#at + BLOCK_BYTES <= this.#bytes.size) {
      this.#budget.steps(64);
      const header = readHeader(await this.#bytes.read(this.#at, BLOCK_BYTES));
      if (header === null || (await this.#entry(header)) !== null) return;
    }
  }

  #keep(entry: TarEntry): void {
    if (this.#entries.length >= this.#budget.limits.maxEntries) throw new LimitError("maxEntries", this.#budget.limits.maxEntries);
    const bytes = ENTRY_BYTES + [entry.name, ...(entry.otherNames ?? [])].join("").length + (entry.target?.length ?? 0);
    this.#budget.hold(bytes);
    this.#held += bytes;
    this.#entries.push(entry);
  }

  #note(kind: string, at: number, what: string): void {
    if (this.#anomalies.length < MAX_ANOMALIES) this.#anomalies.push({ kind, at, what });
  }
}

const EXTENSIONS: ReadonlySet<string> = new Set(["L", "K", "x", "g"]);
const WINDOW_BYTES = 256 * 1024;
const MAX_ANOMALIES = 100;
/** What an entry takes in memory besides its names. */
const ENTRY_BYTES = 256;

function padded(size: number): number {
  return Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
}

function isZero(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

function untilZero(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

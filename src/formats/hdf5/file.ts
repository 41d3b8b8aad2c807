import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { Anomalies } from "../strict-json/anomalies.ts";
import { Block, Hdf5Break, type Widths } from "./block.ts";
import { lookup3 } from "./checksum.ts";
import { Ledger } from "./ledger.ts";

/** Metadata lies scattered in small pieces, mostly close to each other. */
const WINDOW_BYTES = 32 * 1024;
const KEPT_WINDOWS = 32;
/** One structure that is read whole. Attributes in dense storage can be as long as a model's configuration. */
const MAX_BLOCK_BYTES = 64 * 1024 * 1024;

/** How an HDF5 file is read and who owns its bytes: what every parser of a structure needs. */
export class Hdf5File {
  readonly source: ByteSource;
  readonly budget: Budget;
  readonly anomalies = new Anomalies();
  readonly ledger: Ledger;
  /** File offset of the superblock: addresses count from here. */
  base = 0;
  widths: Widths = { offsets: 8, lengths: 8 };
  /** Half the entries of a leaf and of an inner node of old-style groups, and of an inner node of chunk indexes. */
  k = { leaf: 4, internal: 16, chunks: 32 };
  /** Parts that are of a kind that is not read here, each once. */
  readonly unread = new Set<string>();
  readonly #windows = new Map<number, Uint8Array>();

  constructor(source: ByteSource, budget: Budget) {
    this.source = source;
    this.budget = budget;
    this.ledger = new Ledger(budget);
  }

  close(): void {
    for (const window of this.#windows.values()) this.budget.release(window.length);
    this.#windows.clear();
    this.ledger.close();
  }

  /** Bytes at an address. Checked against the file before anything is read. */
  async block(address: number | null, length: number, what: string): Promise<Block> {
    if (address === null) throw new Hdf5Break(this.base, `${what} has no address`);
    const from = this.base + address;
    if (!(length >= 0) || !(from + length <= this.source.size))
      throw new Hdf5Break(Math.min(from, this.source.size), `${what} leads out of the file`);
    if (length > MAX_BLOCK_BYTES) throw new Hdf5Break(from, `${what} is ${length} bytes long`);
    this.budget.steps(1 + (length >> 6));
    return new Block(await this.#read(from, length), from, what, this.widths);
  }

  /** The same, and notes that the structure owns these bytes. */
  async owned(address: number | null, length: number, what: string): Promise<Block> {
    const block = await this.block(address, length, what);
    this.ledger.own(block.start, length);
    return block;
  }

  /** Compares the last four bytes of a structure with the checksum of those before. */
  verify(bytes: Uint8Array, at: number, what: string): void {
    const end = bytes.length - 4;
    if (end < 0) throw new Hdf5Break(at, `${what} has no room for its checksum`);
    this.budget.steps(1 + (end >> 5));
    const stated = new DataView(bytes.buffer, bytes.byteOffset + end, 4).getUint32(0, true);
    if (stated !== lookup3(bytes.subarray(0, end))) this.anomalies.add("checksum", at, `the checksum of ${what} is wrong`);
  }

  async #read(from: number, length: number): Promise<Uint8Array> {
    const first = from - (from % WINDOW_BYTES);
    if (from + length > first + WINDOW_BYTES) return this.source.read(from, length);
    let window = this.#windows.get(first);
    if (window === undefined) {
      const size = Math.min(WINDOW_BYTES, this.source.size - first);
      this.budget.hold(size);
      window = await this.source.read(first, size);
      this.#keep(first, window);
    }
    return window.subarray(from - first, from - first + length);
  }

  #keep(first: number, window: Uint8Array): void {
    this.#windows.set(first, window);
    if (this.#windows.size <= KEPT_WINDOWS) return;
    for (const [oldest, { length }] of this.#windows) {
      this.#windows.delete(oldest);
      this.budget.release(length);
      return;
    }
  }
}

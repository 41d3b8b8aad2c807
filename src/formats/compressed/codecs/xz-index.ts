import { createHash, type Hash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Budget } from "../../../limits.ts";
import { BrokenStreamError, type Input } from "./input.ts";

/** What the blocks of a stream were, to be held against what its index says. In constant memory, as the number of blocks is the writer's. */
export class XzIndex {
  readonly #seen: Hash = createHash("sha256");
  #blocks = 0;

  /** @param unpadded bytes of the block without its padding; @param inflated bytes that came out of it */
  add(unpadded: number, inflated: number): void {
    this.#seen.update(Float64Array.of(unpadded, inflated));
    this.#blocks++;
  }

  /** Reads index and footer (sections 4 and 2.1.2). `flags` are those of the stream header, which the footer repeats. */
  async read(input: Input, budget: Budget, flags: Uint8Array): Promise<void> {
    const size = await this.#records(input, budget);
    const footer = Buffer.from(await input.take(12, "the xz footer"));
    if (footer.toString("latin1", 10) !== "YZ" || !footer.subarray(8, 10).equals(flags)) throw new BrokenStreamError("no xz footer behind the index");
    if (footer.readUInt32LE(0) !== crc32(footer.subarray(4, 10)) >>> 0) throw new BrokenStreamError("the CRC-32 of the xz footer does not match");
    if ((footer.readUInt32LE(4) + 1) * 4 !== size) throw new BrokenStreamError("the xz footer states another size of the index");
  }

  async #records(input: Input, budget: Budget): Promise<number> {
    const bytes = new IndexBytes(input);
    await bytes.take(1);
    if ((await bytes.integer()) !== this.#blocks) throw new BrokenStreamError("the xz index has another number of blocks");
    const stated = createHash("sha256");
    for (let i = 0; i < this.#blocks; i++) {
      budget.steps(4);
      stated.update(Float64Array.of(await bytes.integer(), await bytes.integer()));
    }
    if (!stated.digest().equals(this.#seen.digest())) throw new BrokenStreamError("the xz index has blocks of other sizes");
    const padding = await bytes.take((4 - (bytes.size % 4)) % 4);
    if (padding.some((byte) => byte !== 0)) throw new BrokenStreamError("padding in the xz index that is not zero");
    const { crc, size } = bytes;
    if (Buffer.from(await bytes.take(4)).readUInt32LE(0) !== crc >>> 0) throw new BrokenStreamError("the CRC-32 of the xz index does not match");
    return size + 4;
  }
}

/** Bytes of the index, summed and counted as they are read. */
class IndexBytes {
  crc = 0;
  size = 0;
  readonly #input: Input;

  constructor(input: Input) {
    this.#input = input;
  }

  async take(length: number): Promise<Uint8Array> {
    const bytes = await this.#input.take(length, "the xz index");
    this.crc = crc32(bytes, this.crc);
    this.size += length;
    return bytes;
  }

  /** Variable-length integer (section 1.2). */
  async integer(): Promise<number> {
    let value = 0;
    for (let i = 0; i < 9; i++) {
      const [byte = 0] = await this.take(1);
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw new BrokenStreamError("a number in the xz index is too long");
  }
}

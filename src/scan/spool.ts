import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ByteSource, bytesOf } from "../bytes.ts";
import type { Budget } from "../limits.ts";
import { descriptorSource } from "./descriptor-source.ts";

/** Decompressed members up to this size stay in memory. */
export const IN_MEMORY_BYTES = 8 * 1024 * 1024;

/** Collects pieces: in memory first, then in a 0600 file that is unlinked as soon as it is open, so that nothing stays behind after a kill. */
export class Spool {
  readonly #budget: Budget;
  readonly #pieces: Uint8Array[] = [];
  #size = 0;
  #held = 0;
  #fd: number | null = null;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  write(piece: Uint8Array): void {
    if (this.#fd === null && this.#size + piece.length > IN_MEMORY_BYTES) this.#moveToFile();
    if (this.#fd === null) {
      this.#budget.hold(piece.length);
      this.#held += piece.length;
      this.#pieces.push(Uint8Array.from(piece));
    } else writeAll(this.#fd, piece);
    this.#size += piece.length;
  }

  get size(): number {
    return this.#size;
  }

  source(): ByteSource {
    return this.#fd === null ? bytesOf(Buffer.concat(this.#pieces)) : descriptorSource(this.#fd, this.#size);
  }

  dispose(): void {
    this.#budget.release(this.#held);
    this.#held = 0;
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #moveToFile(): void {
    const folder = mkdtempSync(join(tmpdir(), "weighbridge-"));
    try {
      this.#fd = openSync(join(folder, "spool"), "wx+", 0o600);
    } finally {
      rmSync(folder, { recursive: true });
    }
    for (const piece of this.#pieces.splice(0)) writeAll(this.#fd, piece);
    this.#budget.release(this.#held);
    this.#held = 0;
  }
}

function writeAll(fd: number, piece: Uint8Array): void {
  for (let at = 0; at < piece.length; ) at += writeSync(fd, piece, at);
}

import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ByteSource, bytesOf, sliceOf } from "../bytes.ts";
import type { Region } from "../format.ts";
import { inflate, unpack } from "../formats/compressed/inflate.ts";
import { type Budget, LimitError } from "../limits.ts";
import { descriptorSource } from "./descriptor-source.ts";

export interface Opened {
  readonly source: ByteSource;
  /** Set when decompression stopped early: what came before is in `source`. */
  readonly trouble?: { readonly kind: "broken" | "limit"; readonly why: string };
  /** Gives memory and spool file back. */
  dispose(): void;
}

/** Decompressed members up to this size stay in memory. */
const IN_MEMORY_BYTES = 8 * 1024 * 1024;

/** Makes the bytes of a child readable. Compressed ones are inflated into memory, or beyond a bound into a spool file without a name. */
export async function openRegion(parent: ByteSource, region: Region, budget: Budget): Promise<Opened> {
  if (region.in === "slice") return { source: sliceOf(parent, region.offset, region.size), dispose() {} };
  if (region.in === "memory") return { source: bytesOf(region.bytes), dispose() {} };
  const spool = new Spool(budget);
  try {
    const keep = (piece: Uint8Array) => spool.write(piece);
    const result =
      region.in === "packed"
        ? await unpack(region.packing, sliceOf(parent, region.offset, region.packedSize), budget, keep)
        : await inflate(region.codec, sliceOf(parent, region.offset, region.compressedSize), budget, keep, region.size);
    const trouble = result.kind === "complete" ? undefined : { kind: result.kind, why: result.why ?? "decompression stopped" };
    return { source: spool.source(), ...(trouble === undefined ? {} : { trouble }), dispose: () => spool.dispose() };
  } catch (error) {
    if (!(error instanceof LimitError)) {
      spool.dispose();
      throw error;
    }
    return { source: spool.source(), trouble: { kind: "limit", why: error.message }, dispose: () => spool.dispose() };
  }
}

/** Collects pieces: in memory first, then in a 0600 file that is unlinked as soon as it is open, so that nothing stays behind after a kill. */
class Spool {
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

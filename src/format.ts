import type { ByteSource } from "./bytes.ts";
import type { Budget } from "./limits.ts";

/** Name of a format, as it stands in reports: `pickle`, `zip`, `torch-zip`, `safetensors` … */
export type FormatId = string;

/** Something odd that a parser met and went on from. A fact: the examiner says what it means. */
export interface Anomaly {
  /** Kebab-case, unique within the format. */
  readonly kind: string;
  readonly at: number;
  /** One clause that a person understands, with the numbers. */
  readonly what: string;
}

/**
 * `parsed`: read to its end. `broken`: the bytes stop making sense at `at`. `limit`: a named bound ended the reading.
 * What was read before the break is kept, because a loader would have run it.
 */
export interface Parsed<F> {
  readonly kind: "parsed" | "broken" | "limit";
  readonly facts: F;
  readonly anomalies: readonly Anomaly[];
  readonly at?: number;
  readonly why?: string;
}

/** What detection may look at. `head` and `tail` hold up to PROBE_BYTES each (both the whole, when it is shorter). */
export interface Probe {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  readonly size: number;
  at(offset: number, length: number): Promise<Uint8Array>;
}

export const PROBE_BYTES = 4096;

/** Where the bytes of a child lie. */
export type Region =
  | { readonly in: "slice"; readonly offset: number; readonly size: number }
  /** Compressed bytes at `offset` in the parent; `size` is what they claim to inflate to. */
  | { readonly in: "compressed"; readonly codec: Codec; readonly offset: number; readonly compressedSize: number; readonly size?: number }
  /** Bytes at `offset` in the parent that a compressor and filters before it packed, as 7z does. */
  | { readonly in: "packed"; readonly packing: Packing; readonly offset: number; readonly packedSize: number }
  | { readonly in: "memory"; readonly bytes: Uint8Array };

/** How bytes were packed. Properties are those of the method in 7z. */
export interface Packing {
  readonly method: "copy" | "lzma" | "lzma2" | "bzip2" | "deflate" | "deflate64" | "zstd";
  readonly properties: Uint8Array;
  /** What was done to the bytes before they were compressed, in the order of undoing it: ids of the xz format, sections 5.3.2 and 5.3.3. */
  readonly filters: readonly { readonly id: number; readonly properties: Uint8Array }[];
  /** What comes out, all of it. */
  readonly size: number;
  /** CRC-32 of parts of what comes out, in order and apart. */
  readonly checks: readonly { readonly offset: number; readonly size: number; readonly crc32: number }[];
}

export type Codec = "deflate" | "deflate64" | "gzip" | "zlib" | "bzip2" | "xz" | "lzma" | "zstd" | "lz4" | "brotli" | "zip-lzma";

/**
 * A subject inside a subject. `examine`: identify by content and examine. `probe`: bytes that an index owns as tensor storage: only their head
 * is looked at. `search`: bytes that nobody owns: searched in full for executables, archives and pickles.
 */
export interface ChildRef {
  /** Name inside the parent as raw text; the walker encodes it into the path. */
  readonly name: string;
  readonly region: Region;
  readonly treatment: "examine" | "probe" | "search";
  /** Set where the parent knows the format by its own specification (a chat template in GGUF metadata). */
  readonly as?: FormatId;
  /**
   * Set where the parent knows what these bytes are made of (files packed as one block): they are opened once and not identified, and the parts are
   * visited in their place, as children of the parent. Regions of parts are slices of these bytes.
   */
  readonly parts?: readonly ChildRef[];
}

/** Bytes to facts. It never judges, logs, or touches the network; hostile input is a result, never an exception. */
export interface Format<F> {
  readonly id: FormatId;
  parse(bytes: ByteSource, budget: Budget): Promise<Parsed<F>>;
  /** Sub-subjects, in the order of examination. */
  children?(facts: F): readonly ChildRef[];
}

/**
 * Detection apart from parsing, so that looking at one safetensors file does not load the other engines.
 * `yes`: a magic or structure that only this format has. `maybe`: it could be (no magic). Content decides, never the name.
 */
export interface Detector {
  readonly id: FormatId;
  /** The bytes, as Latin-1, with which this format can begin; any, unless given. Where none of them is first, nobody asks. */
  readonly begins?: string;
  detect(probe: Probe): Promise<"yes" | "maybe" | "no">;
  /** The more general format that this one replaces when both are detected: `torch-zip` refines `zip`. */
  readonly refines?: readonly FormatId[];
}

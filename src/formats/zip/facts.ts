import type { Codec } from "../../format.ts";

/** Bytes of the archive that no member, header or directory owns, and that are not all zero. */
export interface Unowned {
  readonly kind: "prepended" | "appended" | "gap" | "comment" | "extra-field";
  readonly offset: number;
  readonly size: number;
}

/** One way to read the bytes of a member. Readers that trust the local header and readers that trust the directory may differ. */
export interface ZipReading {
  /** Compression method by number (APPNOTE 4.4.5); 0 is stored. */
  readonly method: number;
  /** Null where no decoder exists here: the bytes are not examined. */
  readonly codec: Codec | "stored" | null;
  readonly offset: number;
  readonly compressedSize: number;
  /** What the header says that it inflates to. */
  readonly size: number;
  /**
   * What reading it showed: `ok`, size and CRC-32 as stated; `crc`, `size`: not as stated; `broken`: does not decode;
   * `bomb`: inflates past every proportion and was not read to its end; `unread`: no decoder, encrypted, or checked enough elsewhere.
   */
  readonly check: "ok" | "crc" | "size" | "broken" | "bomb" | "unread";
  readonly inflatedBytes?: number;
  /** Set where the bytes begin with a NumPy header whose shape accounts for the size. */
  readonly declaredArray?: boolean;
}

export interface ZipMember {
  /** Every name that some reader sees: directory, local header, Unicode path field, cut at NUL. The first is the directory's. */
  readonly names: readonly string[];
  /** Offset of the local header. */
  readonly at: number;
  /** False for an entry that only a reader from the front sees. */
  readonly listed: boolean;
  readonly directory: boolean;
  /** Marked as encrypted, and the bytes bear it out. */
  readonly encrypted: boolean;
  /** Target, where the attributes make it a symbolic link. */
  readonly link?: string;
  readonly crc32: number;
  readonly readings: readonly ZipReading[];
}

export interface ZipFacts {
  readonly size: number;
  readonly members: readonly ZipMember[];
  readonly unowned: readonly Unowned[];
}

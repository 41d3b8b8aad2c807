/** A file, folder or link that the archive lists. */
export interface SevenZipEntry {
  readonly name: string;
  readonly type: "file" | "folder" | "symlink" | "anti";
  /** Which block its bytes are in, and where in it; null for an entry without bytes. */
  readonly place: { readonly block: number; readonly offset: number; readonly size: number } | null;
  /** Of a symbolic link, as far as it could be read. */
  readonly target?: string;
}

/** One decoder of a block, in the order of undoing: the first reads the bytes of the archive. */
export interface SevenZipCoder {
  /** Method id in hexadecimal, as 7zFormat.txt lists them. */
  readonly id: string;
  readonly name: string;
  readonly properties: string;
}

/** Bytes that were packed together: one file, or many in a solid archive. The format calls it a folder. */
export interface SevenZipBlock {
  readonly offset: number;
  readonly packedSize: number;
  readonly size: number;
  /** Empty where the coders form no chain (BCJ2 has four inputs). */
  readonly coders: readonly SevenZipCoder[];
  /** Why no decoder here can unpack it; null where one can. */
  readonly closed: string | null;
  readonly encrypted: boolean;
  /** What each file in it measures and sums to, in order. */
  readonly parts: readonly { readonly offset: number; readonly size: number; readonly crc32: number | null }[];
}

export interface SevenZipFacts {
  readonly size: number;
  readonly blocks: readonly SevenZipBlock[];
  readonly entries: readonly SevenZipEntry[];
  /** The list of files itself is closed, and why. */
  readonly closed: string | null;
  /** Bytes that neither headers nor blocks own and that are not all zero. */
  readonly unowned: readonly { readonly begin: number; readonly end: number }[];
}

/**
 * Random access to some bytes: a file, an archive member, an HTTP range, an OCI blob.
 * `read` yields exactly `length` bytes; a range outside [0, size) throws a RangeError (a bug of the caller: sizes are checked first).
 */
export interface ByteSource {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Where a source can fill memory of the caller; `readInto` is how to ask for it. */
  readInto?(target: Uint8Array, offset: number): Promise<void>;
  /** Where whoever inflates a part of this source may leave what comes out, for whoever wants to read it next. */
  readonly store?: InflatedStore;
}

export interface InflatedStore {
  /** For the compressed bytes at an offset; null where there is no room. `size`: what a header says that comes out, as it can decide where that ends. */
  keep(codec: string, offset: number, compressedSize: number, size?: number): KeptStream | null;
}

/** Takes what is inflated, piece by piece. It never throws: what cannot be kept is inflated again. */
export interface KeptStream {
  write(piece: Uint8Array): void;
  /** Nothing comes any more; `trouble` says why, where the stream goes on. */
  end(trouble?: { readonly kind: "broken" | "limit"; readonly why: string }): void;
  /** Lets go of what was not ended. */
  drop(): void;
}

/** Bytes that are in memory already. Reads are views, not copies. */
export function bytesOf(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    async read(offset, length) {
      checkRange(offset, length, bytes.length);
      return bytes.subarray(offset, offset + length);
    },
  };
}

/** A window into another source. */
export function sliceOf(source: ByteSource, offset: number, size: number): ByteSource {
  checkRange(offset, size, source.size);
  return {
    size,
    read(at, length) {
      checkRange(at, length, size);
      return source.read(offset + at, length);
    },
    readInto(target, at) {
      checkRange(at, target.length, size);
      return readInto(source, target, offset + at);
    },
  };
}

/** Fills `target` from `offset` on. For passes over gigabytes, where new memory for each window costs more than reading it. */
export async function readInto(source: ByteSource, target: Uint8Array, offset: number): Promise<void> {
  if (source.readInto !== undefined) await source.readInto(target, offset);
  else target.set(await source.read(offset, target.length));
}

export function checkRange(offset: number, length: number, size: number): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0 || offset + length > size)
    throw new RangeError(`read of ${length} bytes at ${offset} in ${size}`);
}

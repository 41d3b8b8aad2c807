export const ID3_HEADER_BYTES = 10;

/** The header of an ID3v2 tag (id3.org, 2.2.0 to 2.4.0). */
export interface Id3Header {
  readonly version: number;
  readonly flags: number;
  /** Bytes of the whole tag, with header and footer. */
  readonly size: number;
}

const HAS_FOOTER = 0x10;

/** Null where no tag begins. Sizes are written in seven bits a byte, so that no frame of sound is seen in them. */
export function id3HeaderAt(bytes: Uint8Array, at: number): Id3Header | null {
  const header = bytes.subarray(at, at + ID3_HEADER_BYTES);
  const [, , , version = 0, revision = 0, flags = 0, ...sizes] = header;
  if (header.length < ID3_HEADER_BYTES || header[0] !== 0x49 || header[1] !== 0x44 || header[2] !== 0x33) return null;
  if (version < 2 || version > 4 || revision === 0xff || sizes.some((byte) => byte > 0x7f)) return null;
  const size = sizes.reduce((sum, byte) => sum * 128 + byte, 0);
  return { version, flags, size: ID3_HEADER_BYTES + size + ((flags & HAS_FOOTER) === 0 ? 0 : ID3_HEADER_BYTES) };
}

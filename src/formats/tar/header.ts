/** One 512-byte header block, as POSIX.1-2001 (ustar), GNU tar and the old v7 tar write it. */
export interface TarHeader {
  readonly name: string;
  readonly size: number;
  readonly typeflag: string;
  readonly linkName: string;
  readonly magic: "ustar" | "gnu" | "v7";
}

export const BLOCK_BYTES = 512;

/** Reads a header block; null when its checksum or one of its numbers is wrong, which is how every reader tells a header from anything else. */
export function readHeader(block: Uint8Array): TarHeader | null {
  if (block.length < BLOCK_BYTES || !checksumFits(block)) return null;
  const size = numberIn(block, 124, 12);
  if (size === null) return null;
  const magic = text(block, 257, 6);
  const ustar = magic === "ustar";
  const gnu = Buffer.from(block.subarray(257, 265)).toString("latin1") === "ustar  \0";
  const prefix = ustar && !gnu ? text(block, 345, 155) : "";
  const name = text(block, 0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    size,
    typeflag: String.fromCharCode(block[156] ?? 0),
    linkName: text(block, 157, 100),
    magic: gnu ? "gnu" : ustar ? "ustar" : "v7",
  };
}

/** The checksum is the sum of all bytes with its own field as spaces; some old writers summed signed bytes. */
function checksumFits(block: Uint8Array): boolean {
  const stated = numberIn(block, 148, 8);
  if (stated === null || stated === 0) return false;
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < BLOCK_BYTES; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : (block[i] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  return stated === unsigned || stated === signed;
}

/** Octal digits with spaces or NUL around them, or GNU's base-256 when the first bit is set. Null for anything else or a number that is not safe. */
function numberIn(block: Uint8Array, at: number, length: number): number | null {
  const field = block.subarray(at, at + length);
  if (((field[0] ?? 0) & 0x80) !== 0) {
    let value = (field[0] ?? 0) & 0x7f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    return Number.isSafeInteger(value) ? value : null;
  }
  const digits = Buffer.from(field).toString("latin1").replace(/\0.*$/s, "").trim();
  if (digits === "") return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : null;
}

/** A field up to its NUL, as UTF-8 where it is that. */
export function text(block: Uint8Array, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return decode(end === -1 ? field : field.subarray(0, end));
}

/** UTF-8, or Latin-1 where the bytes are no UTF-8, so that different names stay different. */
export function decode(bytes: Uint8Array): string {
  const utf8 = Buffer.from(bytes).toString("utf8");
  return utf8.includes("\ufffd") ? Buffer.from(bytes).toString("latin1") : utf8;
}

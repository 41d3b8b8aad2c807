import { crc32 } from "node:zlib";
import type { ByteSource } from "../../bytes.ts";
import { unaccountedIn } from "./extra-fields.ts";
import { CENTRAL, END, END_BYTES, END64, LOCAL, LOCAL_BYTES } from "./signatures.ts";
import type { Span } from "./spans.ts";

const CENTRAL_BYTES = 46;
/** Read at once for a header: enough for name and extra fields of ordinary archives. */
const HEADER_GUESS = 1024;
const UNSTATED_16 = 0xffff;
const UNSTATED_32 = 0xffffffff;
const ZIP64_EXTRA = 1;
const UNICODE_PATH_EXTRA = 0x7075;

/** What local header and central record have in common (APPNOTE 4.3.7, 4.3.12). */
export interface Header {
  /** Offset of the header itself. */
  readonly at: number;
  readonly bytes: number;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
  /** One character a byte. */
  readonly rawName: string;
  /** Name of the Info-ZIP Unicode path field, when its checksum fits the raw name. */
  readonly unicodePath: string | null;
  /** Bytes of the extra fields that no field's definition accounts for. */
  readonly unaccounted: readonly Span[];
}

export interface CentralRecord extends Header {
  /** As stated; what precedes the archive is not in it. */
  readonly localOffset: number;
  /** Upper half of the external attributes where a Unix host made the entry, else 0. */
  readonly unixMode: number;
  readonly comment: { readonly offset: number; readonly size: number };
}

/** Null where there is no local header, or it is cut. */
export async function readLocal(source: ByteSource, at: number): Promise<Header | null> {
  const fixed = await readHeader(source, at, LOCAL_BYTES);
  if (fixed === null || fixed.readUInt32LE(0) !== LOCAL) return null;
  const nameLength = fixed.readUInt16LE(26);
  const extraLength = fixed.readUInt16LE(28);
  const whole = await complete(source, at, fixed, LOCAL_BYTES + nameLength + extraLength);
  if (whole === null) return null;
  return headerOf(whole, { at, bytes: whole.length, fields: 6, nameAt: LOCAL_BYTES, nameLength, extraLength }).header;
}

/** Null where the directory ends, or the record is cut. */
export async function readCentral(source: ByteSource, at: number): Promise<CentralRecord | null> {
  const fixed = await readHeader(source, at, CENTRAL_BYTES);
  if (fixed === null || fixed.readUInt32LE(0) !== CENTRAL) return null;
  const nameLength = fixed.readUInt16LE(28);
  const extraLength = fixed.readUInt16LE(30);
  const commentLength = fixed.readUInt16LE(32);
  const whole = await complete(source, at, fixed, CENTRAL_BYTES + nameLength + extraLength + commentLength);
  if (whole === null) return null;
  const { header, wide } = headerOf(whole, { at, bytes: whole.length, fields: 8, nameAt: CENTRAL_BYTES, nameLength, extraLength });
  const stated = whole.readUInt32LE(42);
  const comment = { offset: at + whole.length - commentLength, size: commentLength };
  const unix = (whole[5] ?? 0) === 3 || (whole[5] ?? 0) === 19; // made by Unix or macOS
  return { ...header, localOffset: stated === UNSTATED_32 ? (wide.shift() ?? stated) : stated, unixMode: unix ? whole.readUInt16LE(40) : 0, comment };
}

/** What it takes to go on to the next record. Null where the directory ends, or the record is cut. */
export async function measureCentral(source: ByteSource, at: number): Promise<Pick<CentralRecord, "bytes" | "localOffset"> | null> {
  if (at < 0 || at + CENTRAL_BYTES > source.size) return null;
  const bytes = await source.read(at, CENTRAL_BYTES);
  const fixed = Buffer.from(bytes.buffer, bytes.byteOffset, CENTRAL_BYTES);
  const localOffset = fixed.readUInt32LE(42);
  if (fixed.readUInt32LE(0) !== CENTRAL || localOffset === UNSTATED_32) return readCentral(source, at);
  const length = CENTRAL_BYTES + fixed.readUInt16LE(28) + fixed.readUInt16LE(30) + fixed.readUInt16LE(32);
  return at + length > source.size ? null : { bytes: length, localOffset };
}

async function readHeader(source: ByteSource, at: number, least: number): Promise<Buffer | null> {
  if (at < 0 || at + least > source.size) return null;
  const bytes = await source.read(at, Math.min(HEADER_GUESS, source.size - at));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

async function complete(source: ByteSource, at: number, have: Buffer, length: number): Promise<Buffer | null> {
  if (at + length > source.size) return null;
  if (length <= have.length) return have.subarray(0, length);
  const bytes = await source.read(at, length);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

interface Shape {
  readonly at: number;
  readonly bytes: number;
  /** Offset of the flags. */
  readonly fields: number;
  readonly nameAt: number;
  readonly nameLength: number;
  readonly extraLength: number;
}

function headerOf(whole: Buffer, shape: Shape): { readonly header: Header; readonly wide: number[] } {
  const { fields, nameAt, nameLength, extraLength } = shape;
  const nameBytes = whole.subarray(nameAt, nameAt + nameLength);
  const extra = whole.subarray(nameAt + nameLength, nameAt + nameLength + extraLength);
  const { wide, unicodePath } = readExtra(extra, nameBytes);
  const compressedSize = whole.readUInt32LE(fields + 12);
  const size = whole.readUInt32LE(fields + 16);
  const header = {
    at: shape.at,
    bytes: shape.bytes,
    flags: whole.readUInt16LE(fields),
    method: whole.readUInt16LE(fields + 2),
    crc32: whole.readUInt32LE(fields + 8),
    size: size === UNSTATED_32 ? (wide.shift() ?? size) : size, // the zip64 field holds, in this order, only what is unstated (APPNOTE 4.5.3)
    compressedSize: compressedSize === UNSTATED_32 ? (wide.shift() ?? compressedSize) : compressedSize,
    rawName: nameBytes.toString("latin1"),
    unicodePath,
    unaccounted: unaccountedIn(extra, shape.at + nameAt + nameLength),
  };
  return { header, wide };
}

function readExtra(extra: Buffer, nameBytes: Buffer): { wide: number[]; unicodePath: string | null } {
  const wide: number[] = [];
  let unicodePath: string | null = null;
  for (let at = 0; at + 4 <= extra.length; ) {
    const id = extra.readUInt16LE(at);
    const body = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    if (id === ZIP64_EXTRA && wide.length === 0) for (let i = 0; i + 8 <= body.length; i += 8) wide.push(Number(body.readBigUInt64LE(i)));
    if (id === UNICODE_PATH_EXTRA && body.length > 5 && body[0] === 1 && body.readUInt32LE(1) === crc32(nameBytes) >>> 0)
      unicodePath = body.toString("utf8", 5);
    at += 4 + extra.readUInt16LE(at + 2);
  }
  return { wide, unicodePath };
}

/** Where an end record says that the directory lies. */
export interface End {
  readonly at: number;
  readonly commentLength: number;
  readonly count: number;
  readonly directorySize: number;
  readonly directoryOffset: number;
  readonly unstated: boolean;
}

/** End of central directory record, APPNOTE 4.3.16. */
export function readEnd(bytes: Buffer, offset: number, base: number): End | null {
  if (offset < 0 || offset + END_BYTES > bytes.length || bytes.readUInt32LE(offset) !== END) return null;
  const count = bytes.readUInt16LE(offset + 10);
  const directorySize = bytes.readUInt32LE(offset + 12);
  const directoryOffset = bytes.readUInt32LE(offset + 16);
  const unstated = count === UNSTATED_16 || directorySize === UNSTATED_32 || directoryOffset === UNSTATED_32;
  return { at: base + offset, commentLength: bytes.readUInt16LE(offset + 20), count, directorySize, directoryOffset, unstated };
}

/** Zip64 end record, APPNOTE 4.3.14. Its size field is not trusted: the record of version 1 has 56 bytes. */
export async function readEnd64(source: ByteSource, at: number): Promise<Omit<End, "commentLength" | "unstated"> | null> {
  if (at < 0 || !Number.isSafeInteger(at) || at + 56 > source.size) return null;
  const bytes = Buffer.from(await source.read(at, 56));
  if (bytes.readUInt32LE(0) !== END64) return null;
  const wide = (offset: number) => Number(bytes.readBigUInt64LE(offset));
  return { at, count: wide(32), directorySize: wide(40), directoryOffset: wide(48) };
}

/** A name as the flag says (UTF-8), or as nearly all writers mean it; bytes that are not UTF-8 are shown one by one. */
export function nameOf({ rawName }: Header): string {
  if (/^[\x00-\x7f]*$/.test(rawName)) return rawName;
  const bytes = Buffer.from(rawName, "latin1");
  const text = bytes.toString("utf8");
  return text.includes("\ufffd") && !bytes.includes("\ufffd") ? rawName : text;
}

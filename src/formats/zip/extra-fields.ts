import type { Span } from "./spans.ts";

const HEADER_BYTES = 4;
/** No opcodes that call anything are shorter, and no executable or archive is. */
const LEAST_BYTES = 8;

/**
 * How many bytes of its body each known kind of field accounts for (APPNOTE 4.5.2 and 4.6, Info-ZIP's proginfo/extrafld.txt). What a
 * kind leaves open (a comment, a security descriptor) is left out of the table, so that it counts as unaccounted for.
 */
const KINDS: ReadonlyMap<number, (body: Buffer) => number> = new Map([
  [0x0001, wideNumbers],
  [0x000a, ntfsTimes],
  [0x000d, () => 12], // Unix: two times, owner, group; then a text that only devices and links have
  [0x5455, () => 13], // times: flags and up to three
  [0x5855, () => 12], // Unix, old: two times, owner, group
  [0x7855, () => 4], // Unix: owner and group in two bytes each
  [0x7875, owners],
  [0x7075, unicodePath],
  [0x9901, () => 7], // AES: version, vendor, strength, method
  [0xa11e, () => 2], // alignment, as Apache Commons writes it: the unit, then zeros
  [0xa220, () => 4], // growth hint of the Open Packaging Conventions: signature and size, then zeros
  [0xd935, () => 2], // alignment, as zipalign writes it: the unit, then zeros
]);

/**
 * Bytes of the extra fields of one header that nobody reads: fields of kinds that are not known here, what known ones hold beyond their own
 * definition, and what is no field at all. Padding, which repeats one byte (torch's field FB of the letter Z, zeros for alignment), holds nothing.
 * @param extra all extra fields of the header @param at where they begin in the file
 */
export function unaccountedIn(extra: Buffer, at: number): readonly Span[] {
  const spans: Span[] = [];
  for (let field = 0; field < extra.length; ) {
    const end = fieldEnd(extra, field);
    const from = field + (end === null ? 0 : accountedIn(extra.subarray(field, end)));
    const to = end ?? extra.length;
    if (!isPadding(extra, field, from, to)) add(spans, { offset: at + from, size: to - from });
    field = to;
  }
  return spans.filter(({ size }) => size >= LEAST_BYTES);
}

/** Where a field ends; null where there is none, or it would run out of the header. */
function fieldEnd(extra: Buffer, field: number): number | null {
  if (field + HEADER_BYTES > extra.length) return null;
  const end = field + HEADER_BYTES + extra.readUInt16LE(field + 2);
  return end <= extra.length ? end : null;
}

function accountedIn(field: Buffer): number {
  const accounted = KINDS.get(field.readUInt16LE(0));
  return accounted === undefined ? 0 : Math.min(field.length, HEADER_BYTES + accounted(field.subarray(HEADER_BYTES)));
}

function isPadding(extra: Buffer, field: number, from: number, to: number): boolean {
  const body = extra.subarray(from === field && fieldEnd(extra, field) !== null ? from + HEADER_BYTES : from, to);
  return body.every((byte) => byte === body[0]);
}

/** Fields behind one another are one stretch of bytes. */
function add(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (last !== undefined && last.offset + last.size === span.offset) spans[spans.length - 1] = { offset: last.offset, size: last.size + span.size };
  else spans.push(span);
}

/** Zip64: up to three numbers of eight bytes, none beyond what a file can have, then a disk of four. */
function wideNumbers(body: Buffer): number {
  let at = 0;
  while (at < 24 && at + 8 <= body.length && body.readUInt16LE(at + 6) === 0) at += 8;
  return body.length - at === 4 ? at + 4 : at;
}

/** Four bytes of zero, then one attribute of three times, each before the year 3000. */
function ntfsTimes(body: Buffer): number {
  if (body.length < 32 || body.readUInt32LE(0) !== 0 || body.readUInt32LE(4) !== 0x180001) return 0;
  return [15, 23, 31].every((top) => (body[top] ?? 0) < 4) ? 32 : 0;
}

/** Version 1, then owner and group with a size before each. */
function owners(body: Buffer): number {
  const owner = body[1] ?? 0;
  const group = body[2 + owner] ?? 0;
  return body[0] === 1 && owner <= 8 && group <= 8 ? 3 + owner + group : 0;
}

/** Version 1, a checksum, and a name in UTF-8, which counts as a name of the member. */
function unicodePath(body: Buffer): number {
  return body[0] === 1 && !/[\p{Cc}\ufffd]/u.test(body.toString("utf8", 5)) ? body.length : 0;
}

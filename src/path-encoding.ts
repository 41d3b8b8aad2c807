/**
 * Writes one path segment so that any bytes have exactly one printable form: `%`, `!`, `/`, control characters (C0, DEL, C1) and invalid UTF-8
 * become %XX of their bytes; all else stays as it is.
 */
export function encodeSegment(raw: Uint8Array | string): string {
  if (typeof raw === "string" && /^[\x20\x22-\x24\x26-\x2e\x30-\x7e]*$/.test(raw)) return raw;
  const bytes = typeof raw === "string" ? Buffer.from(raw.toWellFormed(), "utf8") : raw;
  let out = "";
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    const text = length === 0 ? "" : Buffer.from(bytes.subarray(at, at + length)).toString("utf8");
    const take = Math.max(length, 1);
    if (length === 0 || /[\p{Cc}%!/]/u.test(text))
      for (const byte of bytes.subarray(at, at + take)) out += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    else out += text;
    at += take;
  }
  return out;
}

/** Length of the well-formed UTF-8 sequence at `at` (Unicode 16, table 3-7), or 0. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  const second = bytes[at + 1] ?? 0;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** Encodes each segment of a relative path with `/` between them. */
export function encodePath(raw: string): string {
  return raw.split("/").map(encodeSegment).join("/");
}

/** Order by Unicode code point (equal to the order of the UTF-8 bytes). JavaScript's own order compares UTF-16 units. */
export function byCodePoint(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return fixup(x) - fixup(y);
  }
  return a.length - b.length;
}

/** Moves surrogates above the rest of the BMP, which puts UTF-16 units in code point order. */
function fixup(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;
}

/** One field of a protobuf message: its number, wire type, and where its payload lies (for a varint: its value). */
export interface Field {
  readonly number: number;
  readonly wire: 0 | 1 | 2 | 5;
  /** Offset of the tag. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** Reads the field at `at` of a message that ends at `end` (protobuf encoding); null where no field stands. */
export function fieldAt(bytes: Uint8Array, at: number, end: number): Field | null {
  const tag = varintAt(bytes, at, end);
  if (tag === null || tag.value > 0xffffffff) return null;
  const number = Math.floor(tag.value / 8);
  const wire = tag.value % 8;
  if (number === 0) return null;
  if (wire === 0) {
    const value = varintAt(bytes, tag.next, end);
    return value === null ? null : { number, wire, at, from: tag.next, to: value.next, value: value.value };
  }
  const length = wire === 2 ? varintAt(bytes, tag.next, end) : { value: wire === 1 ? 8 : wire === 5 ? 4 : Number.NaN, next: tag.next };
  if (length === null || !(length.next + length.value <= end)) return null;
  return { number, wire: wire as Field["wire"], at, from: length.next, to: length.next + length.value, value: 0 }; // groups have no length and end above
}

/** LEB128 of at most ten bytes; values over 2^53 lose their low bits, which no caller needs. */
function varintAt(bytes: Uint8Array, at: number, end: number): { readonly value: number; readonly next: number } | null {
  let value = 0;
  for (let i = 0; i < 10 && at + i < end; i++) {
    const byte = bytes[at + i] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  return null;
}

/** The longest entry that the two-byte length of a bundle can say. */
export const MAX_ENTRY_BYTES = 65_535;

/** Writes entries as C2SP tlog-tiles entry bundles hold them: each its length as uint16 big-endian, then its bytes. */
export function encodeEntries(entries: readonly Uint8Array[]): Uint8Array {
  const out = Buffer.alloc(entries.reduce((sum, entry) => sum + 2 + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    at = out.writeUInt16BE(entry.length, at);
    out.set(entry, at);
    at += entry.length;
  }
  return out;
}

/** Reads what `encodeEntries` wrote, as views; undefined when the bytes end inside an entry. */
export function decodeEntries(bytes: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 2 > bytes.length) return undefined;
    const end = at + 2 + view.getUint16(at);
    if (end > bytes.length) return undefined;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

/** What follows the root value and is no white space; null where nothing does. */
export function trailingOf(bytes: Uint8Array, from: number): { readonly at: number; readonly size: number } | null {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte !== 0x20 && (byte < 0x09 || byte > 0x0d)) return { at, size: bytes.length - at };
  }
  return null;
}

/** JSON lines: the next document is an object or array that begins on a line of its own. */
export function isFurtherDocument(bytes: Uint8Array, at: number, after: number): boolean {
  return (bytes[at] === 0x7b || bytes[at] === 0x5b) && bytes.subarray(after, at).includes(0x0a);
}

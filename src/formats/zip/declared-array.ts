/**
 * Bytes that a NumPy file says it has, read from its first bytes; null where they are no NumPy header. An array of zeros compresses a
 * thousandfold, and its declared shape accounts for that. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function declaredArrayBytes(head: Uint8Array): number | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (bytes.length < 12 || bytes.toString("latin1", 0, 6) !== "\x93NUMPY") return null;
  const wide = (bytes[6] ?? 0) >= 2;
  const headerEnd = wide ? 12 + bytes.readUInt32LE(8) : 10 + bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", wide ? 12 : 10, Math.min(headerEnd, bytes.length));
  const width = /'descr': ?'[<>|=]?[biufcSVmM](\d{1,9})/.exec(header)?.[1];
  const shape = /'shape': ?\(([\d, ]*)\)/.exec(header)?.[1];
  if (width === undefined || shape === undefined) return null;
  const elements = shape
    .split(",")
    .filter((part) => part.trim() !== "")
    .reduce((product, part) => product * Number(part), 1);
  return headerEnd + elements * Number(width);
}

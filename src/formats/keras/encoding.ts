/** A document as UTF-8, and in which encoding it was written. */
export interface Decoded {
  readonly bytes: Uint8Array;
  readonly encoding: "UTF-8" | "UTF-16" | "UTF-32";
}

/**
 * Reads a document in the encoding that Python's `json.loads` takes bytes for: by a byte order mark, else by where zeros stand among the first four.
 * https://github.com/python/cpython/blob/main/Lib/json/__init__.py (`detect_encoding`)
 */
export function decodedJson(bytes: Uint8Array): Decoded {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a !== 0 && b === 0 && c === 0 && d === 0)) return utf32(bytes, true);
  if ((a === 0 && b === 0 && c === 0xfe && d === 0xff) || (a === 0 && b === 0 && c === 0 && bytes.length >= 4)) return utf32(bytes, false);
  if ((a === 0xff && b === 0xfe) || (a !== 0 && b === 0)) return utf16(bytes, "utf-16le");
  if ((a === 0xfe && b === 0xff) || (a === 0 && bytes.length >= 2)) return utf16(bytes, "utf-16be");
  return { bytes, encoding: "UTF-8" };
}

function utf16(bytes: Uint8Array, label: "utf-16le" | "utf-16be"): Decoded {
  return { bytes: Buffer.from(new TextDecoder(label).decode(bytes)), encoding: "UTF-16" };
}

function utf32(bytes: Uint8Array, littleEndian: boolean): Decoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength - (bytes.byteLength % 4));
  const out = Buffer.alloc(bytes.length);
  let length = 0;
  for (let at = 0; at < view.byteLength; at += 4) {
    const point = view.getUint32(at, littleEndian);
    if (at > 0 || point !== 0xfeff) length += out.write(point > 0x10ffff ? "\ufffd" : String.fromCodePoint(point), length);
  }
  return { bytes: out.subarray(0, length), encoding: "UTF-32" };
}

import { isUtf8 } from "node:buffer";
import type { XmlFacts } from "./facts.ts";

export interface DecodedXml {
  /** The document as UTF-8, or as it is where it is none. */
  readonly bytes: Buffer;
  readonly encoding: XmlFacts["encoding"];
  readonly valid: boolean;
}

/** XML 1.0, appendix F: a byte order mark, or how `<?` looks, says which encoding. Parsers of all languages read these three. */
export function decodeXml(bytes: Uint8Array): DecodedXml {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const encoding = encodingOf(buffer);
  if (encoding === "utf-8") return { bytes: buffer, encoding, valid: isUtf8(buffer) };
  const even = buffer.subarray(0, buffer.length - (buffer.length % 2));
  const text = (encoding === "utf-16be" ? Buffer.from(even).swap16() : even).toString("utf16le");
  return { bytes: Buffer.from(text.toWellFormed()), encoding, valid: text.isWellFormed() && even.length === buffer.length };
}

export function encodingOf(head: Uint8Array): XmlFacts["encoding"] {
  const [a, b, c, d] = head;
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0 && c !== 0 && d === 0)) return "utf-16le";
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c && c === 0)) return "utf-16be";
  return "utf-8";
}

/** Where an offset in the UTF-8 document lies in the file. */
export function placeIn({ bytes, encoding }: DecodedXml, at: number): number {
  return encoding === "utf-8" ? at : bytes.toString("utf8", 0, at).length * 2;
}

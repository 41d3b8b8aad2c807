import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import type { EncodedPlace, Encoding } from "./places.ts";

/** Letters of one program that are decoded; what a payload does stands in its first bytes. */
const MAX_LETTERS = 4 * 1024 * 1024;
const FIRST_LETTERS = 512;
const BYTES_PER_STEP = 64;

const LETTERS: Readonly<Record<Encoding, ReadonlySet<number>>> = {
  hexadecimal: new Set(Buffer.from("0123456789abcdefABCDEF")),
  base64: new Set(Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=")),
};
/** Ends of lines, and what indents the next one. */
const LINE_ENDS: ReadonlySet<number> = new Set(Buffer.from("\r\n"));
const INDENTS: ReadonlySet<number> = new Set(Buffer.from(" \t"));
const ESCAPED: ReadonlySet<number> = new Set(Buffer.from("nrt"));
const BACKSLASH = 0x5c;
const SLASH = 0x2f;

/** The first bytes that the letters stand for: enough to see whether it is worth to decode the rest. */
export async function firstBytes(source: ByteSource, place: EncodedPlace): Promise<Buffer> {
  return decoded(source, place, FIRST_LETTERS);
}

/** All that the letters stand for, up to a bound. Lines that were wrapped are put together, also where a JSON string has them. */
export async function allBytes(source: ByteSource, place: EncodedPlace, budget: Budget): Promise<Buffer> {
  const bytes = await decoded(source, place, MAX_LETTERS);
  budget.steps(1 + Math.floor(bytes.length / BYTES_PER_STEP));
  return bytes;
}

async function decoded(source: ByteSource, { at, encoding }: EncodedPlace, most: number): Promise<Buffer> {
  const text = await source.read(at, Math.min(most, source.size - at));
  const letters = Buffer.alloc(text.length);
  let count = 0;
  let begins = false;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i] ?? 0;
    const next = text[i + 1] ?? 0;
    if (LETTERS[encoding].has(byte)) letters[count++] = byte;
    else if (byte === BACKSLASH && ESCAPED.has(next)) i++;
    else if (!LINE_ENDS.has(byte) && !(begins && INDENTS.has(byte)) && !(byte === BACKSLASH && next === SLASH)) break;
    begins = LINE_ENDS.has(byte) || (begins && INDENTS.has(byte));
  }
  return Buffer.from(letters.toString("latin1", 0, count), encoding === "base64" ? "base64" : "hex");
}

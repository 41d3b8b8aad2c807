import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import { bytesOf } from "../../bytes.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { inflate } from "../compressed/inflate.ts";
import { MAX_ENCODED_BYTES } from "./candidates.ts";
import { canonicalName } from "./evaluate.ts";
import { type Bytes, type Call, isObject, itemsOf, type LongText, type Value } from "./values.ts";

/** One step of unpacking, as a call in a stream asks for it. */
export type Decoding = "base16" | "base32" | "base64" | "base85" | "ascii85" | "bzip2" | "gzip" | "quoted-printable" | "rot13" | "uu" | "xz" | "zlib";

/** A literal payload and what calls around it make of it, the innermost first. */
export interface Unpacking {
  readonly payload: string | Bytes | LongText;
  readonly steps: readonly Decoding[];
  /** What takes the result. */
  takenBy: string | null;
}

const BY_NAME: ReadonlyMap<string, Decoding> = new Map<string, Decoding>(
  Object.entries({
    "base64.a85decode": "ascii85",
    "base64.b16decode": "base16",
    "base64.b32decode": "base32",
    "base64.b64decode": "base64",
    "base64.b85decode": "base85",
    "base64.decodebytes": "base64",
    "base64.decodestring": "base64",
    "base64.standard_b64decode": "base64",
    "base64.urlsafe_b64decode": "base64",
    "binascii.a2b_base64": "base64",
    "binascii.a2b_hex": "base16",
    "binascii.a2b_qp": "quoted-printable",
    "binascii.a2b_uu": "uu",
    "binascii.unhexlify": "base16",
    "builtins.bytes.fromhex": "base16",
    "builtins.bytearray.fromhex": "base16",
    "bz2.decompress": "bzip2",
    "gzip.decompress": "gzip",
    "lzma.decompress": "xz",
    "quopri.decodestring": "quoted-printable",
    "zlib.decompress": "zlib",
  } as const),
);

/** The codecs of Python that unpack. */
const BY_CODEC: Readonly<Record<string, Decoding>> = {
  base64: "base64",
  base64_codec: "base64",
  base_64: "base64",
  bz2: "bzip2",
  bz2_codec: "bzip2",
  hex: "base16",
  hex_codec: "base16",
  quopri: "quoted-printable",
  quopri_codec: "quoted-printable",
  quoted_printable: "quoted-printable",
  rot13: "rot13",
  rot_13: "rot13",
  uu: "uu",
  uu_codec: "uu",
  zip: "zlib",
  zlib: "zlib",
  zlib_codec: "zlib",
};

/** Whether calls of this callable can unpack something. */
export function mayUnpack(module: string, name: string): boolean {
  const canonical = canonicalName(module, name);
  return BY_NAME.has(canonical) || CODECS_DECODE.test(canonical);
}

const CODECS_DECODE = /^_?codecs\.decode$/;

/** How a call unpacks its first argument; undefined where it does not. */
export function decodingOf(module: string, name: string, { args }: Call): Decoding | undefined {
  const canonical = canonicalName(module, name);
  if (!CODECS_DECODE.test(canonical)) return BY_NAME.get(canonical);
  const codec = itemsOf(args)[1];
  return typeof codec === "string" ? BY_CODEC[codec.toLowerCase().replaceAll("-", "_")] : undefined;
}

/** The payload that calls unpack, where it stands in the stream in full or can be read again. */
export function payloadOf(value: Value): string | Bytes | LongText | undefined {
  if (typeof value === "string") return value;
  if (!isObject(value)) return undefined;
  if (value.kind === "bytes" || value.kind === "text") return value;
  // protocols 0 to 2 carry bytes as `_codecs.encode(text, 'latin1')`
  const [text = null, codec] = value.kind === "call" ? itemsOf(value.args) : [];
  return codec === "latin1" && value.kind === "call" && isObject(value.callee) && value.callee.kind === "global" && value.callee.module === "_codecs"
    ? payloadOf(text)
    : undefined;
}

/** Undoes the steps, up to a bound; null where the bytes are no such encoding. */
export async function unpacked(bytes: Uint8Array, steps: readonly Decoding[], budget: Budget): Promise<Uint8Array | null> {
  let current: Uint8Array | null = bytes;
  for (const step of steps) {
    if (current === null || current.length > MAX_ENCODED_BYTES) return null;
    budget.steps(1 + (current.length >> 3));
    current = await undo(step, Buffer.from(current.buffer, current.byteOffset, current.length), budget);
    if (current !== null) budget.hold(current.length);
  }
  return current;
}

async function undo(step: Decoding, bytes: Buffer, budget: Budget): Promise<Uint8Array | null> {
  const text = bytes.toString("latin1");
  switch (step) {
    case "base16":
      return Buffer.from(text.replace(/\s+/g, ""), "hex");
    case "base64":
      return Buffer.from(text.replace(/\s+/g, ""), "base64");
    case "base32":
      return fromDigits(text.replace(/[\s=]+/g, "").toUpperCase(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    case "base85":
      return fromBase85(text, BASE85);
    case "ascii85":
      return fromBase85(text.replace(/^<~|~>\s*$|\s+/g, "").replaceAll("z", "!!!!!"), ASCII85);
    case "quoted-printable":
      return Buffer.from(
        text.replace(/=\r?\n/g, "").replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
        "latin1",
      );
    case "rot13":
      return Buffer.from(text.replace(/[a-z]/gi, rotated), "latin1");
    case "uu":
      return fromUu(text);
    case "gzip":
    case "zlib":
      return inflatedAtOnce(step, bytes, budget);
    case "bzip2":
      return inflated("bzip2", bytes, budget);
    case "xz":
      return inflated(bytes[0] === 0xfd ? "xz" : "lzma", bytes, budget);
  }
}

function rotated(letter: string): string {
  const first = letter <= "Z" ? 65 : 97;
  return String.fromCharCode(((letter.charCodeAt(0) - first + 13) % 26) + first);
}

/** Digits of five bits each, the highest first. */
function fromDigits(text: string, alphabet: string): Uint8Array | null {
  const out = new Uint8Array((text.length * 5) >> 3);
  let [bits, held, at] = [0, 0, 0];
  for (const letter of text) {
    const digit = alphabet.indexOf(letter);
    if (digit < 0) return null;
    held = ((held << 5) | digit) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out[at++] = (held >> bits) & 0xff;
  }
  return out;
}

const BASE85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
const ASCII85 = String.fromCharCode(...Array.from({ length: 85 }, (_, i) => 33 + i));

/** Five digits of base 85 are four bytes; a shorter group at the end is filled up with the highest digit. */
function fromBase85(text: string, alphabet: string): Uint8Array | null {
  const out = new Uint8Array(4 * Math.ceil(text.length / 5));
  for (let i = 0; i < text.length; i += 5) {
    let value = 0;
    for (let k = 0; k < 5; k++) {
      const digit = i + k < text.length ? alphabet.indexOf(text.charAt(i + k)) : 84;
      if (digit < 0) return null;
      value = value * 85 + digit;
    }
    new DataView(out.buffer).setUint32((4 * i) / 5, value >>> 0);
  }
  return out.subarray(0, out.length - ((5 - (text.length % 5)) % 5));
}

/** Lines that begin with their length, four characters for three bytes. */
function fromUu(text: string): Uint8Array {
  const lines = text.split("\n").map((line) => {
    const size = (line.charCodeAt(0) - 32) & 0x3f;
    const digits = Array.from(line.slice(1), (letter) => (letter.charCodeAt(0) - 32) & 0x3f);
    return digits
      .flatMap((digit, i) => (i % 4 === 3 ? [] : [((digit << (2 * (i % 4) + 2)) | ((digits[i + 1] ?? 0) >> (4 - 2 * (i % 4)))) & 0xff]))
      .slice(0, size || 0);
  });
  return Uint8Array.from(lines.flat());
}

function inflatedAtOnce(step: "gzip" | "zlib", bytes: Buffer, budget: Budget): Uint8Array | null {
  for (const open of step === "gzip" ? [gunzipSync] : [inflateSync, inflateRawSync]) {
    try {
      const out = open(bytes, { maxOutputLength: MAX_ENCODED_BYTES });
      budget.inflated(out.length);
      return out;
    } catch {
      // not packed like this
    }
  }
  return null;
}

async function inflated(codec: "bzip2" | "xz" | "lzma", bytes: Buffer, budget: Budget): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  await inflate(codec, bytesOf(bytes), budget, (piece) => {
    if (size + piece.length > MAX_ENCODED_BYTES) throw new LimitError("maxInflatedBytes", MAX_ENCODED_BYTES);
    pieces.push(piece.slice());
    size += piece.length;
  });
  return size === 0 ? null : Buffer.concat(pieces);
}

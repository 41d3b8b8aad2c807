import { gunzipSync, inflateSync } from "node:zlib";
import { type ByteSource, bytesOf, sliceOf } from "../../bytes.ts";
import type { Parsed } from "../../format.ts";
import { type Candidate, MAX_ENCODED_BYTES } from "./candidates.ts";
import { type Unpacking, unpacked } from "./decodings.ts";
import type { NestedPickle, PickleFacts, UnpackedBytes } from "./facts.ts";
import { looksLikePickle } from "./looks-like.ts";
import { bytesOfText } from "./machine.ts";
import type { Recorder } from "./recorder.ts";
import { bufferOf } from "./window-reader.ts";

type Encoding = "raw" | "base64" | "hex" | "zlib" | "gzip";

const MAX_LAYERS = 3;
const MAX_NESTED = 64;

/** Where the findings of this go: pickles, and other bytes that calls unpack. */
export interface Inside {
  readonly nested: NestedPickle[];
  readonly unpacked: UnpackedBytes[];
}

/** Follows the strings and bytes that calls unpack, and those that may hold a pickle. Of those that do the same only the first is kept. */
export async function nestedPickles(
  source: ByteSource,
  recorder: Recorder,
  found: Inside,
  parse: (inner: ByteSource) => Promise<Parsed<PickleFacts>>,
): Promise<void> {
  const seen = new Set<string>();
  const follow = async (bytes: ByteSource, encoding: string, at: number, decodedBy: string | null): Promise<boolean> => {
    const { facts, anomalies } = await parse(bytes);
    const cut = anomalies.find(({ kind }) => kind === "search-cut");
    if (cut !== undefined) recorder.anomaly(cut.kind, Math.max(at, 0), `in a pickle that a value holds, ${cut.what}`);
    const does = whatItDoes(facts, decodedBy);
    if (seen.has(does)) return true;
    if (found.nested.length >= MAX_NESTED) return false;
    seen.add(does);
    found.nested.push({ offset: Math.max(at, 0), encoding, size: bytes.size, decodedBy, facts });
    return true;
  };
  for (const unpacking of recorder.unpackings.values()) await unpackedBy(unpacking, source, recorder, found.unpacked, follow);
  for (const candidate of recorder.candidates.values()) {
    recorder.budget.steps(16);
    const inner = await unwrap(candidate, source, recorder);
    if (inner === null || (await follow(inner.bytes, inner.encoding, candidate.at, candidate.decodedBy))) continue;
    return recorder.anomaly("search-cut", candidate.at, `more than ${MAX_NESTED} pickles that differ lie in values`);
  }
}

/** What comes out where calls in the stream unpack a literal: a pickle is followed, of anything else the text is kept. */
async function unpackedBy(
  { payload, steps, takenBy }: Unpacking,
  source: ByteSource,
  recorder: Recorder,
  found: UnpackedBytes[],
  follow: (bytes: ByteSource, encoding: string, at: number, decodedBy: string | null) => Promise<boolean>,
): Promise<void> {
  const candidate = candidateOf(payload);
  const bytes = await unpacked(await payloadOf(candidate, source, recorder), steps, recorder.budget);
  if (bytes === null) return;
  const encoding = steps.join(", ");
  if (looksLikePickle(bytes, bytes.length)) {
    recorder.candidates.delete(typeof payload === "string" ? payload : payload.head); // the calls say how it is read
    await follow(bytesOf(bytes), encoding, candidate.at, takenBy);
  } else found.push({ offset: Math.max(candidate.at, 0), encoding, size: bytes.length, takenBy, shown: textIn(bytes) });
}

function candidateOf(payload: Unpacking["payload"]): Candidate {
  if (typeof payload === "string") return { at: -1, size: payload.length, content: bytesOfText(payload), whole: true, text: true, decodedBy: null };
  const { at, size } = payload;
  const text = payload.kind === "text";
  const content = text ? bytesOfText(payload.head) : payload.head;
  return { at, size, content, whole: at < 0 || size <= payload.head.length, text, decodedBy: null };
}

/** The text that bytes are, or the texts in them, as a disassembler would show the names of compiled code. */
function textIn(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 4096)).toString("latin1");
  return (start.match(/[\t\n\r\x20-\x7e]{3,}/g) ?? []).join(" ").slice(0, MAX_SHOWN);
}

const MAX_SHOWN = 200;

/** The same for pickles that name, call and read the same: data sets hold thousands of such. */
function whatItDoes({ globals, attributeReads, computedCalls, builds, extensions, costs, nested }: PickleFacts, decodedBy: string | null): string {
  const uses = globals.map(({ module, name, called, calls, count, shapes }) => [module, name, called, calls === count, shapes]);
  const inside = nested.map((inner) => whatItDoes(inner.facts, inner.decodedBy));
  const others = [
    computedCalls.map(({ callee, root }) => [callee, root]),
    builds.map(({ target, attributes }) => [target, attributes]),
    extensions.map(({ code, called }) => [code, called]),
    costs.map(({ callee, measure }) => [callee, measure]),
  ];
  return JSON.stringify([decodedBy, uses, attributeReads, others, inside]);
}

interface Unwrapped {
  readonly bytes: ByteSource;
  readonly encoding: Encoding;
}

async function unwrap(candidate: Candidate, source: ByteSource, recorder: Recorder): Promise<Unwrapped | null> {
  const { at, size, content, whole, text } = candidate;
  const raw = looksLikePickle(content, size);
  if (raw && !whole && !text) return { bytes: sliceOf(source, at, size), encoding: "raw" };
  const bytes = await payloadOf(candidate, source, recorder);
  return raw ? { bytes: bytesOf(bytes), encoding: "raw" } : decoded(bytes, recorder, 1);
}

/** The payload, read again where it was cut, up to a bound. */
async function payloadOf({ at, size, content, whole, text }: Candidate, source: ByteSource, recorder: Recorder): Promise<Uint8Array> {
  if (whole || at + size > source.size) return content;
  const length = Math.min(size, MAX_ENCODED_BYTES);
  recorder.hold(2 * length);
  const bytes = await source.read(at, length);
  return text ? bytesOfText(bufferOf(bytes).toString("utf8")) : bytes;
}

/** Takes layers of hexadecimal, base64, zlib and gzip off until a pickle appears. The outermost layer gives the name. */
function decoded(bytes: Uint8Array, recorder: Recorder, layer: number): Unwrapped | null {
  for (const [encoding, decode] of DECODERS) {
    const inner = decode(bufferOf(bytes));
    if (inner === null || inner.length < 4) continue;
    recorder.budget.steps(inner.length >> 6);
    recorder.hold(inner.length);
    if (encoding === "zlib" || encoding === "gzip") recorder.budget.inflated(inner.length);
    if (looksLikePickle(inner, inner.length)) return { bytes: bytesOf(inner), encoding };
    const deeper = layer < MAX_LAYERS ? decoded(inner, recorder, layer + 1) : null;
    if (deeper !== null) return { bytes: deeper.bytes, encoding };
  }
  return null;
}

const DECODERS: readonly (readonly [Encoding, (bytes: Buffer) => Uint8Array | null])[] = [
  ["hex", fromHex],
  ["base64", fromBase64],
  ["zlib", (bytes) => (bytes[0] === 0x78 ? inflated(inflateSync, bytes) : null)],
  ["gzip", (bytes) => (bytes[0] === 0x1f && bytes[1] === 0x8b ? inflated(gunzipSync, bytes) : null)],
];

function fromHex(bytes: Buffer): Uint8Array | null {
  if (!isHexDigit(bytes[0]) || !isHexDigit(bytes[1])) return null;
  return bytes.length >= 8 && consistsOf(bytes, HEX_DIGITS) ? Buffer.from(bytes.toString("latin1").replace(/\s+/g, ""), "hex") : null;
}

function isHexDigit(byte: number | undefined): boolean {
  return byte !== undefined && /[0-9a-fA-F]/.test(String.fromCharCode(byte));
}

function fromBase64(bytes: Buffer): Uint8Array | null {
  return bytes.length >= 11 && consistsOf(bytes, BASE64_CHARACTERS) ? Buffer.from(bytes.toString("latin1").replace(/\s+/g, ""), "base64") : null;
}

const HEX_DIGITS = membership("0123456789abcdefABCDEF\t\n\v\f\r ");
const BASE64_CHARACTERS = membership("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-=\t\n\v\f\r ");

function membership(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const code of Buffer.from(characters)) table[code] = 1;
  return table;
}

/** A loop, because regular expressions run out of stack on texts of megabytes. */
function consistsOf(bytes: Uint8Array, table: Uint8Array): boolean {
  return bytes.length <= MAX_ENCODED_BYTES && bytes.every((byte) => table[byte] === 1);
}

function inflated(inflate: typeof inflateSync, bytes: Buffer): Uint8Array | null {
  try {
    return inflate(bytes, { maxOutputLength: MAX_ENCODED_BYTES });
  } catch {
    return null; // not compressed after all, or beyond the bound
  }
}

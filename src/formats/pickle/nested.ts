import { gunzipSync, inflateSync } from "node:zlib";
import { type ByteSource, bytesOf, sliceOf } from "../../bytes.ts";
import type { Parsed } from "../../format.ts";
import { type Candidate, MAX_ENCODED_BYTES } from "./candidates.ts";
import type { NestedPickle, PickleFacts } from "./facts.ts";
import { looksLikePickle } from "./looks-like.ts";
import { bytesOfText } from "./machine.ts";
import type { Recorder } from "./recorder.ts";
import { bufferOf } from "./window-reader.ts";

type Encoding = NestedPickle["encoding"];

const MAX_LAYERS = 3;
const MAX_NESTED = 64;

/** Follows the strings and bytes that may hold a pickle. Those that decode to one are kept, of those that do the same only the first. */
export async function nestedPickles(
  source: ByteSource,
  recorder: Recorder,
  found: NestedPickle[],
  parse: (inner: ByteSource) => Promise<Parsed<PickleFacts>>,
): Promise<void> {
  const seen = new Set<string>();
  for (const candidate of recorder.candidates.values()) {
    recorder.budget.steps(16);
    const inner = await unwrap(candidate, source, recorder);
    if (inner === null) continue;
    const { facts, anomalies } = await parse(inner.bytes);
    const cut = anomalies.find(({ kind }) => kind === "search-cut");
    if (cut !== undefined) recorder.anomaly(cut.kind, Math.max(candidate.at, 0), `in a pickle that a value holds, ${cut.what}`);
    const does = whatItDoes(facts, candidate.decodedBy);
    if (seen.has(does)) continue;
    if (found.length >= MAX_NESTED) return recorder.anomaly("search-cut", candidate.at, `more than ${MAX_NESTED} pickles that differ lie in values`);
    seen.add(does);
    found.push({ offset: Math.max(candidate.at, 0), encoding: inner.encoding, size: inner.bytes.size, decodedBy: candidate.decodedBy, facts });
  }
}

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

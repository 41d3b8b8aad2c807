import { type Digest, digestOf } from "../digest.ts";
import { canonicalJson } from "../json.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { type VerifyingKey, verifyingKey } from "./ed25519.ts";
import { digestIn, instantIn, jsonIn, list, oneOf, orNull, type Read, reading, record, refuse, text } from "./fields.ts";

/** Whose tickets are believed: one log and the keys that signed its entries. `trust.json`; docs/spec/trust.md. */
export interface Trust {
  readonly schema: "weighbridge.trust/1";
  /** First line of the log's checkpoints. */
  readonly origin: string;
  /** The log's key as C2SP signed-note writes it: name, key ID and key with `+` between them. Its name is the origin. */
  readonly logKey: string;
  /** In order of time; each begins when the one before ends. Exactly the last has no end. */
  readonly ticketKeys: readonly TicketKey[];
  /** Digest of the trust document that this one takes the place of; null for the first. */
  readonly previous: Digest | null;
}

export interface TicketKey {
  /** SHA-256 of the 32 raw bytes of the public key, hexadecimal. */
  readonly keyid: string;
  /** Base64 of the 32 raw bytes. */
  readonly publicKey: string;
  /** First moment at which its statements count. */
  readonly notBefore: string;
  /** First moment at which they no longer do. */
  readonly notAfter: string | null;
}

const SCHEMA = "weighbridge.trust/1";
const MAX_KEYS = 100;
const MAX_BYTES = 64_000;

/** The canonical bytes of a trust file. */
export function trustBytes(trust: Trust): Buffer {
  return Buffer.from(canonicalJson(trustJson(trust)));
}

/** SHA-256 of the trust file: what people compare by telephone. */
export function fingerprintOf(trust: Trust): Digest {
  return digestOf(trustBytes(trust));
}

export function trustJson({ schema, origin, logKey, ticketKeys, previous }: Trust) {
  const keys = ticketKeys.map(({ keyid, publicKey, notBefore, notAfter }) => ({ keyid, publicKey, notBefore, notAfter }));
  return { schema, origin, logKey, ticketKeys: keys, previous };
}

/** The first trust document of an installation. */
export function firstTrust(origin: string, logKey: string, key: VerifyingKey, from: string): Trust {
  return { schema: SCHEMA, origin, logKey, ticketKeys: [ticketKey(key, from)], previous: null };
}

/** The trust document after the ticket key was changed at the moment `at`: the old key ends where the new one begins. */
export function rotatedTrust(trust: Trust, key: VerifyingKey, at: string): Trust {
  const ended = trust.ticketKeys.map((old) => (old.notAfter === null ? { ...old, notAfter: at } : old));
  return { ...trust, ticketKeys: [...ended, ticketKey(key, at)], previous: fingerprintOf(trust) };
}

/** Whether `next` is `trust` with its ticket key changed once and nothing else touched. */
export function isRotationOf(trust: Trust, next: Trust): boolean {
  const last = next.ticketKeys.at(-1);
  const raw = last === undefined ? null : fromBase64(last.publicKey);
  if (last === undefined || raw === null) return false;
  return trustBytes(rotatedTrust(trust, verifyingKey(raw), last.notBefore)).equals(trustBytes(next));
}

/** The key that signs now. */
export function currentKey(trust: Trust): TicketKey {
  const key = trust.ticketKeys.at(-1);
  if (key === undefined) throw new RangeError("a trust document has at least one ticket key"); // `trustIn` refuses such a document
  return key;
}

/** Whether the statements of a key count at a moment. */
export function isValidAt(key: TicketKey, moment: string): boolean {
  return key.notBefore <= moment && (key.notAfter === null || moment < key.notAfter);
}

export function verifyingKeysOf(trust: Trust): readonly VerifyingKey[] {
  return trust.ticketKeys.map((key) => verifyingKey(fromBase64(key.publicKey) ?? Buffer.alloc(0)));
}

/** Reads a trust file: its canonical bytes and nothing else, so that the SHA-256 of the file is the fingerprint. */
export function parseTrust(bytes: Uint8Array): Read<Trust> {
  return reading(() => {
    const trust = trustIn(jsonIn(bytes, MAX_BYTES));
    return trustBytes(trust).equals(bytes) ? trust : refuse("the trust file is not in its canonical form");
  });
}

/** Reads parsed JSON, inside `reading`. */
export function trustIn(value: unknown): Trust {
  const whole = record(value, "the trust document", ["schema", "origin", "logKey", "ticketKeys", "previous"]);
  const keys = list(whole.ticketKeys, "ticketKeys", MAX_KEYS).map(ticketKeyIn);
  for (const [i, key] of keys.entries())
    if (key.notAfter !== (keys[i + 1]?.notBefore ?? null)) refuse("the ticket keys do not follow each other without a gap");
  if (new Set(keys.map((key) => key.keyid)).size !== keys.length) refuse("a ticket key stands twice");
  if (keys.length === 0) refuse("the trust document has no ticket key");
  return {
    schema: oneOf(whole.schema, "schema", [SCHEMA]),
    origin: originIn(whole.origin),
    logKey: text(whole.logKey, "logKey", 400),
    ticketKeys: keys,
    previous: orNull(whole.previous, (digest) => digestIn(digest, "previous")),
  };
}

/** A checkpoint's origin stands on a line of its own and is the log key's name: no white space, no `+`. */
export function originIn(value: unknown): string {
  const origin = text(value, "origin", 200);
  return /^[^\p{White_Space}\p{Cc}+]+$/u.test(origin) ? origin : refuse("origin is empty or holds white space or +");
}

function ticketKeyIn(value: unknown): TicketKey {
  const key = record(value, "a ticket key", ["keyid", "publicKey", "notBefore", "notAfter"]);
  const publicKey = text(key.publicKey, "publicKey", 44);
  const raw = fromBase64(publicKey);
  if (raw === null || raw.length !== 32) return refuse("publicKey is not 32 bytes in base64");
  if (key.keyid !== verifyingKey(raw).keyId) return refuse("keyid is not that of its key");
  return {
    keyid: key.keyid,
    publicKey,
    notBefore: instantIn(key.notBefore, "notBefore"),
    notAfter: orNull(key.notAfter, (moment) => instantIn(moment, "notAfter")),
  };
}

function ticketKey(key: VerifyingKey, from: string): TicketKey {
  return { keyid: key.keyId, publicKey: toBase64(key.raw), notBefore: from, notAfter: null };
}

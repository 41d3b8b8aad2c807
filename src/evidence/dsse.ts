import { canonicalJson } from "../json.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import type { SigningKey, VerifyingKey } from "./ed25519.ts";
import { jsonIn, list, type Read, reading, record, refuse, text } from "./fields.ts";

/** A signed payload (DSSE 1.0, https://github.com/secure-systems-lab/dsse). */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signatures: readonly EnvelopeSignature[];
}

/** `keyId` says which key to try first; that it is right only the signature shows. */
export interface EnvelopeSignature {
  readonly keyId: string;
  readonly signature: Uint8Array;
}

export type VerifiedEnvelope =
  | { readonly kind: "verified"; readonly by: readonly VerifyingKey[] }
  | { readonly kind: "rejected"; readonly why: "unknown-key" | "bad-signature" };

const MAX_SIGNATURES = 16;
const MAX_TYPE_LENGTH = 200;
const MAX_KEY_ID_LENGTH = 200;
const MAX_SIGNATURE_LENGTH = 8192;

/** What is signed: `DSSEv1`, then type and payload, each after its length in bytes, in decimal (DSSE protocol, "PAE"). */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

export function signEnvelope(payloadType: string, payload: Uint8Array, key: SigningKey): Envelope {
  return { payloadType, payload, signatures: [{ keyId: key.keyId, signature: key.sign(preAuthenticationEncoding(payloadType, payload)) }] };
}

/** Canonical JSON (RFC 8785) of an envelope: the only bytes of it that `parseEnvelope` reads. */
export function envelopeText(envelope: Envelope): string {
  return canonicalJson(envelopeJson(envelope));
}

export function envelopeJson(envelope: Envelope) {
  return {
    payload: toBase64(envelope.payload),
    payloadType: envelope.payloadType,
    signatures: envelope.signatures.map(({ keyId, signature }) => ({ keyid: keyId, sig: toBase64(signature) })),
  };
}

/** Reads an envelope of ours: canonical bytes only, so that no two texts are one envelope. Checks no signature. */
export function parseEnvelope(bytes: Uint8Array, maxPayloadBytes: number): Read<Envelope> {
  return reading(() => {
    const envelope = envelopeIn(jsonIn(bytes, 2 * maxPayloadBytes + MAX_SIGNATURES * 2 * MAX_SIGNATURE_LENGTH), maxPayloadBytes);
    return Buffer.from(envelopeText(envelope)).equals(bytes) ? envelope : refuse("the envelope is not in its canonical form");
  });
}

/** Reads parsed JSON, inside `reading`. Base64 must be canonical; one to sixteen signatures; no other members. */
export function envelopeIn(value: unknown, maxPayloadBytes: number): Envelope {
  const { payload, payloadType, signatures } = record(value, "the envelope", ["payload", "payloadType", "signatures"]);
  const read = list(signatures, "signatures", MAX_SIGNATURES).map((item) => {
    const { keyid, sig } = record(item, "a signature", ["keyid", "sig"]);
    return { keyId: text(keyid, "keyid", MAX_KEY_ID_LENGTH), signature: base64In(sig, "sig", MAX_SIGNATURE_LENGTH) };
  });
  if (read.length === 0) return refuse("the envelope has no signature");
  return {
    payloadType: text(payloadType, "payloadType", MAX_TYPE_LENGTH),
    payload: base64In(payload, "payload", Math.ceil(maxPayloadBytes / 3) * 4),
    signatures: read,
  };
}

/**
 * Accepts an envelope when a known key signed it and no known key's signature is wrong. Signatures of unknown keys are ignored, as DSSE asks;
 * a caller that wants all of an envelope's bytes bound compares the number of signatures with `by`.
 */
export function verifyEnvelope(envelope: Envelope, keys: readonly VerifyingKey[]): VerifiedEnvelope {
  const message = preAuthenticationEncoding(envelope.payloadType, envelope.payload);
  const by = new Set<VerifyingKey>();
  for (const { keyId, signature } of envelope.signatures) {
    const key = keys.find((known) => known.keyId === keyId);
    if (key === undefined) continue;
    if (!key.verify(message, signature)) return { kind: "rejected", why: "bad-signature" };
    by.add(key);
  }
  return by.size === 0 ? { kind: "rejected", why: "unknown-key" } : { kind: "verified", by: [...by] };
}

function base64In(value: unknown, what: string, maxLength: number): Uint8Array {
  return fromBase64(text(value, what, maxLength)) ?? refuse(`${what} is not canonical base64`);
}

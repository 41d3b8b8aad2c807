import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { LogError } from "./errors.ts";

/** Checks the signatures of one key. The C2SP signed-note specification calls its text form a vkey. */
export interface NoteVerifier {
  readonly name: string;
  readonly keyId: number;
  /** `signature` is what follows the key ID in the signature line. */
  verify(text: Uint8Array, signature: Uint8Array): boolean;
  /** For a key that cosigns with a time: that time in POSIX seconds. */
  cosignedAt?(signature: Uint8Array): number;
}

export interface NoteSigner {
  readonly name: string;
  readonly keyId: number;
  /** `name+keyid+base64`, for those who verify. */
  readonly verifierKey: string;
  sign(text: Uint8Array): Uint8Array;
}

/** Signature types of C2SP signed-note and tlog-cosignature that are understood here. */
const ED25519 = 0x01;
const ED25519_COSIGNATURE = 0x04;

const PUBLIC_DER = Buffer.from("302a300506032b6570032100", "hex");
const PRIVATE_DER = Buffer.from("302e020100300506032b657004220420", "hex");
const PRIVATE_PREFIX = "PRIVATE+KEY+";

/** A name is not empty and holds no Unicode space and no `+`. */
export function isKeyName(name: string): boolean {
  return name !== "" && name.isWellFormed() && !/[\p{White_Space}\p{Cc}+]/u.test(name);
}

/** First four bytes of SHA-256(name, LF, type and public key), big-endian. */
export function keyIdOf(name: string, typedKey: Uint8Array): number {
  return createHash("sha256").update(`${name}\n`).update(typedKey).digest().readUInt32BE(0);
}

/**
 * Reads a vkey, `name+hex8(key ID)+base64(type, public key)`: type 1 (Ed25519) and 4 (Ed25519 cosignature with time).
 * Throws LogError WB_LOG_BAD_KEY.
 */
export function parseVerifierKey(vkey: string): NoteVerifier {
  const { name, keyId, typed } = splitKey(vkey, "verifier key");
  if (keyIdOf(name, typed) !== keyId) throw badKey(`the key ID of the verifier key ${quote(name)} is not that of its name and key`);
  const key = createPublicKey({ key: Buffer.concat([PUBLIC_DER, typed.subarray(1)]), format: "der", type: "spki" });
  if (typed[0] === ED25519) return { name, keyId, verify: (text, signature) => signature.length === 64 && verify(null, text, key, signature) };
  return {
    name,
    keyId,
    verify: (text, signature) => signature.length === 72 && verify(null, cosignedText(text, cosignatureTime(signature)), key, signature.subarray(8)),
    cosignedAt: (signature) => Number(cosignatureTime(signature)),
  };
}

/** A signer with an Ed25519 private key. The object survives a message to a worker as (name, key), so threads are told their key that way. */
export function noteSigner(name: string, key: KeyObject): NoteSigner {
  if (!isKeyName(name)) throw badKey(`${quote(name)} is no key name: it must not be empty nor hold spaces or "+"`);
  if (key.type !== "private" || key.asymmetricKeyType !== "ed25519") throw badKey(`the key of ${quote(name)} is not an Ed25519 private key`);
  const typed = Buffer.concat([Uint8Array.of(ED25519), createPublicKey(key).export({ format: "der", type: "spki" }).subarray(PUBLIC_DER.length)]);
  const keyId = keyIdOf(name, typed);
  return { name, keyId, verifierKey: joinKey(name, keyId, typed), sign: (text) => sign(null, text, key) };
}

/** Reads Go's private form, `PRIVATE+KEY+name+hex8+base64(type, seed)`. Error texts never hold the key. Throws LogError WB_LOG_BAD_KEY. */
export function parseSignerKey(skey: string): NoteSigner {
  if (!skey.startsWith(PRIVATE_PREFIX)) throw badKey(`a signer key begins with ${PRIVATE_PREFIX}`);
  const { name, keyId, typed } = splitKey(skey.slice(PRIVATE_PREFIX.length), "signer key");
  if (typed[0] !== ED25519) throw badKey(`the signer key of ${quote(name)} is not of type 1 (Ed25519)`);
  const signer = noteSigner(name, createPrivateKey({ key: Buffer.concat([PRIVATE_DER, typed.subarray(1)]), format: "der", type: "pkcs8" }));
  if (signer.keyId !== keyId) throw badKey(`the key ID of the signer key ${quote(name)} is not that of its name and key`);
  return signer;
}

/** Writes Go's private form. Secret. */
export function formatSignerKey(name: string, key: KeyObject): string {
  const seed = key.export({ format: "der", type: "pkcs8" }).subarray(PRIVATE_DER.length);
  return PRIVATE_PREFIX + joinKey(name, noteSigner(name, key).keyId, Buffer.concat([Uint8Array.of(ED25519), seed]));
}

function joinKey(name: string, keyId: number, typed: Uint8Array): string {
  return `${name}+${keyId.toString(16).padStart(8, "0")}+${Buffer.from(typed).toString("base64")}`;
}

/** Splits at the first two `+` only: base64 may hold more of them. */
function splitKey(text: string, what: string): { readonly name: string; readonly keyId: number; readonly typed: Buffer } {
  const [, name = "", id = "", base64 = ""] = /^([^+]*)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const typed = Buffer.from(base64, "base64");
  if (!isKeyName(name) || typed.toString("base64") !== base64) throw badKey(`this is no ${what} of the form name+id+base64`);
  if ((typed[0] !== ED25519 && typed[0] !== ED25519_COSIGNATURE) || typed.length !== 33)
    throw badKey(`the ${what} of ${quote(name)} is of type ${typed[0]} with ${typed.length - 1} bytes; types 1 and 4 with 32 bytes are known`);
  return { name, keyId: Number.parseInt(id, 16), typed };
}

function cosignatureTime(signature: Uint8Array): bigint {
  return Buffer.from(signature.subarray(0, 8)).readBigUInt64BE(0);
}

/** What an Ed25519 cosignature signs (C2SP tlog-cosignature). */
function cosignedText(text: Uint8Array, time: bigint): Uint8Array {
  return Buffer.concat([Buffer.from(`cosignature/v1\ntime ${time}\n`), text]);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function badKey(message: string): LogError {
  return new LogError("WB_LOG_BAD_KEY", message, { hint: "Use the key exactly as it was written when it was made." });
}

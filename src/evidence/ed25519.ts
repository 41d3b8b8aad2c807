import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { EvidenceError } from "./errors.ts";

/** DER around a raw Ed25519 key (RFC 8410). */
const PUBLIC_DER = Buffer.from("302a300506032b6570032100", "hex");
const PRIVATE_DER = Buffer.from("302e020100300506032b657004220420", "hex");

/** A key that checks DSSE signatures. `keyId`: the SHA-256 of its 32 raw bytes, 64 hexadecimal digits. */
export interface VerifyingKey {
  readonly keyId: string;
  /** 32 bytes. */
  readonly raw: Uint8Array;
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

/** A key that makes DSSE signatures. */
export interface SigningKey {
  readonly keyId: string;
  readonly publicKey: VerifyingKey;
  sign(message: Uint8Array): Uint8Array;
}

/** From 32 raw bytes. Throws EvidenceError WB_EVIDENCE_BAD_KEY for another length. */
export function verifyingKey(raw: Uint8Array): VerifyingKey {
  if (raw.length !== 32) throw badKey(`an Ed25519 public key has 32 bytes, not ${raw.length}`);
  const key = createPublicKey({ key: Buffer.concat([PUBLIC_DER, raw]), format: "der", type: "spki" });
  return {
    keyId: createHash("sha256").update(raw).digest("hex"),
    raw,
    verify: (message, signature) => signature.length === 64 && verify(null, message, key, signature),
  };
}

/** From a private key of node:crypto. Throws EvidenceError WB_EVIDENCE_BAD_KEY. */
export function signingKey(key: KeyObject): SigningKey {
  if (key.type !== "private" || key.asymmetricKeyType !== "ed25519") throw badKey("the key is not an Ed25519 private key");
  const publicKey = verifyingKey(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(PUBLIC_DER.length));
  return { keyId: publicKey.keyId, publicKey, sign: (message) => sign(null, message, key) };
}

/** The private key of a 32-byte seed (RFC 8032 §5.1.5). Throws EvidenceError WB_EVIDENCE_BAD_KEY for another length. */
export function privateKeyOf(seed: Uint8Array): KeyObject {
  if (seed.length !== 32) throw badKey(`an Ed25519 seed has 32 bytes, not ${seed.length}`);
  return createPrivateKey({ key: Buffer.concat([PRIVATE_DER, seed]), format: "der", type: "pkcs8" });
}

function badKey(message: string): EvidenceError {
  return new EvidenceError("WB_EVIDENCE_BAD_KEY", message, { hint: "Use the key exactly as it was written when it was made." });
}

import { type Digest, digestOf } from "../digest.ts";
import { canonicalJson, type Json } from "../json.ts";
import { jsonIn, type Read, reading, record, refuse, text } from "./fields.ts";

/**
 * Text that may have to be erased: names, reasons, principals. The log holds only `digest`; the blob `bytes` holds salt and value. With the blob
 * gone the digest says nothing, as 32 random bytes stand before the value, and guessing it from a list of names is no use.
 */
export interface Salted {
  readonly digest: Digest;
  readonly bytes: Buffer;
}

export const SALT_BYTES = 32;
const MAX_BYTES = 1_000_000;

export function saltedOf(value: Json, salt: Uint8Array): Salted {
  const bytes = Buffer.from(canonicalJson({ salt: Buffer.from(salt).toString("hex"), value }));
  return { digest: digestOf(bytes), bytes };
}

/** Reads the value back. */
export function parseSalted(bytes: Uint8Array): Read<Json> {
  return reading(() => {
    const { salt, value } = record(jsonIn(bytes, MAX_BYTES), "the salted text", ["salt", "value"]);
    if (!/^[0-9a-f]{64}$/.test(text(salt, "salt", 64))) return refuse("salt is not 64 hexadecimal digits");
    return value as Json; // JSON.parse made it
  });
}

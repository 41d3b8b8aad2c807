import { hash } from "node:crypto";
import type { Surroundings } from "../registry/index.ts";

/** 256 unpredictable bits in 43 characters that stand for themselves in a header, a cookie and a fragment. */
export function newSecret({ randomBytes }: Surroundings): string {
  return Buffer.from(randomBytes(32)).toString("base64url");
}

/**
 * What is kept of a secret: its SHA-256 in hexadecimal. A secret is found by this hash. How long the search takes tells nothing: which bytes the hash of a
 * guess begins with cannot be chosen without knowing a secret that has it.
 */
export function hashOfSecret(secret: string): string {
  return hash("sha256", secret, "hex");
}

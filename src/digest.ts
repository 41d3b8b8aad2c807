import { createHash } from "node:crypto";

/** `sha256:` and 64 lower-case hexadecimal digits: the only identity that anything has here. */
export type Digest = `sha256:${string}`;

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/** SHA-256 of bytes, or of the UTF-8 form of a text. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

export function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length);
}

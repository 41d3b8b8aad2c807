import { entropyOf, isMadeUp } from "./placeholder.ts";
import type { Secret } from "./secret.ts";

/** How far from an identifier its key is looked for. */
const NEAR_BYTES = 400;
const KEY = /(?<![0-9A-Za-z+/=])[0-9A-Za-z+/]{40}(?![0-9A-Za-z+/=])/g;

/** An identifier with a key of AWS beside it (40 characters of base64, no digest in hexadecimal) is a whole credential. */
export function withKeysBeside(secrets: readonly Secret[], bytes: Buffer): readonly Secret[] {
  return secrets.map((secret) => {
    const key = secret.pair === true ? keyBeside(bytes, secret.at) : undefined;
    return key === undefined ? secret : { ...secret, name: "an AWS access key with its secret", severity: "medium", text: key };
  });
}

function keyBeside(bytes: Buffer, at: number): string | undefined {
  const near = bytes.toString("latin1", Math.max(0, at - NEAR_BYTES), at + NEAR_BYTES);
  return near.match(KEY)?.find((text) => !/^[0-9a-fA-F]+$/.test(text) && entropyOf(text) >= 4 && !isMadeUp(text));
}

import { crc32 } from "node:zlib";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECK_CHARACTERS = 6;

/**
 * Whether the last six characters of a token of GitHub or npm are the CRC-32 of those behind its mark, in base 62.
 * https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
export function hasCrc32(token: string): boolean {
  const random = token.slice(token.indexOf("_") + 1, -CHECK_CHARACTERS);
  return base62(crc32(random)) === token.slice(-CHECK_CHARACTERS);
}

function base62(value: number): string {
  let text = "";
  for (let left = value; text.length < CHECK_CHARACTERS; left = Math.floor(left / 62)) text = `${BASE62[left % 62]}${text}`;
  return text;
}

/** Whether the first part of a JSON web token is a header that names an algorithm other than none (RFC 7515, 4.1.1). */
export function isSignedJwt(token: string): boolean {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString("utf8"));
    return typeof header === "object" && header !== null && "alg" in header && typeof header.alg === "string" && header.alg !== "none";
  } catch {
    return false;
  }
}

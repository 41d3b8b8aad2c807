/** `no-ed25519`: this browser cannot check such signatures; that says nothing about the signature. */
export type SignatureCheck = "verified" | "failed" | "no-ed25519";

/** Checks an Ed25519 signature (RFC 8032) by the browser's own cryptography. */
export async function checkEd25519(
  publicKey: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): Promise<SignatureCheck> {
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    return error instanceof DOMException && error.name === "NotSupportedError" ? "no-ed25519" : "failed";
  }
  return (await crypto.subtle.verify({ name: "Ed25519" }, key, signature, message)) ? "verified" : "failed";
}

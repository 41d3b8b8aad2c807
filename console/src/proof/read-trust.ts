import { parseTrust, type TrustDocument } from "./envelope.ts";

/** The trust document, byte for byte as the server has it: its fingerprint is that of its bytes. Null where it cannot be read. */
export async function readTrust(signal?: AbortSignal): Promise<TrustDocument | null> {
  const response = await fetch("/api/v1/trust", { credentials: "same-origin", ...(signal === undefined ? {} : { signal }) }).catch(() => null);
  if (response === null || !response.ok || globalThis.crypto?.subtle === undefined) return null;
  return parseTrust(new Uint8Array(await response.arrayBuffer()));
}

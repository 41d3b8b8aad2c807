import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseTrust } from "../evidence/trust.ts";
import { parseVerifierKey } from "../log/note-key.ts";
import type { LogIdentity } from "../log/opening-checks.ts";
import { RegistryError } from "./errors.ts";

/**
 * Who signs the log in a data directory, by its trust file: enough to verify the log without opening it, as a damaged one cannot be opened.
 * Throws RegistryError WB_REGISTRY_DATA.
 */
export function readLogIdentity(root: string): LogIdentity {
  const file = join(root, "trust.json");
  const refuse = (why: string, cause?: unknown) =>
    new RegistryError("WB_REGISTRY_DATA", `${file} ${why}`, { hint: "Restore it from a copy, or from whoever got it by trust export.", cause });
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw refuse("cannot be read", cause);
  }
  const trust = parseTrust(bytes);
  if (trust.kind === "broken") throw refuse(`is no trust file: ${trust.why}`);
  return { dir: join(root, "log"), origin: trust.value.origin, verifier: parseVerifierKey(trust.value.logKey) };
}

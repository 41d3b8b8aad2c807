import type { LicenceClaim } from "../declared.ts";
import { licenceId } from "./ids.ts";

const MAX_CHARACTERS = 200;

/** A claim of what is said in words; null where nothing is. */
export function claimOf(path: string, from: "card" | "metadata", said: readonly string[]): LicenceClaim | null {
  const words = said.filter((text) => text.trim() !== "").map((text) => text.slice(0, MAX_CHARACTERS));
  if (words.length === 0) return null;
  return { path, from, ids: [...new Set(words.flatMap((word) => licenceId(word) ?? []))].sort(), said: words };
}

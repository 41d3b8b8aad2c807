import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** The folder of real inputs beside the repository. Tests over it say that they were skipped when it is absent. */
export const SHARED = resolve(import.meta.dirname, "../../shared");

export const withoutShared = !existsSync(SHARED);

/** Absolute path of one file in it. */
export function shared(path: string): string {
  return resolve(SHARED, path);
}

import { lstatSync } from "node:fs";

/** The folder, where something lies under its name: also a link that leads nowhere, which is no reason to take other policies instead. */
export function existingFolder(path: string): string | null {
  return lstatSync(path, { throwIfNoEntry: false }) === undefined ? null : path;
}

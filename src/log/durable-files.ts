import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Whole content, or undefined when there is no such file. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/**
 * Puts a file in place by rename, so that a reader sees the old bytes or the new ones and never half of them. Not yet durable. One writer at a
 * time. The folder may be removed by another process at any moment; then it is done again.
 */
export function putFile(path: string, bytes: Uint8Array | string, temporary: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      writeFileSync(temporary, bytes);
      renameSync(temporary, path);
      return;
    } catch (error) {
      if (!isAbsent(error) || attempt === 5) throw error;
      mkdirSync(dirname(path), { recursive: true });
    }
  }
}

/** Makes a folder, and those above it that are missing, with names that outlast a power failure. */
export function makeFolderDurably(path: string): void {
  const folder = resolve(path);
  const highest = mkdirSync(folder, { recursive: true });
  if (highest === undefined) return;
  for (let made = folder; made.length >= highest.length; made = dirname(made)) syncPath(dirname(made));
}

/** Replaces a file so that after a crash there is the old one or the new one. One writer at a time. */
export function replaceDurably(path: string, bytes: Uint8Array | string): void {
  const temporary = `${path}.next`;
  writeFileSync(temporary, bytes, { flush: true });
  renameSync(temporary, path);
  syncPath(dirname(path));
}

/** fsync of a file or a folder. */
export function syncPath(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

export function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

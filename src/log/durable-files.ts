import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

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
 * Puts a file in place by rename, so that a reader sees the old bytes or the new ones and never half of them. Not yet durable.
 * Both the folder and the temporary file may be removed by another process at any moment; then it is done again.
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

/** Writes a new file (`wx`), or over an old one (`r+`), and makes its bytes durable; a new name is durable after `syncPath` of the folder. */
export function writeDurably(path: string, bytes: Uint8Array | string, flag: "wx" | "r+"): void {
  const file = openSync(path, flag);
  try {
    writeFileSync(file, bytes);
    if (flag === "r+") ftruncateSync(file, Buffer.byteLength(bytes));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Replaces a file so that after a crash there is the old one or the new one. One writer at a time. */
export function replaceDurably(path: string, bytes: Uint8Array | string): void {
  const temporary = `${path}.next`;
  rmSync(temporary, { force: true });
  writeDurably(temporary, bytes, "wx");
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

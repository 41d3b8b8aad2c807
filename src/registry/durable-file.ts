import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Puts a file in place so that it is there whole or not at all, also after a power cut: temporary file beside it, fsync, rename, fsync of the
 * folder. `token` keeps two writers of one file apart. The file is for its owner alone.
 */
export async function putFileDurably(path: string, bytes: Uint8Array, token: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${token}.new`);
  try {
    const file = await open(temporary, "wx", 0o600);
    await writing(file, bytes);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function writing(file: FileHandle, bytes: Uint8Array): Promise<void> {
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

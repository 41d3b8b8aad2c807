import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { RegistryError } from "./errors.ts";

/**
 * Puts a file in place so that it is there whole or not at all, also after a power cut: temporary file beside it, fsync, rename, fsync of the
 * folder. `token` keeps two writers of one file apart. The file is for its owner alone. Throws RegistryError WB_REGISTRY_DATA.
 */
export async function putFileDurably(path: string, bytes: Uint8Array, token: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${token}.new`);
  try {
    const file = await open(temporary, "wx", 0o600);
    await writing(file, bytes);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new RegistryError("WB_REGISTRY_DATA", `${path} cannot be written: ${cause instanceof Error ? cause.message : "unknown error"}`, {
      hint: "Check that the disk has room and that the data directory may be written to.",
      cause,
    });
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

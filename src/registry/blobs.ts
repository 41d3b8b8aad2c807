import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Digest, digestOf, hexOf } from "../digest.ts";
import { putFileDurably, syncFolder } from "./durable-file.ts";

/** What the store has under a digest. `damaged`: something, but not those bytes. Neither `missing` nor `damaged` is ever taken for empty. */
export type Blob = { readonly kind: "found"; readonly bytes: Buffer } | { readonly kind: "missing" } | { readonly kind: "damaged" };

/**
 * Bytes by their SHA-256: evidence, contexts, manifests and the salted texts that the log names. A file for each,
 * `blobs/ab/<64 digits>`; erasing a text is deleting its file. docs/spec/blobs.md.
 */
export class BlobStore {
  readonly #folder: string;
  readonly #token: () => string;

  /** `token` yields a text that no other writer has, for the names of temporary files. */
  constructor(folder: string, token: () => string) {
    this.#folder = folder;
    this.#token = token;
  }

  /** Resolves when the bytes are durable. Bytes that are there already are not written again; damaged ones are replaced. */
  async put(bytes: Uint8Array): Promise<Digest> {
    const digest = digestOf(bytes);
    const path = this.pathOf(digest);
    if ((await this.get(digest)).kind === "found") await syncFolder(dirname(path));
    else {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await putFileDurably(path, bytes, this.#token());
      await syncFolder(this.#folder); // also when another process made the shard and has not come so far yet
    }
    return digest;
  }

  /** Every read is verified. */
  async get(digest: Digest): Promise<Blob> {
    let bytes: Buffer;
    try {
      bytes = await readFile(this.pathOf(digest));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return { kind: "missing" };
      throw error;
    }
    return digestOf(bytes) === digest ? { kind: "found", bytes } : { kind: "damaged" };
  }

  pathOf(digest: Digest): string {
    return blobPath(this.#folder, digest);
  }
}

/** Whether a blob lies in its place; that it is right is seen when it is read. For the projector, which is synchronous. */
export function hasBlob(folder: string, digest: Digest): boolean {
  return existsSync(blobPath(folder, digest));
}

function blobPath(folder: string, digest: Digest): string {
  const hex = hexOf(digest);
  return join(folder, hex.slice(0, 2), hex);
}

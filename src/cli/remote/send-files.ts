import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { z } from "zod";
import type { MeasureProgress } from "../../artifact/measure.ts";
import type { Tree, TreeFile } from "../../artifact/tree.ts";
import { Upload, UploadSummaries } from "../../server/api/schema/job.ts";
import type { ServerClient } from "./client.ts";
import { RefusedError, RemoteError } from "./errors.ts";
import { patiently } from "./patience.ts";

export interface SendOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: MeasureProgress) => void;
}

export interface Sent {
  readonly upload: string;
  /** Some of it came with an earlier run. */
  readonly isResumed: boolean;
}

/** A request lasts no longer than a server waits for one, also over a slow line. */
const PART_BYTES = 16 * 2 ** 20;
const LANES = 4;
const REPORT_EVERY_MS = 100;
const READ_BYTES = 2 ** 18;

/** Sends all files of a tree, or what is missing of them where an earlier run sent some, and goes on where a connection was cut. Throws RemoteError, RefusedError. */
export async function sendFiles(client: ServerClient, name: string, tree: Tree, { signal, onProgress }: SendOptions): Promise<Sent> {
  const earlier = await earlierUpload(client, name, tree, signal);
  const files = tree.files.map(({ path, size }) => ({ path, size }));
  const upload = earlier ?? (await client.post("/uploads", { name, files }, Upload, { signal }));
  const halt = new AbortController();
  const sending = new Sending(client, upload, tree.files, { signal: AbortSignal.any([signal, halt.signal]), onProgress });
  const waiting = tree.files.keys();
  const lane = async () => {
    for (const n of waiting) await sending.send(n);
  };
  await Promise.all(Array.from({ length: LANES }, () => lane().catch((error) => halt.abort(error)))); // the first that fails ends the others
  signal.throwIfAborted();
  halt.signal.throwIfAborted();
  return { upload: upload.id, isResumed: upload.files.some(({ received }) => received > 0) };
}

/** An upload of the same files that was not ended. Their content may be another by now: the digest that the server expects tells. */
async function earlierUpload(client: ServerClient, name: string, tree: Tree, signal: AbortSignal): Promise<z.infer<typeof Upload> | null> {
  const sizeBytes = tree.files.reduce((sum, { size }) => sum + size, 0);
  const { items } = await client.get("/uploads", UploadSummaries, { signal });
  for (const item of items) {
    if (item.name !== name || item.sizeBytes !== sizeBytes || item.fileCount !== tree.files.length) continue;
    const upload = await client.get(`/uploads/${item.id}`, Upload, { signal });
    if (upload.files.every(({ path, size }, n) => tree.files[n]?.path === path && tree.files[n].size === size)) return upload;
  }
  return null;
}

/** One upload, as far as it came. */
class Sending {
  readonly #client: ServerClient;
  readonly #id: string;
  readonly #files: readonly TreeFile[];
  readonly #options: SendOptions;
  readonly #received: number[];
  readonly #progress: { hashedBytes: number; readonly totalBytes: number; files: number; readonly totalFiles: number };
  #reportedAt = 0;

  constructor(client: ServerClient, upload: z.infer<typeof Upload>, files: readonly TreeFile[], options: SendOptions) {
    this.#client = client;
    this.#id = upload.id;
    this.#files = files;
    this.#options = options;
    this.#received = files.map(() => 0);
    const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
    this.#progress = { hashedBytes: 0, totalBytes, files: files.filter(({ size }) => size === 0).length, totalFiles: files.length };
    for (const [n, { received }] of upload.files.entries()) this.#set(n, received);
  }

  async send(n: number): Promise<void> {
    const { signal } = this.#options;
    const size = this.#files[n]?.size ?? 0;
    while (this.#at(n) < size) {
      let isCertain = true;
      await patiently(
        async () => {
          if (!isCertain) await this.#askWhere(n);
          isCertain = false;
          if (this.#at(n) < size) await this.#sendPart(n);
        },
        { signal },
      );
    }
  }

  async #sendPart(n: number): Promise<void> {
    const file = this.#files[n];
    if (file === undefined) return;
    const { signal } = this.#options;
    const from = this.#at(n);
    const length = Math.min(PART_BYTES, file.size - from);
    const stream = Readable.from(this.#counted(n, file, from, length));
    try {
      await this.#client.put(`/uploads/${this.#id}/files/${n}`, { stream, length }, { "upload-offset": String(from) }, { signal });
    } catch (error) {
      if (error instanceof RefusedError && error.code === "WB_UPLOAD_OFFSET") return this.#askWhere(n); // what was cut had come further than we knew
      throw error;
    }
    this.#set(n, from + length);
  }

  /** The bytes of a part; what was handed over counts as sent. A file that has become shorter ends the run: nobody would wait for the rest. */
  async *#counted(n: number, file: TreeFile, from: number, length: number): AsyncGenerator<Buffer> {
    let handed = 0;
    try {
      for await (const chunk of createReadStream(file.location, { start: from, end: from + length - 1, highWaterMark: READ_BYTES })) {
        yield chunk;
        handed += chunk.length;
        this.#set(n, from + handed);
      }
    } catch (cause) {
      throw changed(file.path, cause);
    }
    if (handed < length) throw changed(file.path, undefined);
  }

  async #askWhere(n: number): Promise<void> {
    const { files } = await this.#client.get(`/uploads/${this.#id}`, Upload, { signal: this.#options.signal });
    this.#set(n, files[n]?.received ?? 0);
  }

  #at(n: number): number {
    return this.#received[n] ?? 0;
  }

  #set(n: number, at: number): void {
    const size = this.#files[n]?.size ?? 0;
    const before = this.#at(n);
    this.#received[n] = at;
    this.#progress.hashedBytes += at - before;
    if (size > 0) this.#progress.files += Number(at >= size) - Number(before >= size);
    const now = performance.now();
    if (now - this.#reportedAt < REPORT_EVERY_MS) return;
    this.#reportedAt = now;
    this.#options.onProgress({ ...this.#progress });
  }
}

function changed(path: string, cause: unknown): RemoteError {
  return new RemoteError("WB_REMOTE_CHANGED", `${path} changed while it was sent`, {
    hint: "Stop what writes to it, and run the same command again.",
    cause,
  });
}

import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, mkdir, open, utimes } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../../artifact/tree.ts";
import type { UploadRow } from "../../state/tables.ts";
import { UploadError } from "./errors.ts";
import { type Pace, receive } from "./receive.ts";
import { type AnnouncedFile, namesIn } from "./upload-paths.ts";

interface Slot extends AnnouncedFile {
  /** Bytes that lie on disk; null: there is no file yet. */
  received: number | null;
}

/** One body on its way into one file. */
interface Writer {
  readonly cut: AbortController;
  readonly done: Promise<void>;
}

const STAT_AT_ONCE = 512;
const SLASH = Buffer.from("/");

/**
 * The files of one artifact on their way here. They lie below a folder of our own under the names that were checked; each is made anew by us, so no link
 * can lie there. How much of a file came is its size on disk, so that an upload goes on after a restart.
 */
export class Upload {
  readonly id: string;
  readonly principal: string;
  readonly name: string;
  readonly createdAt: string;
  readonly sizeBytes: number;
  /** The folder that is examined: nothing but the files lies in it. */
  readonly tree: string;
  /** Milliseconds: when it was begun, or something came last. */
  touchedMs: number;
  readonly #folder: string;
  readonly #slots: readonly Slot[];
  readonly #made = new Set<string>();
  readonly #writers = new Map<number, Writer>();
  #receivedBytes = 0;
  #isClosed = false;

  constructor(row: UploadRow, folder: string) {
    this.id = row.id;
    this.principal = row.principal;
    this.name = row.name;
    this.createdAt = row.created_at;
    this.sizeBytes = row.size_bytes;
    this.touchedMs = Date.parse(row.created_at);
    this.#folder = folder;
    this.tree = join(folder, "tree");
    const files: readonly AnnouncedFile[] = JSON.parse(row.files); // Uploads wrote it
    this.#slots = files.map((file) => ({ ...file, received: null }));
  }

  /** Makes its folders. */
  async make(): Promise<void> {
    await mkdir(this.#folder, { mode: 0o700 });
    await mkdir(this.tree, { mode: 0o700 });
  }

  /** Finds out what came before this process began. False: its folder is gone. */
  async resume(): Promise<boolean> {
    const folder = await statOf(this.#folder);
    if (folder === null || (await statOf(this.tree)) === null) return false;
    this.touchedMs = Math.max(this.touchedMs, folder.mtimeMs);
    for (let at = 0; at < this.#slots.length; at += STAT_AT_ONCE)
      await Promise.all(
        this.#slots.slice(at, at + STAT_AT_ONCE).map(async (slot) => {
          const stat = await statOf(locationOf(this.tree, namesIn(slot.path)));
          this.#setReceived(slot, stat === null ? null : stat.size);
        }),
      );
    return true;
  }

  get files(): readonly { readonly path: string; readonly size: number; readonly received: number }[] {
    return this.#slots.map(({ path, size, received }) => ({ path, size, received: received ?? 0 }));
  }

  get fileCount(): number {
    return this.#slots.length;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** It was handed over: no more bytes are taken. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Bodies on their way. */
  get writing(): number {
    return this.#writers.size;
  }

  /**
   * Takes a body as the bytes of file `n` from `offset` on, which must be where those that came end. A body that is on its way into the same file is cut:
   * its client has lost the connection before we noticed. Throws UploadError.
   */
  async put(n: number, offset: number, body: ReadableStream<Uint8Array> | null, { pace, now }: { readonly pace: Pace; now(): Date }): Promise<void> {
    const slot = this.#slots[n];
    if (slot === undefined)
      throw new UploadError("WB_UPLOAD_NOT_FOUND", `the upload has no file ${n}`, { hint: `Its files are 0 to ${this.#slots.length - 1}.` });
    for (let former = this.#writers.get(n); former !== undefined; former = this.#writers.get(n)) {
      former.cut.abort(new UploadError("WB_UPLOAD_CUT", "another request took its place", { hint: "Send each file once at a time." }));
      await former.done;
    }
    this.#expectOpen();
    if (offset !== (slot.received ?? 0))
      throw new UploadError("WB_UPLOAD_OFFSET", `${slot.received ?? 0} bytes of the file came, and the body begins at ${offset}`, {
        hint: "Ask for the upload, and go on from what was received.",
      });
    if (body === null) return;
    const cut = new AbortController();
    const writing = this.#write(slot, offset, body, pace, cut.signal).finally(() => this.#writers.delete(n));
    this.#writers.set(n, { cut, done: writing.catch(() => {}) });
    try {
      await writing;
    } finally {
      this.touchedMs = now().getTime();
      await utimes(this.#folder, now(), now()).catch(() => {}); // a help for the next start, and gone where the upload was removed
    }
  }

  /** Makes the files without bytes and takes no more. Throws UploadError WB_UPLOAD_INCOMPLETE, WB_UPLOAD_CLOSED. */
  async close(): Promise<void> {
    this.#expectOpen();
    const missing = this.#slots.find(({ size, received }) => (received ?? 0) !== size);
    if (missing !== undefined || this.#writers.size > 0)
      throw new UploadError("WB_UPLOAD_INCOMPLETE", `${missing === undefined ? "a file" : JSON.stringify(missing.path)} has not come whole`, {
        hint: "Send what is missing first.",
      });
    this.#isClosed = true;
    try {
      for (const slot of this.#slots) if (slot.received === null) await (await this.#openFile(slot)).close();
    } catch (error) {
      this.#isClosed = false;
      throw error;
    }
  }

  /** Takes bytes again, where nobody took over what was closed. */
  reopen(): void {
    this.#isClosed = false;
  }

  /** Cuts all that is on its way, and waits for it. */
  async cut(reason: Error): Promise<void> {
    this.#isClosed = true;
    const writers = [...this.#writers.values()];
    for (const writer of writers) writer.cut.abort(reason);
    await Promise.all(writers.map(({ done }) => done));
  }

  async #write(slot: Slot, offset: number, body: ReadableStream<Uint8Array>, pace: Pace, signal: AbortSignal): Promise<void> {
    const file = await this.#openFile(slot);
    try {
      await receive(body, file, { offset, size: slot.size, pace, signal }, (end) => this.#setReceived(slot, end));
    } finally {
      await file.close();
    }
  }

  /** A file is made by us or it is an error: never is one opened that somebody else put there. */
  async #openFile(slot: Slot): Promise<FileHandle> {
    const made = slot.received === null ? constants.O_CREAT | constants.O_EXCL : 0;
    try {
      const names = namesIn(slot.path);
      await this.#makeFolders(names);
      const file = await open(locationOf(this.tree, names), constants.O_WRONLY | constants.O_NOFOLLOW | made, 0o600);
      slot.received ??= 0;
      return file;
    } catch (cause) {
      throw new UploadError("WB_UPLOAD_DISK", `${JSON.stringify(slot.path)} cannot be written (${codeOf(cause)})`, {
        hint: "Ask whoever runs the server.",
        cause,
      });
    }
  }

  async #makeFolders(names: readonly Buffer[]): Promise<void> {
    for (let depth = 1; depth < names.length; depth++) {
      const folder = locationOf(this.tree, names.slice(0, depth));
      const key = folder.toString("latin1");
      if (this.#made.has(key)) continue;
      await mkdir(folder, { mode: 0o700 }).catch((error) => {
        if (codeOf(error) !== "EEXIST") throw error;
      });
      this.#made.add(key);
    }
  }

  #setReceived(slot: Slot, received: number | null): void {
    this.#receivedBytes += (received ?? 0) - (slot.received ?? 0);
    slot.received = received;
  }

  #expectOpen(): void {
    if (this.#isClosed)
      throw new UploadError("WB_UPLOAD_CLOSED", "the upload was handed over already", { hint: "Begin a new upload to send other bytes." });
  }
}

function locationOf(root: string, names: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(root), ...names.flatMap((name) => [SLASH, name])]);
}

function statOf(path: string | Buffer): Promise<Stats | null> {
  return lstat(path).catch((error) => {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  });
}

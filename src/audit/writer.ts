import { type FileHandle, open, truncate } from "node:fs/promises";
import { join } from "node:path";
import { AuditError } from "./errors.ts";
import { type Segment, segmentFile } from "./segments.ts";

export interface WriterOptions {
  readonly folder: string;
  /** A segment that is this long gets no further line. */
  readonly segmentBytes: number;
  readonly syncEveryMs: number;
  readonly write: WriteBytes;
}

/** What hands bytes to the operating system and says how many it took. A parameter, so that a full disk can be played. */
export type WriteBytes = (handle: FileHandle, bytes: Uint8Array) => Promise<number>;

interface Open extends Segment {
  readonly handle: FileHandle;
}

/**
 * Appends lines to the last segment and begins new ones. What was written survives this process; what is older than `syncEveryMs` survives the power, too.
 * After the first failure nothing is written any more.
 */
export class SegmentWriter {
  readonly #options: WriterOptions;
  readonly #segments: Segment[];
  #open: Open | undefined;
  #sizeBytes: number;
  #failure: AuditError | undefined;
  #syncing: Promise<void> | undefined;
  #syncTimer: NodeJS.Timeout | undefined;
  #isUnsynced = false;

  /** `lastSegmentBytes` is where the last line of the last segment ends. */
  constructor(options: WriterOptions, segments: readonly Segment[], lastSegmentBytes: number) {
    this.#options = options;
    this.#segments = [...segments];
    this.#sizeBytes = lastSegmentBytes;
  }

  /** In order, and how much of the last one is written. */
  get written(): { readonly segments: readonly Segment[]; readonly lastSegmentBytes: number } {
    return { segments: [...this.#segments], lastSegmentBytes: this.#sizeBytes };
  }

  /** Cuts off what was not acknowledged when the process before this one ended. */
  async cutUnfinished(): Promise<void> {
    const last = this.#segments.at(-1);
    if (last !== undefined) await truncate(join(this.#options.folder, last.file), this.#sizeBytes);
  }

  /** Whole lines, the first of them with this sequence number. One call at a time. Throws AuditError WB_AUDIT_WRITE, also for an earlier failure. */
  async write(lines: Uint8Array, firstSeq: number): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      const { handle } = await this.#segmentFor(firstSeq);
      await this.#writeAll(handle, lines);
    } catch (cause) {
      await this.#takeBack();
      throw this.#fail(cause);
    }
    this.#sizeBytes += lines.length;
    this.#isUnsynced = true;
    this.#syncTimer ??= setTimeout(() => void this.#syncInBackground(), this.#options.syncEveryMs).unref();
  }

  /** Throws AuditError WB_AUDIT_WRITE when the last records may not be durable. */
  async close(): Promise<void> {
    clearTimeout(this.#syncTimer);
    await this.#syncing;
    try {
      await this.#closeSegment();
    } catch (cause) {
      throw this.#fail(cause);
    }
  }

  async #segmentFor(seq: number): Promise<Open> {
    const last = this.#segments.at(-1);
    if (last !== undefined && this.#sizeBytes < this.#options.segmentBytes) {
      this.#open ??= { ...last, handle: await open(join(this.#options.folder, last.file), "a") };
      return this.#open;
    }
    await this.#closeSegment();
    const next = { file: segmentFile(seq), first: seq };
    this.#open = { ...next, handle: await open(join(this.#options.folder, next.file), "ax", 0o600) };
    await syncFolder(this.#options.folder);
    this.#segments.push(next);
    this.#sizeBytes = 0;
    return this.#open;
  }

  async #writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const taken = await this.#options.write(handle, bytes.subarray(at));
      if (taken === 0) throw new Error("the operating system took no byte");
      at += taken;
    }
  }

  /** A segment is durable before the next one begins, so that after a power failure only the last one can lack its end. */
  async #closeSegment(): Promise<void> {
    await this.#syncing;
    if (this.#open === undefined) return;
    const { handle } = this.#open;
    this.#open = undefined;
    try {
      if (this.#isUnsynced) await handle.datasync();
      this.#isUnsynced = false;
    } finally {
      await handle.close();
    }
  }

  async #syncInBackground(): Promise<void> {
    this.#syncTimer = undefined;
    const handle = this.#open?.handle;
    if (handle === undefined || !this.#isUnsynced || this.#failure !== undefined) return;
    this.#isUnsynced = false;
    this.#syncing = handle.datasync().catch((cause: unknown) => void this.#fail(cause));
    await this.#syncing;
    this.#syncing = undefined;
  }

  /** Cuts off the part of a batch that was written. Where the disk does not even do that, the next opening finds lines that nobody was told of. */
  async #takeBack(): Promise<void> {
    await this.#open?.handle.truncate(this.#sizeBytes).catch(() => {});
  }

  #fail(cause: unknown): AuditError {
    this.#failure ??= new AuditError(
      "WB_AUDIT_WRITE",
      `the audit log cannot be written: ${cause instanceof Error ? cause.message : "unknown error"}`,
      {
        hint: "Make room on the disk or repair it, then start again. Nothing is served until then, as nothing can be recorded.",
        cause,
      },
    );
    return this.#failure;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

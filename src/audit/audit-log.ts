import { mkdir } from "node:fs/promises";
import { AuditError, brokenAt, unreadable } from "./errors.ts";
import { recordOf } from "./form.ts";
import { LatestEntries } from "./latest.ts";
import { type AuditEntry, type AuditHead, nextLine } from "./line.ts";
import { readBefore, readFrom } from "./reader.ts";
import type { AuditRecord } from "./record.ts";
import { listSegments } from "./segments.ts";
import { readTail } from "./tail.ts";
import { verifyAuditLog } from "./verify.ts";
import { SegmentWriter, type WriteBytes } from "./writer.ts";
import { lockForWriting } from "./writer-lock.ts";

const SEGMENT_BYTES = 64 * 1024 * 1024;
const SYNC_EVERY_MS = 100;
const LATEST_ENTRIES = 1_000;
/** What one question reads from the disk at most. */
const READ_BYTES = 4 * 1024 * 1024;

export interface AuditOptions {
  /** A segment that is this long gets no further line. Default 64 MiB. */
  readonly segmentBytes?: number;
  /** How old a record may be before it survives a loss of power. Default 100. */
  readonly syncEveryMs?: number;
  /** Default: write(2). */
  readonly write?: WriteBytes;
}

export interface RecentQuery {
  readonly limit: number;
  /** Only records before this sequence number. */
  readonly before?: number | undefined;
  readonly kind?: AuditRecord["kind"];
}

/** Newest first. There may be fewer entries than asked for, or none, and more to find behind them. */
export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** `before` of the next question; null when the beginning of the log was reached. */
  readonly next: number | null;
}

/** A hash-chained, append-only log of calls and administrative acts; docs/spec/audit.md. One of each folder, in one process. */
export interface AuditLog {
  /**
   * Resolves when the record cannot be lost any more by this process ending, however it ends. Rejects with AuditError WB_AUDIT_RECORD; with WB_AUDIT_WRITE,
   * and then for all records until the log is opened again; with WB_AUDIT_CLOSED.
   */
  append(record: AuditRecord): Promise<void>;
  /** The last record that was written. */
  head(): AuditHead;
  /** Rejects with AuditError WB_AUDIT_BROKEN or WB_AUDIT_UNREADABLE where files are not what was written. */
  recent(query: RecentQuery): Promise<AuditPage>;
  /** In order, those behind a sequence number: what a listener missed. Rejects as `recent` does. */
  since(seq: number, limit: number): Promise<readonly AuditEntry[]>;
  /** Tells of each record when it is written. A listener that throws is told no more. Yields what ends it. */
  subscribe(listener: (entry: AuditEntry) => void): () => void;
  /** Writes what waits, makes it durable and lets another process write. Rejects with AuditError WB_AUDIT_WRITE. */
  close(): Promise<void>;
}

/**
 * Opens or begins an audit log for writing. Follows the chain through the last thousand records, and cuts off a record of which writing was interrupted: it
 * was never acknowledged. Throws AuditError WB_AUDIT_BUSY, WB_AUDIT_BROKEN, WB_AUDIT_UNREADABLE.
 */
export async function openAuditLog(folder: string, options: AuditOptions = {}): Promise<AuditLog> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw unreadable("the audit folder cannot be made", cause);
  });
  const unlock = lockForWriting(folder);
  try {
    return await openLocked(folder, options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function openLocked(folder: string, options: AuditOptions, unlock: () => void): Promise<AuditLog> {
  const segments = await listSegments(folder);
  const tail = await readTail(folder, segments, LATEST_ENTRIES);
  if (tail === undefined) throw await wholeBreak(folder);
  const {
    segmentBytes = SEGMENT_BYTES,
    syncEveryMs = SYNC_EVERY_MS,
    write = async (handle, bytes) => (await handle.write(bytes)).bytesWritten,
  } = options;
  const writer = new SegmentWriter({ folder, segmentBytes, syncEveryMs, write }, segments, tail.lastSegmentBytes);
  await writer.cutUnfinished();
  return new ChainedLog({ folder, writer, unlock, head: tail.head, latest: new LatestEntries(LATEST_ENTRIES, tail.entries) });
}

/** The end does not chain: the first break may lie before it. */
async function wholeBreak(folder: string): Promise<AuditError> {
  const found = await verifyAuditLog(folder);
  if (found.kind === "broken") return brokenAt(found);
  return unreadable("the end of the audit log", new Error("it changed while it was read"));
}

interface Parts {
  readonly folder: string;
  readonly writer: SegmentWriter;
  readonly unlock: () => void;
  readonly head: AuditHead;
  readonly latest: LatestEntries;
}

interface Waiting {
  readonly line: string;
  readonly entry: AuditEntry;
  readonly head: AuditHead;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

class ChainedLog implements AuditLog {
  readonly #parts: Parts;
  readonly #listeners = new Set<(entry: AuditEntry) => void>();
  /** Of what is written, and of what has got its place in the chain. */
  #head: AuditHead;
  #placed: AuditHead;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#head = parts.head;
    this.#placed = parts.head;
  }

  async append(record: AuditRecord): Promise<void> {
    if (this.#closing !== undefined) throw closed();
    const { line, entry, head } = nextLine(this.#placed, recordOf(record));
    this.#placed = head;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ line, entry, head, resolve, reject });
    this.#writing ??= this.#write();
    return promise;
  }

  head(): AuditHead {
    return this.#head;
  }

  async recent({ limit, before = this.#head.seq + 1, kind }: RecentQuery): Promise<AuditPage> {
    const entries: AuditEntry[] = [];
    let next = Math.min(before, this.#head.seq + 1);
    const isEnough = (entry: AuditEntry) => {
      next = entry.seq;
      if (kind === undefined || entry.kind === kind) entries.push(entry);
      return entries.length >= limit;
    };
    if (!this.#parts.latest.before(next).toReversed().some(isEnough)) await this.#readBefore(next, isEnough);
    return { entries, next: next <= 1 ? null : next };
  }

  async since(seq: number, limit: number): Promise<readonly AuditEntry[]> {
    const inMemory = this.#parts.latest.from(seq + 1);
    if (inMemory !== undefined) return inMemory.slice(0, limit);
    const entries: AuditEntry[] = [];
    if (seq >= this.#head.seq) return entries;
    for await (const { entry } of readFrom(this.#written(), Math.max(0, seq) + 1)) if (entries.push(entry) >= limit) break;
    return entries;
  }

  subscribe(listener: (entry: AuditEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #readBefore(before: number, isEnough: (entry: AuditEntry) => boolean): Promise<void> {
    let left = READ_BYTES;
    for await (const { entry, sizeBytes } of readBefore(this.#written(), before)) {
      left -= sizeBytes;
      if (isEnough(entry) || left <= 0) return;
    }
  }

  #written() {
    return { folder: this.#parts.folder, ...this.#parts.writer.written };
  }

  /** Records that come while a write is under way go out together in the next. */
  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#writeBatch(batch);
    }
    this.#writing = undefined;
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const bytes = Buffer.from(batch.map(({ line }) => `${line}\n`).join(""));
      await this.#parts.writer.write(bytes, batch[0]?.entry.seq ?? 0);
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const { entry, head, resolve } of batch) {
      this.#head = head;
      this.#parts.latest.add(entry);
      resolve();
    }
    for (const { entry } of batch) this.#tell(entry);
  }

  #tell(entry: AuditEntry): void {
    for (const listener of this.#listeners) {
      try {
        listener(entry);
      } catch {
        this.#listeners.delete(listener);
      }
    }
  }

  async #close(): Promise<void> {
    await this.#writing;
    try {
      await this.#parts.writer.close();
    } finally {
      this.#parts.unlock();
    }
  }
}

function closed(): AuditError {
  return new AuditError("WB_AUDIT_CLOSED", "the audit log was closed", { hint: "The server is ending. Ask again when it is back." });
}

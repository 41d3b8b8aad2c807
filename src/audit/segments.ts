import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type ByteSource, checkRange } from "../bytes.ts";
import { unreadable } from "./errors.ts";

/** One file of the log. The next one begins where it ends. */
export interface Segment {
  readonly file: string;
  /** Sequence number of its first record. */
  readonly first: number;
}

const NAME = /^([0-9]{12})\.jsonl$/;

export function segmentFile(first: number): string {
  return `${String(first).padStart(12, "0")}.jsonl`;
}

/** The segments in a folder, in order. Other files are not of the log. Throws AuditError WB_AUDIT_UNREADABLE. */
export async function listSegments(folder: string): Promise<readonly Segment[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw unreadable("the audit folder cannot be listed", cause);
  });
  return names
    .flatMap((file) => {
      const first = NAME.exec(file)?.[1];
      return first === undefined ? [] : [{ file, first: Number(first) }];
    })
    .sort((a, b) => a.first - b.first);
}

/** Lets `work` read a segment. Throws AuditError WB_AUDIT_UNREADABLE. */
export async function withSegment<T>(folder: string, file: string, work: (source: ByteSource) => Promise<T>): Promise<T> {
  const { source, close } = await openSegment(folder, file);
  try {
    return await work(source);
  } finally {
    await close();
  }
}

/** A segment to read: all of it, or its first `sizeBytes` where more is being written. Throws AuditError WB_AUDIT_UNREADABLE. */
export async function openSegment(folder: string, file: string, sizeBytes?: number): Promise<OpenSegment> {
  const handle = await open(join(folder, file), "r").catch((cause: unknown) => {
    throw unreadable(`${file} cannot be opened`, cause);
  });
  const source = sourceOf(handle, file, sizeBytes ?? (await handle.stat()).size);
  return { source, close: () => handle.close() };
}

interface OpenSegment {
  readonly source: ByteSource;
  close(): Promise<void>;
}

function sourceOf(handle: FileHandle, file: string, size: number): ByteSource {
  return {
    size,
    async read(offset, length) {
      checkRange(offset, length, size);
      const bytes = Buffer.alloc(length);
      for (let at = 0; at < length; ) {
        const { bytesRead } = await handle.read(bytes, at, length - at, offset + at).catch((cause: unknown) => {
          throw unreadable(`${file} cannot be read at byte ${offset}`, cause);
        });
        if (bytesRead === 0) throw unreadable(`${file} cannot be read at byte ${offset + at}`, new Error("it became shorter"));
        at += bytesRead;
      }
      return bytes;
    },
  };
}

import type { DatabaseSync } from "node:sqlite";
import type { NoteSigner } from "./note-key.ts";

/** What the caller of an append gets, once the checkpoint that covers its entry is durable. */
export interface Appended {
  readonly index: number;
  /** RFC 6962 leaf hash, 64 hexadecimal digits. */
  readonly leafHash: string;
  /** The signed note of the checkpoint that covers the entry. */
  readonly checkpoint: string;
  /** Inclusion proof in that checkpoint: hashes in base64, from the leaf upwards. */
  readonly proof: readonly string[];
}

/** Turns entries into rows of the tables `view_*`, which lie beside the log's state and are committed with it. */
export interface Projector {
  /** Creates the tables `view_*` that are not there yet. Called when the log opens and when views are rebuilt. */
  createViews?(db: DatabaseSync): void;
  /** Writes the rows of one entry inside the commit's transaction. What it throws undoes the whole batch. Must depend on nothing but its arguments and the rows. */
  project(db: DatabaseSync, index: number, entry: Uint8Array, leafHash: string): void;
}

export interface LogOptions {
  /** Holds log.sqlite, tile/ and checkpoint. Made when it is absent. A local disk. */
  readonly dir: string;
  /** First line of every checkpoint, without a scheme: `weighbridge.example/log1`. */
  readonly origin: string;
  readonly signer: NoteSigner;
  readonly projector: Projector;
  /** A file outside `dir` that keeps the last signed checkpoint, so that a restored old copy of `dir` is noticed. */
  readonly outsideCheckpoint?: string;
  /** Told before each step that touches the disk; what it throws stops the append there, as a crash would. */
  readonly observe?: (step: LogStep) => void;
}

/** The steps of a commit, in order; see docs/spec/log.md. */
export type LogStep =
  | "begin"
  | "write rows"
  | "commit"
  | "write tile"
  | "publish checkpoint"
  | "sync tile"
  | "drop partial tiles"
  | "keep checkpoint outside"
  | "record settled";

/** The one synchronous engine that appends. Any number of processes may hold one on the same folder. */
export interface LogWriter {
  /** Tree size of the last commit that this writer knows. */
  readonly size: number;
  /**
   * One batch is one commit: all entries or none. When it returns, entries and covering checkpoint are durable; readers of the tiles see them
   * after `publish`. Throws LogError; throws what the projector throws.
   */
  append(entries: readonly Uint8Array[]): readonly Appended[];
  /** Expands what is committed into tiles and replaces the checkpoint file. Also done by `append` when much is waiting. */
  publish(): void;
  /** Publishes, makes tiles durable, keeps the checkpoint outside, drops staged bundles. Also done by `append` now and then, and by `close`. */
  settle(): void;
  /** Drops all tables `view_*` and the leaf index, and projects every entry again in one transaction. */
  rebuildViews(): void;
  close(): void;
}

/** What other threads append through; the log's own thread runs `serveLog(port, writer)`. */
export interface Appender {
  /** Resolves when a checkpoint that covers the entry is durable. Rejects with LogError, or as the projector threw. */
  append(entry: Uint8Array): Promise<Appended>;
  /** Waits for what is under way, settles the log, and ends its thread's part. */
  close(): Promise<void>;
}

import type { Projector } from "../../src/log/index.ts";

/** What log-crash.test.ts tells a process of log-appender.ts. */
export interface AppenderArguments {
  readonly dir: string;
  readonly origin: string;
  readonly skey: string;
  readonly outsideCheckpoint: string;
  readonly name: string;
  /** Sizes of the batches; endless repetition of them without `killBefore`. */
  readonly batches: readonly number[];
  /** Kills itself, as no handler can prevent, before this step. */
  readonly killBefore?: number;
}

/** A view with one row an entry. */
export const words: Projector = {
  createViews: (db) => db.exec("CREATE TABLE IF NOT EXISTS view_words (idx INTEGER PRIMARY KEY, word TEXT NOT NULL)"),
  project: (db, index, entry) => void db.prepare("INSERT INTO view_words VALUES (?, ?)").run(index, Buffer.from(entry).toString()),
};

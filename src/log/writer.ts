import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { signCheckpoint } from "./checkpoint.ts";
import { isAbsent, makeFolderDurably, putFile, replaceDurably } from "./durable-files.ts";
import { encodeEntries, MAX_ENTRY_BYTES } from "./entry-bundle.ts";
import { LogError } from "./errors.ts";
import { followStaged } from "./follow-staged.ts";
import { loadTip } from "./load-tip.ts";
import type { Appended, LogOptions, LogStep, LogWriter } from "./log.ts";
import { EMPTY_ROOT, equalHashes, inclusionProof } from "./merkle.ts";
import { parseVerifierKey } from "./note-key.ts";
import { checkExtends, checkState, checkUnused, disagrees, type LogIdentity, shrunk } from "./opening-checks.ts";
import { projectAgain } from "./project-again.ts";
import { type LogState, openDatabase, StateTable, transact } from "./state.ts";
import { dropPartials, syncTiles, writeTiles } from "./tile-writing.ts";
import { Tip } from "./tip.ts";

/** Commits whose tiles may wait to be made durable; what bounds the replay after a power failure. */
const MAX_STAGED_COMMITS = 128;
/** Bytes of entries that one writer stages before it settles; what bounds the size that log.sqlite keeps for staged bundles. */
const MAX_STAGED_BYTES = 16 * 1024 * 1024;
/** Entries that may wait in memory for their tiles: at most 64 MB. */
const MAX_UNPUBLISHED_ENTRIES = 1024;

/**
 * Opens or makes a log. First replays commits that were not expanded, and refuses to go on from anything that does not extend what was signed
 * before. Throws LogError.
 */
export function openLog(options: LogOptions): LogWriter {
  makeFolderDurably(options.dir);
  const db = openDatabase(join(options.dir, "log.sqlite"));
  try {
    return new DurableLog(options, db);
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The commit point, step by step, is described in docs/spec/log.md. */
class DurableLog implements LogWriter {
  readonly #options: LogOptions;
  readonly #identity: LogIdentity;
  readonly #db: DatabaseSync;
  readonly #table: StateTable;
  /** For files on their way to their name. One for all processes: it is written and renamed under the write lock only. */
  readonly #temporary: string;
  readonly #step: (step: LogStep) => void;
  /** Everything that is committed, as far as this process knows; not trimmed behind #expanded. */
  #tip = Tip.EMPTY;
  /** The tiles of this size have been written. */
  #expanded = 0;
  #stagedCommits = 0;
  #stagedBytes = 0;

  constructor(options: LogOptions, db: DatabaseSync) {
    this.#options = options;
    this.#identity = { dir: options.dir, origin: options.origin, verifier: parseVerifierKey(options.signer.verifierKey) };
    this.#db = db;
    this.#table = new StateTable(db);
    this.#temporary = join(options.dir, "temporary");
    this.#step = (step) => options.observe?.(step);
    transact(db, () => this.#recover());
  }

  get size(): number {
    return this.#tip.size;
  }

  append(entries: readonly Uint8Array[]): readonly Appended[] {
    entries.forEach(checkEntry);
    if (entries.length === 0) return [];
    // Before the commit, so that what fails here does not hide that the entries are in the log.
    if (this.#stagedCommits >= MAX_STAGED_COMMITS || this.#stagedBytes >= MAX_STAGED_BYTES) this.settle();
    else if (this.#tip.size - this.#expanded >= MAX_UNPUBLISHED_ENTRIES) this.publish();
    const { tip, checkpoint } = this.#commit(entries);
    this.#tip = tip;
    return entries.map((_, at) => appendedAt(tip, tip.size - entries.length + at, checkpoint));
  }

  publish(): void {
    transact(this.#db, () => {
      this.#catchUp();
      if (this.#expanded === this.#tip.size) return;
      this.#expand();
      this.#replaceCheckpoint(this.#state());
    });
  }

  settle(): void {
    this.publish();
    const { settled } = this.#state();
    const { size } = this.#tip;
    this.#stagedCommits = 0;
    this.#stagedBytes = 0;
    if (settled >= size || !this.#syncTiles(settled, size)) return;
    transact(this.#db, () => {
      this.#keepOutside(this.#state());
      this.#step("record settled");
      this.#table.settle(size);
    });
  }

  rebuildViews(): void {
    this.publish();
    transact(this.#db, () => {
      this.#catchUp();
      this.#expand();
      projectAgain(this.#db, this.#options.dir, this.#state(), this.#options.projector);
    });
  }

  close(): void {
    this.settle();
    this.#db.close();
  }

  /** Under the write lock: the state is read or made, what is committed is in the tiles, and nothing that was signed is contradicted. */
  #recover(): void {
    const { dir, projector, outsideCheckpoint } = this.#options;
    // What a process left that was killed before it could rename.
    rmSync(this.#temporary, { force: true });
    const state = this.#table.read() ?? this.#begin();
    checkState(state, this.#identity);
    projector.createViews?.(this.#db);
    this.#replay(state);
    this.#expand();
    checkExtends(state, join(dir, "checkpoint"), this.#identity);
    if (outsideCheckpoint !== undefined) checkExtends(state, outsideCheckpoint, this.#identity);
    this.#replaceCheckpoint(state);
  }

  /** A new log signs its empty tree. */
  #begin(): LogState {
    const { dir, origin, signer, outsideCheckpoint } = this.#options;
    checkUnused(dir, outsideCheckpoint);
    const state = { size: 0, root: EMPTY_ROOT, checkpoint: signCheckpoint(origin, 0, EMPTY_ROOT, signer), settled: 0 };
    this.#table.write(state);
    return state;
  }

  /** Hashes before it takes the lock. If another process committed meanwhile, its commits are followed and the entries take their place behind them. */
  #commit(entries: readonly Uint8Array[]): { readonly tip: Tip; readonly checkpoint: string } {
    const staged = encodeEntries(entries);
    let tip = this.#tip.extend(entries);
    this.#step("begin");
    const checkpoint = transact(this.#db, () => {
      if (this.#catchUp()) tip = this.#tip.extend(entries);
      this.#step("write rows");
      this.#writeViews(tip, entries);
      const signed = this.#writeState(tip, staged);
      this.#step("commit");
      return signed;
    });
    this.#stagedCommits++;
    this.#stagedBytes += staged.length;
    return { tip, checkpoint };
  }

  #writeViews(tip: Tip, entries: readonly Uint8Array[]): void {
    for (const [at, entry] of entries.entries()) {
      const index = this.#tip.size + at;
      const hash = tip.node(0, index);
      this.#table.addLeaf(hash, index);
      this.#options.projector.project(this.#db, index, entry, hex(hash));
    }
  }

  /** Signs inside the transaction: a writer that lost the race never signs what another has already committed otherwise. */
  #writeState(tip: Tip, staged: Uint8Array): string {
    const { origin, signer } = this.#options;
    const { size } = tip;
    const root = tip.root();
    const checkpoint = signCheckpoint(origin, size, root, signer);
    this.#table.write({ size, root, checkpoint, settled: this.#state().settled });
    this.#table.addStaged({ begins: this.#tip.size, size, root, entries: staged });
    return checkpoint;
  }

  /** Under the write lock: follows what other processes committed; true when there was something. */
  #catchUp(): boolean {
    const state = this.#state();
    if (state.size < this.#tip.size) throw shrunk(`log.sqlite went back from ${this.#tip.size} entries to ${state.size} while the log was open`);
    if (state.size === this.#tip.size && equalHashes(state.root, this.#tip.root())) return false;
    this.#replay(state);
    return true;
  }

  /** Under the write lock: follows the staged bundles, from where this process is, or from the settled tiles where those are further. */
  #replay(state: LogState): void {
    const follows = this.#table.isContinued(this.#tip.size);
    const from = follows ? this.#tip : loadTip(this.#options.dir, state.settled);
    const tip = followStaged(from, this.#table.staged(from.size, state.size));
    if (tip.size !== state.size || !equalHashes(tip.root(), state.root))
      throw disagrees(`the tiles lead to size ${tip.size} and root ${hex(tip.root())}, log.sqlite says ${state.size} and ${hex(state.root)}`);
    this.#tip = tip;
    if (!follows) this.#expanded = from.size;
  }

  #expand(): void {
    writeTiles(this.#options.dir, this.#tip, this.#expanded, this.#temporary, this.#step);
    this.#tip = this.#tip.trimmed();
    this.#expanded = this.#tip.size;
  }

  /** Under the write lock: a slower process never puts an older checkpoint over a newer one. */
  #replaceCheckpoint({ checkpoint }: LogState): void {
    this.#step("publish checkpoint");
    putFile(join(this.#options.dir, "checkpoint"), checkpoint, this.#temporary);
  }

  /** False when another process settled further meanwhile and removed partial tiles. */
  #syncTiles(settled: number, size: number): boolean {
    try {
      syncTiles(this.#options.dir, settled, size, this.#step);
    } catch (error) {
      if (isAbsent(error) && this.#state().settled >= size) return false;
      throw error;
    }
    this.#step("drop partial tiles");
    dropPartials(this.#options.dir, settled, size);
    return true;
  }

  /** Under the write lock: the checkpoint outside only moves forward. */
  #keepOutside(state: LogState): void {
    const file = this.#options.outsideCheckpoint;
    if (file === undefined) return;
    this.#step("keep checkpoint outside");
    makeFolderDurably(dirname(file));
    replaceDurably(file, state.checkpoint);
  }

  #state(): LogState {
    const state = this.#table.read();
    if (state === undefined) throw disagrees("the row of the log's state vanished from log.sqlite");
    return state;
  }
}

function appendedAt(tip: Tip, index: number, checkpoint: string): Appended {
  const proof = inclusionProof(tip, index, tip.size).map((hash) => Buffer.from(hash).toString("base64"));
  return { index, leafHash: hex(tip.node(0, index)), checkpoint, proof };
}

/** Throws LogError WB_LOG_ENTRY_TOO_LARGE. */
export function checkEntry(entry: Uint8Array): void {
  if (entry.length <= MAX_ENTRY_BYTES) return;
  throw new LogError("WB_LOG_ENTRY_TOO_LARGE", `an entry of ${entry.length} bytes; the log takes at most ${MAX_ENTRY_BYTES}`, {
    hint: "Store the document as a blob and log its digest.",
  });
}

function hex(hash: Uint8Array): string {
  return Buffer.from(hash).toString("hex");
}

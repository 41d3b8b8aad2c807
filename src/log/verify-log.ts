import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { LogError } from "./errors.ts";
import { followStaged } from "./follow-staged.ts";
import { loadTip } from "./load-tip.ts";
import { equalHashes, rootHash } from "./merkle.ts";
import { checkState, type LogIdentity, readCheckpoint, type SignedCheckpoint } from "./opening-checks.ts";
import { type LogState, StateTable } from "./state.ts";
import { TileNodes } from "./tile-nodes.ts";
import { damagedPartials } from "./verify-partials.ts";
import { type LogProblem, type Report, verifyTiles } from "./verify-tiles.ts";

export interface VerifyOptions extends LogIdentity {
  /** Where the last signed checkpoint is kept outside `dir`. */
  readonly outsideCheckpoint?: string;
}

export type LogVerification =
  | {
      readonly kind: "verified";
      readonly checkpoint: SignedCheckpoint;
      /** Entries that are committed and not yet in the tiles; they were verified from their staged bundles. */
      readonly unpublished: number;
      /** Size of the checkpoint kept outside, which this log extends; undefined when none was there. */
      readonly outsideSize: number | undefined;
      /** Partial tiles that wider ones took the place of, and that are damaged: the tree does not need them, so deleting them mends the log. */
      readonly damagedPartials: readonly LogProblem[];
    }
  | { readonly kind: "broken"; readonly problems: readonly LogProblem[] };

/** What a verified log does not say; printed beside it. */
export const WITHOUT_WITNESS =
  "Without a witness the log protects against accidents and outsiders, not against the holder of its key. A restored older copy is noticed only by a checkpoint that is kept elsewhere.";

/** What is wrong with thousands of files is said by the first of them. */
const MAX_PROBLEMS = 100;
/** How often what looks wrong is looked at again while a writer moves files. */
const MAX_ATTEMPTS = 20;

/**
 * Verifies a whole log: each entry hashes to its tile, the tiles to the root, the root is the one in the signed checkpoint, the database says the
 * same and indexes every leaf, and the checkpoint kept outside is extended. Streams: memory does not grow with the log. A log may be verified
 * while it is written. Throws only where the disk cannot be read.
 */
export function verifyLog(options: VerifyOptions): LogVerification {
  if (!existsSync(join(options.dir, "log.sqlite"))) return { kind: "broken", problems: [{ file: "log.sqlite", what: "is missing" }] };
  const db = new DatabaseSync(join(options.dir, "log.sqlite"), { readOnly: true, timeout: 5000 });
  try {
    return verifyWith(options, db);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR")) throw error;
    return { kind: "broken", problems: [{ file: "log.sqlite", what: `cannot be read as the database of a log: ${error.message}` }] };
  } finally {
    db.close();
  }
}

function verifyWith(options: VerifyOptions, db: DatabaseSync): LogVerification {
  const { state, checkpoint, outside, problems } = standingOf(options, new StateTable(db));
  const report: Report = (problem) => void (problems.length < MAX_PROBLEMS && problems.push(problem));
  if (checkpoint === undefined || state === undefined) return { kind: "broken", problems };
  const root = verifyTiles(options.dir, checkpoint.size, report, leafIndexChecker(db, report));
  if (root !== undefined && !equalHashes(root, checkpoint.root))
    report({ file: "checkpoint", what: `is signed for size ${checkpoint.size} with another root than the tiles hash to` });
  if (problems.length === 0 && outside !== undefined) checkOutside(options, checkpoint, outside, report);
  if (problems.length > 0) return { kind: "broken", problems };
  return {
    kind: "verified",
    checkpoint,
    unpublished: Math.max(0, state.size - checkpoint.size),
    outsideSize: outside?.size,
    damagedPartials: damagedPartials(options.dir, checkpoint.size),
  };
}

/** What the log says of itself, in its three places, and what is wrong with that alone. */
interface Standing {
  readonly state: LogState | undefined;
  readonly checkpoint: SignedCheckpoint | undefined;
  readonly outside: SignedCheckpoint | undefined;
  readonly problems: LogProblem[];
}

/** A commit or a settling under way moves files that were about to be read: what looks wrong is looked at again. */
function standingOf(options: VerifyOptions, table: StateTable): Standing {
  for (let attempt = 1; ; attempt++) {
    const standing = readStanding(options, table);
    const { size, settled } = standing.state ?? {};
    const now = table.read();
    if (standing.problems.length === 0 || attempt === MAX_ATTEMPTS || (now?.size === size && now?.settled === settled)) return standing;
  }
}

/** Reads in the order in which one may be behind the other: outside, database, published. */
function readStanding(options: VerifyOptions, table: StateTable): Standing {
  const problems: LogProblem[] = [];
  const report: Report = (problem) => void problems.push(problem);
  const file = options.outsideCheckpoint;
  const outside = file === undefined ? undefined : reporting(file, report, () => readCheckpoint(file, options));
  const state = table.read();
  if (state === undefined) report({ file: "log.sqlite", what: "has no state of a log" });
  const checkpoint = reporting("checkpoint", report, () => {
    const published = readCheckpoint(join(options.dir, "checkpoint"), options);
    if (published === undefined) report({ file: "checkpoint", what: "is missing" });
    return published;
  });
  if (state !== undefined && outside !== undefined && outside.size > state.size)
    report({ file: file ?? "", what: `shows that the log had signed ${outside.size} entries; here are ${state.size}: an older copy was restored` });
  if (state !== undefined && checkpoint !== undefined) checkDatabase(options, table, state, checkpoint, report);
  return { state, checkpoint, outside, problems };
}

/** The leaf index must know every leaf, at the index of its first entry. */
function leafIndexChecker(db: DatabaseSync, report: Report): (hash: Uint8Array, index: number) => void {
  const find = db.prepare("SELECT idx FROM log_leaf WHERE hash = ?");
  return (hash, index) => {
    const found = find.get(hash)?.idx;
    if (typeof found !== "number")
      report({ file: "log.sqlite", what: `does not index entry ${index}; weighbridge log rebuild makes the index anew` });
    else if (found > index) report({ file: "log.sqlite", what: `indexes entry ${index} as ${found}; weighbridge log rebuild makes the index anew` });
  };
}

/** The database may be ahead of what is published, by commits whose staged bundles lead to its root. */
function checkDatabase(options: VerifyOptions, table: StateTable, state: LogState, checkpoint: SignedCheckpoint, report: Report): void {
  reporting("log.sqlite", report, () => checkState(state, options));
  if (checkpoint.size > state.size) {
    const now = table.read();
    if (now === undefined || now.size < checkpoint.size)
      report({
        file: "log.sqlite",
        what: `says ${state.size} entries, but a checkpoint of ${checkpoint.size} was published: an older copy was restored`,
      });
    return;
  }
  if (checkpoint.size < state.settled)
    report({ file: "checkpoint", what: `is of size ${checkpoint.size}, but ${state.settled} entries were settled: an older copy was restored` });
  const root =
    checkpoint.size === state.size
      ? checkpoint.root
      : reporting("log.sqlite", report, () => followStaged(loadTip(options.dir, checkpoint.size), table.staged(checkpoint.size, state.size)).root());
  if (root !== undefined && !equalHashes(root, state.root))
    report({
      file: "log.sqlite",
      what: `says ${state.size} entries with another root than the published checkpoint and the staged bundles lead to`,
    });
}

/** Once the tiles are known to be good: the checkpoint outside is one of their earlier states, or is not published yet. */
function checkOutside(options: VerifyOptions, checkpoint: SignedCheckpoint, outside: SignedCheckpoint, report: Report): void {
  if (outside.size > checkpoint.size || equalHashes(rootHash(new TileNodes(options.dir, checkpoint.size), outside.size), outside.root)) return;
  const what = `shows that the log had signed another root for its first ${outside.size} entries: history was changed`;
  report({ file: options.outsideCheckpoint ?? "", what });
}

function reporting<T>(file: string, report: Report, body: () => T): T | undefined {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    report({ file, what: error.message });
    return undefined;
  }
}

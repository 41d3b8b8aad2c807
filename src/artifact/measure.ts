import { type BigIntStats, closeSync, constants, fstatSync, openSync } from "node:fs";
import type { Artifact, ManifestEntry } from "./artifact.ts";
import { HashPool } from "./hash-pool.ts";
import { artifactOf } from "./manifest.ts";
import { codeOf, type Tree, type TreeFile } from "./tree.ts";

/** A file on the bridge: one descriptor for hashing and parsing alike, so that what is hashed is what is parsed. */
export interface OpenFile {
  readonly fd: number;
  readonly path: string;
  readonly size: number;
}

/** Something about the tree itself that an examination must speak of. */
export interface TreeProblem {
  readonly kind: "link-followed" | "folder-link" | "link" | "special" | "unreadable" | "changed-while-read";
  readonly path: string;
  readonly what: string;
}

export interface Measured {
  readonly artifact: Artifact;
  readonly problems: readonly TreeProblem[];
}

export interface MeasureOptions {
  /** Called with every open file while it is hashed; the file is closed after both have ended. `again` asks for `revisit`. */
  readonly inspect?: (file: OpenFile) => Promise<"again" | undefined>;
  /** Called, after all files were measured, with each that `inspect` asked it for, opened once more and only while it is as it was. */
  readonly revisit?: (file: OpenFile) => Promise<void>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MeasureProgress) => void;
}

export interface MeasureProgress {
  readonly hashedBytes: number;
  readonly totalBytes: number;
  readonly files: number;
  readonly totalFiles: number;
}

interface Asked {
  readonly file: TreeFile;
  readonly before: BigIntStats;
}

const OPEN_AT_ONCE = 64;
const BREATHER_MS = 40;

/** Hashes every file of a tree, several at a time, and yields the artifact. Rejects with the signal's reason when it is aborted. */
export async function measureTree(tree: Tree, options: MeasureOptions = {}): Promise<Measured> {
  const pool = new HashPool();
  const entries: ManifestEntry[] = [];
  const problems: TreeProblem[] = [];
  const totalBytes = tree.files.reduce((sum, file) => sum + file.size, 0);
  let done = 0;
  const report = () => options.onProgress?.({ hashedBytes: pool.hashedBytes, totalBytes, files: done, totalFiles: tree.files.length });
  const ticker = options.onProgress === undefined ? undefined : setInterval(report, 100);
  const stop = () => void pool.close();
  options.signal?.addEventListener("abort", stop);
  const waiting = tree.files.values();
  const asked: Asked[] = [];
  /** Takes one file after the other; several lanes run at once, and each lets the event loop breathe now and then. */
  const lane = async () => {
    let breather = performance.now() + BREATHER_MS;
    for (const file of waiting) {
      options.signal?.throwIfAborted();
      const before = await measureFile(file, pool, options.inspect, entries, problems);
      if (before !== null) asked.push({ file, before });
      done++;
      if (performance.now() > breather) {
        await new Promise(setImmediate);
        breather = performance.now() + BREATHER_MS;
      }
    }
  };
  try {
    const lanes = await Promise.allSettled(Array.from({ length: Math.min(OPEN_AT_ONCE, tree.files.length) }, lane));
    options.signal?.throwIfAborted();
    const failed = lanes.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    report();
    for (const { file, before } of asked) {
      options.signal?.throwIfAborted();
      await revisitFile(file, before, options.revisit, problems);
    }
  } finally {
    clearInterval(ticker);
    options.signal?.removeEventListener("abort", stop);
    await pool.close();
  }
  for (const other of tree.others) {
    problems.push({ kind: other.type, path: other.path, what: other.what });
    if (other.type === "folder-link" || other.type === "link") entries.push({ path: other.path, type: other.type, target: other.what });
    else entries.push({ path: other.path, type: other.type });
  }
  return { artifact: artifactOf(entries, tree), problems };
}

/** Measures one file. Yields what it was like where it is to be looked at again. */
async function measureFile(
  file: TreeFile,
  pool: HashPool,
  inspect: MeasureOptions["inspect"],
  entries: ManifestEntry[],
  problems: TreeProblem[],
): Promise<BigIntStats | null> {
  let fd: number;
  try {
    fd = openFile(file);
  } catch (error) {
    problems.push({ kind: "unreadable", path: file.path, what: codeOf(error) });
    entries.push({ path: file.path, type: "unreadable" });
    return null;
  }
  try {
    const before = fstatSync(fd, { bigint: true });
    const size = Number(before.size);
    if (!before.isFile()) {
      problems.push({ kind: "changed-while-read", path: file.path, what: "no longer a regular file" });
      entries.push({ path: file.path, type: "special" });
      return null;
    }
    if (file.linkTarget !== undefined) problems.push({ kind: "link-followed", path: file.path, what: file.linkTarget });
    const [hashed, inspected] = await Promise.allSettled([pool.hash(fd, size), inspect?.({ fd, path: file.path, size })]);
    if (inspected.status === "rejected") throw inspected.reason;
    const after = fstatSync(fd, { bigint: true });
    const changed = differenceOf(before, after);
    if (hashed.status === "rejected" && changed === null) {
      problems.push({ kind: "unreadable", path: file.path, what: hashed.reason instanceof Error ? hashed.reason.message : "read error" });
      entries.push({ path: file.path, type: "unreadable" });
      return null;
    }
    if (changed !== null) problems.push({ kind: "changed-while-read", path: file.path, what: changed });
    if (hashed.status === "fulfilled") entries.push({ path: file.path, type: "file", size, sha256: hashed.value });
    else entries.push({ path: file.path, type: "unreadable" });
    return inspected.value === "again" && changed === null ? before : null;
  } finally {
    closeSync(fd);
  }
}

/** Lets `revisit` look at a file again. One that is not as it was when it was measured is a problem, and is not looked at. */
async function revisitFile(file: TreeFile, before: BigIntStats, revisit: MeasureOptions["revisit"], problems: TreeProblem[]): Promise<void> {
  let fd: number;
  try {
    fd = openFile(file);
  } catch (error) {
    problems.push({ kind: "changed-while-read", path: file.path, what: `it could not be opened again (${codeOf(error)})` });
    return;
  }
  try {
    const changed = () => differenceOf(before, fstatSync(fd, { bigint: true }));
    if (changed() === null) await revisit?.({ fd, path: file.path, size: Number(before.size) });
    const what = changed();
    if (what !== null) problems.push({ kind: "changed-while-read", path: file.path, what });
  } finally {
    closeSync(fd);
  }
}

/** O_NONBLOCK: a pipe put in the file's place must not hang us; O_NOFOLLOW: nor a link lead us elsewhere. */
function openFile({ location }: TreeFile): number {
  return openSync(location, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}

/** Which of the marks that any write leaves differs, or null. */
function differenceOf(before: BigIntStats, after: BigIntStats): string | null {
  const marks = ["dev", "ino", "size", "mtimeNs", "ctimeNs"] as const;
  const changed = marks.filter((mark) => before[mark] !== after[mark]);
  return changed.length === 0 ? null : `${changed.join(", ")} changed between the first and the last read`;
}

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Tree } from "../artifact/tree.ts";
import { type Digest, digestOf, hexOf } from "../digest.ts";
import { canonicalJson } from "../json.ts";
import type { Tool } from "./examination.ts";
import type { FileReport } from "./file-report.ts";

/** Artifacts that are kept, the latest ones. */
const MAX_KEPT = 500;
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * What examining the files of an artifact yielded, by the artifact's digest and by what examined it: version, rules and limits. The digest is of bytes
 * that were hashed anew, so an entry can be old but not wrong. Only complete examinations are kept. It answers `scan`; what is admitted is examined.
 */
export class ReportCache {
  readonly #folder: string;

  /** `folder` is made when something is kept. One that others may write to is not used. */
  constructor(folder: string, tool: Tool) {
    this.#folder = join(folder, hexOf(digestOf(canonicalJson({ ...tool }))).slice(0, 32));
  }

  /** Whether an artifact with these names and sizes is kept: then it pays to hash before anything is examined. */
  isLikely(tree: Tree): boolean {
    return this.#isOurs() && this.#read(`${shapeOf(tree)}.shape`) !== null;
  }

  get(artifact: Digest): readonly FileReport[] | null {
    const text = this.#isOurs() ? this.#read(`${hexOf(artifact)}.json`) : null;
    if (text === null) return null;
    try {
      return JSON.parse(text) as readonly FileReport[]; // `put` wrote it, in a folder of the user's own
    } catch {
      return null;
    }
  }

  /** Keeps reports. That they cannot be kept, as on a full disk, is no failure of the examination. */
  put(tree: Tree, artifact: Digest, reports: readonly FileReport[]): void {
    const text = JSON.stringify(reports);
    if (text.length > MAX_BYTES) return;
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      if (!this.#isOurs()) return;
      this.#write(`${hexOf(artifact)}.json`, text);
      this.#write(`${shapeOf(tree)}.shape`, "");
      this.#forgetOldest();
    } catch {
      // Examining again is all that is lost.
    }
  }

  #read(name: string): string | null {
    try {
      return readFileSync(join(this.#folder, name), "utf8");
    } catch {
      return null;
    }
  }

  /** By rename: another process sees all of it or nothing. */
  #write(name: string, text: string): void {
    const temporary = join(this.#folder, `${process.pid}.${name}.new`);
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, join(this.#folder, name));
  }

  #forgetOldest(): void {
    const names = readdirSync(this.#folder);
    if (names.length <= 2 * MAX_KEPT) return;
    const byAge = names.map((name) => ({ name, writtenMs: statSync(join(this.#folder, name)).mtimeMs })).sort((a, b) => a.writtenMs - b.writtenMs);
    for (const { name } of byAge.slice(0, names.length - MAX_KEPT)) rmSync(join(this.#folder, name), { force: true });
  }

  #isOurs(): boolean {
    try {
      const { uid, mode } = statSync(this.#folder);
      return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    } catch {
      return false;
    }
  }
}

/** A name for the listing of a tree: paths, sizes and kinds, before anything is read. */
function shapeOf(tree: Tree): string {
  const listing = [...tree.files.map(({ path, size }) => `${path} ${size}`), ...tree.others.map(({ path, type, what }) => `${path} ${type} ${what}`)];
  return hexOf(digestOf(listing.join("\n")));
}

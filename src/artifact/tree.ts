import type { Dirent, Stats } from "node:fs";
import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { LEFT_OUT } from "../left-out.ts";
import { byCodePoint, encodeSegment } from "../path-encoding.ts";
import { ArtifactError } from "./errors.ts";
import { blobsBeside, leadsInto } from "./links.ts";

/** A file to read: a regular one, or the one that a link leads to. */
export interface TreeFile {
  /** Relative, encoded: the path in the manifest. */
  readonly path: string;
  /** Where to open it: raw bytes, as names need not be UTF-8. */
  readonly location: Buffer;
  readonly size: number;
  /** Set when the entry is a link that counts as this file. */
  readonly linkTarget?: string;
}

/** An entry that is recorded and never opened. */
export interface TreeOther {
  readonly path: string;
  readonly type: "folder-link" | "link" | "special" | "unreadable";
  /** Of a link, encoded. Otherwise what the thing is, or why it could not be read. */
  readonly what: string;
}

/** What lies on disk, sorted by code point of path, nothing read yet. */
export interface Tree {
  /** The artifact is one file: the manifest holds its base name as it was given, also where that is a link into the hub cache's blobs. */
  readonly single: boolean;
  readonly files: readonly TreeFile[];
  readonly others: readonly TreeOther[];
  /** A name in it is not UTF-8. */
  readonly foreignNames: boolean;
}

const MAX_ENTRIES = 2_000_000;

/**
 * Lists a file or folder without reading content. Links to folders are never descended, so no loop can arise.
 * Throws ArtifactError for a path that is missing, empty, unreadable, or neither file nor folder.
 */
export function surveyTree(path: string): Tree {
  const { root, stat } = realRoot(path);
  const survey = new Survey(root);
  if (stat.isFile()) survey.addFile(Buffer.from(root), encodeSegment(basename(resolve(path))));
  else if (stat.isDirectory()) survey.addFolder(Buffer.from(root), "");
  else throw new ArtifactError("WB_ARTIFACT_NOT_A_FILE", `${path} is neither a file nor a folder`, { hint: "Give a model file or a folder." });
  if (survey.files.length + survey.others.length === 0)
    throw new ArtifactError("WB_ARTIFACT_EMPTY", `${path} holds no files`, { hint: "Give a folder with the model in it." });
  return {
    single: stat.isFile(),
    files: survey.files.sort((a, b) => byCodePoint(a.path, b.path)),
    others: survey.others.sort((a, b) => byCodePoint(a.path, b.path)),
    foreignNames: survey.foreignNames,
  };
}

function realRoot(path: string): { readonly root: string; readonly stat: Stats } {
  try {
    const root = realpathSync(path);
    return { root, stat: statSync(root) };
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new ArtifactError("WB_ARTIFACT_MISSING", `${path} does not exist`, { hint: "Check the path.", cause });
    if (code === "ELOOP")
      throw new ArtifactError("WB_ARTIFACT_MISSING", `${path} is a link that leads to itself`, { hint: "Check the path.", cause });
    throw new ArtifactError("WB_ARTIFACT_UNREADABLE", `${path} cannot be read (${code})`, { hint: "Check its permissions.", cause });
  }
}

class Survey {
  readonly files: TreeFile[] = [];
  readonly others: TreeOther[] = [];
  foreignNames = false;
  readonly #root: string;
  readonly #blobs: string | null;
  /** Files, folders and all else. */
  #seen = 0;

  constructor(root: string) {
    this.#root = root;
    this.#blobs = blobsBeside(root);
  }

  addFolder(top: Buffer, topPath: string): void {
    const folders: { location: Buffer; path: string }[] = [{ location: top, path: topPath }];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const entry of this.#list(folder.location, folder.path)) {
        const path = folder.path === "" ? encodeSegment(entry.name) : `${folder.path}/${encodeSegment(entry.name)}`;
        const location = Buffer.concat([folder.location, SLASH, entry.name]);
        if (!isUtf8(entry.name)) this.foreignNames = true;
        if (++this.#seen > MAX_ENTRIES)
          throw new ArtifactError("WB_ARTIFACT_TOO_MANY", `${this.#root} holds more than ${MAX_ENTRIES} files and folders`, {
            hint: "Give the folder of one model.",
          });
        if (entry.isDirectory()) {
          if (!LEFT_OUT.some((left) => left === path)) folders.push({ location, path });
        } else if (entry.isFile()) this.addFile(location, path);
        else if (entry.isSymbolicLink()) this.#addLink(location, path);
        else this.others.push({ path, type: "special", what: specialKind(entry) });
      }
    }
  }

  addFile(location: Buffer, path: string): void {
    try {
      this.files.push({ path, location, size: lstatSync(location).size });
    } catch (cause) {
      this.others.push({ path, type: "unreadable", what: codeOf(cause) }); // gone since the listing, or in a folder that may be listed and not entered
    }
  }

  #list(location: Buffer, path: string): Dirent<Buffer>[] {
    try {
      return readdirSync(location, { withFileTypes: true, encoding: "buffer" });
    } catch (cause) {
      if (path === "")
        throw new ArtifactError("WB_ARTIFACT_UNREADABLE", `${this.#root} cannot be read (${codeOf(cause)})`, {
          hint: "Check its permissions.",
          cause,
        });
      this.others.push({ path, type: "unreadable", what: `folder: ${codeOf(cause)}` });
      return [];
    }
  }

  #addLink(location: Buffer, path: string): void {
    let target = "";
    try {
      target = encodeTarget(readlinkSync(location, { encoding: "buffer" }));
      const real = realpathSync(location, { encoding: "buffer" });
      const stat = lstatSync(real);
      const inside = leadsInto(this.#root, real) || (this.#blobs !== null && leadsInto(this.#blobs, real));
      if (stat.isDirectory()) this.others.push({ path, type: "folder-link", what: target });
      else if (inside && stat.isFile()) this.files.push({ path, location: real, size: stat.size, linkTarget: target });
      else this.others.push({ path, type: "link", what: target });
    } catch {
      this.others.push({ path, type: "link", what: target });
    }
  }
}

const SLASH = Buffer.from("/");

function encodeTarget(raw: Buffer): string {
  const segments: string[] = [];
  for (let from = 0; from <= raw.length; ) {
    const slash = raw.indexOf("/", from);
    const to = slash === -1 ? raw.length : slash;
    segments.push(encodeSegment(raw.subarray(from, to)));
    from = to + 1;
  }
  return segments.join("/");
}

function specialKind(entry: Dirent<Buffer>): string {
  if (entry.isFIFO()) return "named pipe";
  if (entry.isSocket()) return "socket";
  if (entry.isCharacterDevice()) return "character device";
  if (entry.isBlockDevice()) return "block device";
  return "unknown kind";
}

function isUtf8(name: Buffer): boolean {
  return Buffer.from(name.toString("utf8"), "utf8").equals(name);
}

export function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "unknown error";
}

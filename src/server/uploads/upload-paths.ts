import { LEFT_OUT } from "../../left-out.ts";
import { encodeSegment } from "../../path-encoding.ts";
import { UploadError } from "./errors.ts";

/** A file as it was announced. `path` is written as a manifest writes it. */
export interface AnnouncedFile {
  readonly path: string;
  readonly size: number;
}

const MAX_PATH = 1000;
/** What common file systems take as one name. */
const MAX_NAME_BYTES = 255;
const MAX_DEPTH = 64;
const MAX_FOLDERS = 100_000;

/**
 * Checks what a client announced, all of it before anything is made. A path that is taken leads below the upload's folder on every platform, and the
 * walker will read it back as the same path: otherwise server and client would disagree about the digest. Throws UploadError WB_UPLOAD_PATH.
 */
export function expectPaths(files: readonly AnnouncedFile[]): void {
  const paths = new Set<string>();
  const folders = new Set<string>();
  for (const { path } of files) {
    if (!PLAIN_PATH.test(path) || path.length > MAX_PATH) namesIn(path);
    if (paths.has(path)) throw refusal(path, "is announced twice");
    paths.add(path);
    for (let folder = folderOf(path); folder !== null && !folders.has(folder); folder = folderOf(folder)) folders.add(folder);
  }
  const both = files.find(({ path }) => folders.has(path));
  if (both !== undefined) throw refusal(both.path, "is announced as a file and as a folder");
  if (folders.size > MAX_FOLDERS)
    throw new UploadError("WB_UPLOAD_PATH", `the files lie in more than ${MAX_FOLDERS} folders`, { hint: "Send the folder of one model." });
}

/** The names on the way to a file, as the bytes that they have on disk. Throws UploadError WB_UPLOAD_PATH. */
export function namesIn(path: string): readonly Buffer[] {
  if (path.length > MAX_PATH) throw refusal(path, `is longer than ${MAX_PATH} characters`);
  if (path.startsWith("/")) throw refusal(path, "is absolute");
  if (/^[A-Za-z]:/.test(path)) throw refusal(path, "begins with a drive");
  if (LEFT_OUT.some((folder) => path.startsWith(`${folder}/`))) throw refusal(path, "lies in a folder that is no part of an artifact");
  const segments = path.split("/");
  if (segments.length > MAX_DEPTH) throw refusal(path, `lies more than ${MAX_DEPTH} folders deep`);
  return segments.map((segment) => nameIn(segment, path));
}

function nameIn(segment: string, path: string): Buffer {
  const name = decodeSegment(segment);
  if (encodeSegment(name) !== segment) throw refusal(path, "is not written as a manifest writes it");
  if (segment === "") throw refusal(path, "has an empty name in it");
  if (segment === "." || segment === "..") throw refusal(path, "leads elsewhere");
  if (name.includes(0)) throw refusal(path, "has a NUL in it");
  if (name.includes("/") || name.includes("\\")) throw refusal(path, "has a slash in a name");
  if (name.length > MAX_NAME_BYTES) throw refusal(path, `has a name of more than ${MAX_NAME_BYTES} bytes`);
  return name;
}

/** Names without anything that could be refused, at most eight deep: most paths are such, and there may be a hundred thousand of them. */
const PLAIN_PATH = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}){0,7}$/;

function folderOf(path: string): string | null {
  const end = path.lastIndexOf("/");
  return end === -1 ? null : path.slice(0, end);
}

/** The bytes that `encodeSegment` wrote. */
function decodeSegment(segment: string): Buffer {
  return Buffer.concat(segment.split(/%([0-9A-F]{2})/).map((part, i) => Buffer.from(part, i % 2 === 0 ? "utf8" : "hex")));
}

function refusal(path: string, why: string): UploadError {
  return new UploadError("WB_UPLOAD_PATH", `${JSON.stringify(path.slice(0, 200))} ${why}`, {
    hint: "Paths are relative, with / between names, as in the artifact's manifest.",
  });
}

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { Examination } from "../scan/examination.ts";

/** Where code scanning stops to be read by people, too. */
const MAX_BYTES = 1 << 22;
const NEWLINE = 0x0a;

/**
 * The line of a byte in a text file of a model that was examined, for tools that point at lines. The file is read again, so this is a help for the eye
 * and no evidence. Undefined for what is no text, is larger than 4 MB, or cannot be read any more.
 */
export function linesOf({ source, examination }: { readonly source: string; readonly examination: Examination }) {
  const { entries } = examination.artifact.manifest;
  const known = new Map<string, Uint8Array | null>();
  return (path: string, offset: number): number | undefined => {
    let bytes = known.get(path);
    if (bytes === undefined) {
      const isSingle = entries.length === 1 && entries[0]?.path === path && source.endsWith(path);
      bytes = textAt(isSingle ? Buffer.from(source) : Buffer.concat([Buffer.from(`${source}/`), rawPath(path)]));
      known.clear(); // findings come file by file
      known.set(path, bytes);
    }
    if (bytes === null || offset > bytes.length) return undefined;
    let line = 1;
    for (let at = bytes.indexOf(NEWLINE); at !== -1 && at < offset; at = bytes.indexOf(NEWLINE, at + 1)) line++;
    return line;
  };
}

/** Bytes of the names as they are on disk: encoded paths write what is not printable as %XX. */
function rawPath(path: string): Buffer {
  return Buffer.concat(
    path.split(/(%[0-9A-F]{2})/).map((part) => (/^%[0-9A-F]{2}$/.test(part) ? Buffer.from(part.slice(1), "hex") : Buffer.from(part))),
  );
}

/** Null for what is no text. Opening never waits: a pipe may have taken the place of the file. */
function textAt(location: Buffer): Uint8Array | null {
  let handle: number | undefined;
  try {
    handle = openSync(location, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(handle);
    if (!stats.isFile() || stats.size > MAX_BYTES) return null;
    const bytes = Buffer.alloc(stats.size);
    const read = readSync(handle, bytes, 0, bytes.length, 0);
    return bytes.subarray(0, 8192).includes(0) ? null : bytes.subarray(0, read);
  } catch {
    return null;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

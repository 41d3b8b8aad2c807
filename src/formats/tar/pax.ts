import { decode } from "./header.ts";

/** What a pax header overrides in the next header. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html */
export interface PaxOverrides {
  readonly path?: string;
  /** Of a sparse file; GNU tar, libarchive and Python take it as the path. https://www.gnu.org/software/tar/manual/html_node/PAX-1.html */
  readonly sparseName?: string;
  readonly linkPath?: string;
  readonly size?: number;
}

/** Reads `length key=value\n` records. Null when one is malformed: readers then disagree about what follows. */
export function readPax(bytes: Uint8Array): PaxOverrides | null {
  let overrides: PaxOverrides = {};
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === 0) break; // padding that some writers count in
    const space = bytes.indexOf(0x20, at);
    const length = space === -1 || space - at > 9 ? Number.NaN : Number(decode(bytes.subarray(at, space)));
    if (!Number.isSafeInteger(length) || length < space - at + 4 || at + length > bytes.length || bytes[at + length - 1] !== 0x0a) return null;
    const record = bytes.subarray(space + 1, at + length - 1);
    const equals = record.indexOf(0x3d);
    if (equals === -1) return null;
    const key = decode(record.subarray(0, equals));
    const value = decode(record.subarray(equals + 1));
    if (key === "path") overrides = { ...overrides, path: value };
    if (key === "GNU.sparse.name") overrides = { ...overrides, sparseName: value };
    if (key === "linkpath") overrides = { ...overrides, linkPath: value };
    if (key === "size") {
      if (!/^\d{1,15}$/.test(value)) return null;
      overrides = { ...overrides, size: Number(value) };
    }
    at += length;
  }
  return overrides;
}

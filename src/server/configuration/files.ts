import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/** A small regular file as it was when it was read. */
export interface SmallFile {
  readonly bytes: Uint8Array;
  /** Permission bits; none on Windows, where they mean nothing. */
  readonly mode: number;
}

/** Reads a whole file, up to a size. Throws what the system says, or an Error that tells why it is not such a file. */
export function readSmallFile(path: string, maxBytes: number): SmallFile {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK); // a pipe is not waited for
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new Error("not a file");
    if (stat.size > maxBytes) throw new Error(`larger than ${maxBytes} bytes`);
    return { bytes: readFileSync(descriptor), mode: process.platform === "win32" ? 0 : stat.mode & 0o777 };
  } finally {
    closeSync(descriptor);
  }
}

/** Why a file could not be read, without its name or its content: to be read behind the name of what should be in it. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return "does not exist";
  if (code === "EACCES" || code === "EPERM") return "may not be read by this user";
  if (typeof code === "string") return `cannot be read (${code})`;
  return `is ${error instanceof Error ? error.message : "unreadable"}`;
}

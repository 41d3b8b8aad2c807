import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { UsageError } from "../errors.ts";

/** What is written on request. A baseline is missing: people write in it, so it is never replaced. */
export type OutputKind = "sarif" | "html" | "cyclonedx" | "trust" | "status";

/** What stands near the beginning or the end of each file that we write, and of no other. */
const MARK: Readonly<Record<OutputKind, RegExp>> = {
  sarif: /"driver": \{\s*"name": "Weighbridge"/,
  html: /<meta name="generator" content="Weighbridge">/,
  cyclonedx: /"bomFormat": "CycloneDX"[\s\S]*"name": "weighbridge"/,
  trust: /"schema": ?"weighbridge\.trust\/1"/,
  status: /"payloadType": ?"application\/vnd\.weighbridge\.status\+json"/,
};

/**
 * Throws UsageError where a file would be lost that no earlier run wrote: a slip in the order of words must not cost a model. A new file, an empty one
 * and one of the same kind are fine, and so is what is no file (a pipe, /dev/stderr).
 */
export function expectReplaceable(file: string, kind: OutputKind): void {
  if (file === "-" || isStream(file) || !existsSync(file)) return;
  const ends = endsOf(file);
  if (ends !== "" && !MARK[kind].test(ends))
    throw new UsageError(
      `${file} exists, and is no ${kind} file that Weighbridge wrote`,
      "Give a new file, or remove that one first if nobody needs it.",
    );
}

const HEAD_BYTES = 65_536;
const TAIL_BYTES = 4096;

function endsOf(file: string): string {
  let handle: number;
  try {
    handle = openSync(file, "r");
  } catch (cause) {
    throw unwritable(file, cause);
  }
  try {
    const { size } = fstatSync(handle);
    const read = (at: number, length: number) => {
      const bytes = Buffer.alloc(length);
      return bytes.toString("latin1", 0, readSync(handle, bytes, 0, length, at));
    };
    return read(0, HEAD_BYTES) + (size > HEAD_BYTES ? read(Math.max(HEAD_BYTES, size - TAIL_BYTES), TAIL_BYTES) : "");
  } catch (cause) {
    throw unwritable(file, cause); // a folder
  } finally {
    closeSync(handle);
  }
}

/** What is there and is neither file nor folder takes bytes and loses none. */
export function isStream(file: string): boolean {
  const present = statSync(file, { throwIfNoEntry: false });
  return present !== undefined && !present.isFile() && !present.isDirectory();
}

export function unwritable(file: string, cause: unknown): UsageError {
  const why = typeof cause === "string" ? cause : cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
  return new UsageError(`${file} cannot be written (${why})`, "Give a file in a folder that exists and that you may write to.");
}

import { existsSync } from "node:fs";
import { UsageError } from "../errors.ts";

/** Refuses what is no path of this machine. An empty one, as of an unset variable, would mean the working directory; hub references are not downloaded. */
export function expectPath(source: string): void {
  if (source === "") throw new UsageError("an empty path was given", "Give a model folder or file; the working directory is a dot.");
  if (/^(hf|oci|ollama|s3|https?):/.test(source))
    throw new UsageError(
      `${source} is a reference, and this version reads folders and files`,
      "Download it with the hub's own tool, then give the folder.",
    );
  if (existsSync(source) && !/^\/dev\/(stdin|fd\/)/.test(source)) return;
  if (source === "-" || /^\/dev\/(stdin|fd\/)/.test(source))
    throw new UsageError(
      `standard input cannot be examined (${source})`,
      "Formats are read at their end and in several places: write it to a file, and give that.",
    );
  if (/[*?[]/.test(source))
    throw new UsageError(`${source} does not exist`, "The shell hands a pattern over as it stands when no file matches it: check the folder.");
}

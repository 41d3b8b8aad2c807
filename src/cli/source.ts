import { UsageError } from "../errors.ts";

/** Refuses what is no path of this machine. An empty one, as of an unset variable, would mean the working directory; hub references are not downloaded. */
export function expectPath(source: string): void {
  if (source === "") throw new UsageError("an empty path was given", "Give a model folder or file; the working directory is a dot.");
  if (/^(hf|oci|ollama|s3|https?):/.test(source))
    throw new UsageError(
      `${source} is a reference, and this version reads folders and files`,
      "Download it with the hub's own tool, then give the folder.",
    );
}

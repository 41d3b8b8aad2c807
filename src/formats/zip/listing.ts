import type { Probe } from "../../format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { readDirectories } from "./directory.ts";
import { Notes } from "./notes.ts";
import { nameOf, readLocal } from "./records.ts";

/** Local headers that are walked where no directory is left. */
const MAX_WALKED = 64;

/**
 * Names of the members of a zip archive, with forward slashes: for detectors of the formats that are zip archives. By the directory, or where
 * that is lost by the local headers.
 */
export async function* namesInZip({ size, at }: Probe): AsyncGenerator<string, void> {
  const source = { size, read: at };
  const directory = await readDirectories(source, new Budget(DEFAULT_LIMITS), new Notes());
  for await (const { record } of directory.entries()) yield nameOf(record).replaceAll("\\", "/");
  for (let offset = 0, n = 0; n < (directory.count === 0 ? MAX_WALKED : 1); n++) {
    const local = await readLocal(source, offset);
    if (local === null) break;
    yield nameOf(local).replaceAll("\\", "/");
    offset += local.bytes + local.compressedSize;
  }
}

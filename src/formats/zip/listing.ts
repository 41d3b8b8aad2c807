import type { Probe } from "../../format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { readDirectories } from "./directory.ts";
import { Notes } from "./notes.ts";
import { nameOf, readLocal } from "./records.ts";

/** Local headers that are walked where no directory is left. */
const MAX_WALKED = 64;

/** Names of members, with forward slashes: by the directory, or where that is lost by the local headers. */
export async function listMembers({ size, at }: Probe): Promise<readonly string[]> {
  const source = { size, read: at };
  const directory = await readDirectories(source, new Budget(DEFAULT_LIMITS), new Notes());
  const names: string[] = [];
  for await (const { record } of directory.entries()) names.push(nameOf(record).replaceAll("\\", "/"));
  for (let offset = 0, n = 0; n < (directory.count === 0 ? MAX_WALKED : 1); n++) {
    const local = await readLocal(source, offset);
    if (local === null) break;
    names.push(nameOf(local).replaceAll("\\", "/"));
    offset += local.bytes + local.compressedSize;
  }
  return names;
}

/**
 * A member's name as torch's reader compares it: forward slashes, no case (miniz looks names up without it), no empty or `.` segments.
 * https://github.com/pytorch/pytorch/blob/main/caffe2/serialize/inline_container.cc (getRecordID)
 */
export function plainName(name: string): string {
  return name
    .toLowerCase()
    .split(/[/\\]/)
    .filter((segment) => segment !== "" && segment !== ".")
    .join("/");
}

/** Pickles of a torch archive, and the folders beside them that hold their storages. The mobile interpreter's bytecode shares those of the constants. */
export const STORAGE_FOLDERS: Readonly<Record<string, readonly string[]>> = {
  "data.pkl": ["data"],
  "constants.pkl": ["constants"],
  "bytecode.pkl": ["bytecode", "constants"],
};

export function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/") + 1);
}

export function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

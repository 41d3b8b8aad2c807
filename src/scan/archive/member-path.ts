/**
 * Why extracting a member of this name writes outside of the folder that it is extracted to, or null. Judged as every platform would read it:
 * Windows takes both slashes and drives.
 */
export function escapeOf(name: string): string | null {
  if (/^[A-Za-z]:/.test(name)) return "names a drive";
  if (/^[/\\]/.test(name)) return "is an absolute path";
  if (partsOf(name).some((part) => /^\.\.[ .]*$/.test(part))) return "leads out of the folder";
  return null;
}

/** Whether a link at `name` with this target leads out of the folder. A symbolic link is relative to its own folder, a hard link to the top. */
export function linkEscape(name: string, target: string, kind: "symlink" | "hardlink"): string | null {
  if (/^[A-Za-z]:/.test(target) || /^[/\\]/.test(target)) return "is an absolute path";
  const depth = kind === "symlink" ? partsOf(name).length - 1 : 0;
  let level = depth;
  for (const part of partsOf(target)) {
    level += part === ".." ? -1 : 1;
    if (level < 0) return "leads out of the folder";
  }
  return null;
}

function partsOf(path: string): readonly string[] {
  return path.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
}

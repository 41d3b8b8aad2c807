/** Top-level folders of tools that bring a model here. They are no part of an artifact, so nothing in them is hashed or examined. */
export const LEFT_OUT = [".cache/huggingface", ".git"] as const;

/**
 * Whether a relative path leads into such a folder, as some platform would read it: both slashes, no case, no trailing dots and spaces. What lies
 * there is not examined, so a file of the artifact that names it makes a loader read what nobody looked at. Absolute paths are another matter.
 */
export function leadsIntoLeftOut(path: string): boolean {
  if (/^[/\\~]/.test(path)) return false;
  const segments: string[] = [];
  for (const raw of path.toLowerCase().split(/[/\\]/)) {
    if (raw === "..") segments.pop();
    else if (raw !== "." && raw !== "") segments.push(withoutTail(raw));
  }
  return LEFT_OUT.some((folder) => `${segments.join("/")}/`.startsWith(`${folder}/`));
}

/** What `/[ .]+$/` would take away, in linear time. */
function withoutTail(segment: string): string {
  let end = segment.length;
  while (end > 0 && (segment[end - 1] === " " || segment[end - 1] === ".")) end--;
  return segment.slice(0, end);
}

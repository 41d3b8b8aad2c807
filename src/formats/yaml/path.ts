import { MAX_TEXT } from "./facts.ts";

/** One step from a node to its parent. Paths share their beginnings, so that a deep document costs no copies. */
export interface Step {
  readonly part: string | number;
  readonly parent: Step | null;
}

/** From the root to the node. */
export function stepsOf(path: Step | null): readonly (string | number)[] {
  const parts: (string | number)[] = [];
  for (let step = path; step !== null; step = step.parent) parts.push(step.part);
  return parts.reverse();
}

/** RFC 6901, cut to MAX_TEXT characters. */
export function pointerOf(path: Step | null): string {
  return stepsOf(path)
    .map((part) => `/${String(part).slice(0, MAX_TEXT).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("")
    .slice(0, MAX_TEXT);
}

import { ownWords } from "../../../../src/report/finding-groups.ts";
import type { Finding, FindingGroup } from "../../api/types.ts";
import { visible } from "../../words/texts.ts";

/** Where a finding lies, as people read it. */
export function placeText({ path, offset }: Finding): string {
  const place = path === "" ? "the artifact" : visible(path);
  return offset === undefined ? place : `${place} at byte ${offset}`;
}

/** What is said of this place alone: its title where that is another, and the sentences that the group's explanation does not have. */
export function ownText({ title, explanation }: Finding, group: FindingGroup): string {
  const own = ownWords(explanation, group.explanation);
  return title === group.title ? own : `${title}. ${own}`.trim();
}

export function confidenceText(confidence: number): string {
  return `${Math.round(confidence * 100)} % sure`;
}

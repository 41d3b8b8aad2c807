import { visible } from "../../../src/escape.ts";

/** Text of others on one line: what a person would not see is written as `\u{…}`. The browser escapes the markup. */
export { visible };

/** Text of others that may have been erased. */
export function erasable(text: string | null): string {
  return text === null ? "(erased)" : visible(text);
}

/** Text of others that may have lines of its own, as a reason that somebody typed. */
export function visibleLines(text: string): string {
  return text.replace(/\r\n/g, "\n").split("\n").map(visible).join("\n");
}

const MAX_JSON = 200_000;

/** A value as indented JSON, with nothing unseen in it. */
export function jsonLines(value: unknown): string {
  const text = JSON.stringify(value, null, 2) ?? "null";
  return visibleLines(text.length > MAX_JSON ? `${text.slice(0, MAX_JSON)}\n… and ${text.length - MAX_JSON} more characters` : text);
}

/** The first twelve digits of a digest or a leaf hash. */
export function shortHash(hash: string): string {
  return visible(hash)
    .replace(/^sha256:/, "")
    .slice(0, 12);
}

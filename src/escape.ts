/**
 * Makes hostile text safe to print on a terminal or in a CI log: what `visible` does, and a `::` or a `##[`, `##vso[`, `##teamcity[` that a CI runner
 * would read as a command gets a zero-effect break.
 */
export function forTerminal(text: string): string {
  return visible(text)
    .replace(/:(?=:)/g, ":\\")
    .replace(CI_COMMAND, "#\\#");
}

/** Commands of GitHub's and Azure's runners (anywhere in a line, in any case) and of TeamCity. */
const CI_COMMAND = /##(?=\w*\[)/g;

/** C0 and C1 controls, DEL, bidirectional controls, zero-width and tag characters become `\u{…}`. */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`);
}

/** Escapes for HTML text and quoted attribute values. */
export function forHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/**
 * JSON text in which nothing is left that a terminal or a CI log could obey: those characters are written as escapes, so that any JSON reader gets the
 * same value back.
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent)
    .replace(/[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replace(CI_COMMAND, "#\\u0023");
}

/**
 * Makes hostile text safe to print on a terminal or in a CI log: C0 and C1 controls, DEL, bidirectional controls, zero-width and tag characters
 * become visible `\u{…}`; a `::` or `##[` that a CI runner would read as a command gets a zero-effect break.
 */
export function forTerminal(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`)
    .replace(/::/g, ":\\:")
    .replace(/##\[/g, "#\\#[");
}

/** Escapes for HTML text and quoted attribute values. */
export function forHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/**
 * JSON text in which nothing is left that a terminal or a CI log could obey: those characters are written as escapes, so that any JSON reader gets the
 * same value back. `##[` is a command of CI logs anywhere in a line.
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent)
    .replace(/[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll("##[", "#\\u0023[");
}

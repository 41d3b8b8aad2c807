import { drawnLike } from "./lookalike-letters.ts";

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

/**
 * Writes as `\u{…}` what a person would not see: C0 and C1 controls, DEL, bidirectional controls, zero-width, filler and tag characters; and, in a name
 * or path that is written with ASCII letters, letters of other scripts that look like them. Text in another script stays as it is.
 */
export function visible(text: string): string {
  const formed = text.toWellFormed();
  if (/^[\x20-\x7e]*$/.test(formed)) return formed;
  return formed.replace(NAME, markLookalikes).replace(LIKE_DOT_OR_SLASH, asCodePoint).replace(UNSEEN, asCodePoint);
}

/** What is drawn as nothing. A variation selector behind an emoji says how it is drawn. */
const UNSEEN = /(?!(?<=\p{Extended_Pictographic})\ufe0f)[\p{Cc}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800\ufff9-\ufffb]/gu;

/** Words joined as in a path or the name of a module. */
const NAME = /[\p{L}\p{M}\p{N}._/]{2,}/gu;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/** Dots, underscores and slashes of other scripts between ASCII letters, as U+2024 in `os.system`. */
const LIKE_DOT_OR_SLASH = /(?<=[A-Za-z])[\u02cd\u2017\u2024\u2044\u2215\u29f8\uff0e\uff0f\uff3f](?=[A-Za-z])/g;

/** Marks words that mix ASCII letters with letters that look like them, and words in which each letter looks like one. */
function markLookalikes(name: string): string {
  if (!/[A-Za-z]/.test(name) || /^[\x20-\x7e]*$/.test(name)) return name;
  return name.replace(WORD, (word) => {
    const letters = [...word];
    const mixed = letters.some((letter) => /[A-Za-z]/.test(letter)) || letters.every((letter) => looksLatin(letter) || /\p{N}/u.test(letter));
    return mixed ? letters.map((letter) => (looksLatin(letter) ? asCodePoint(letter) : letter)).join("") : word;
  });
}

/** Dotless ı is left out: it is seen for what it is, and Turkish words are written with it. */
function looksLatin(letter: string): boolean {
  if (letter <= "\u007f" || letter === "ı") return false;
  return /^[A-Za-z]$/.test(drawnLike(letter) ?? letter.normalize("NFKC"));
}

function asCodePoint(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
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

import { SENTINELS } from "./conversations.ts";
import { piecesOf, unmarked, wordsOf } from "./scaffold.ts";

/** What stands between the words of one sentence; quotes and braces end it, as the keys of JSON are no sentence. */
const JOINT = /^[\s,.;:!?'’()/*_–—、。，：；！？-]*$/;
const TOKEN = /\p{L}[\p{L}\p{N}'’]*/gu;
/** New runs of three words: where two known texts meet, there are two. */
const MIN_RUNS = 3;
/** New words of a line, however they are joined. */
const MIN_WORDS = 5;

/** The sentences that a template is known to write, in runs of three words. */
export class Phrases {
  readonly #lines = new Set<string>();
  readonly #runs = new Set<string>();
  readonly #words = new Set<string>();

  learn(scaffold: string): void {
    for (const line of linesOf(scaffold)) {
      if (this.#lines.has(line)) continue;
      this.#lines.add(line);
      for (const run of runsOf(line)) this.#runs.add(run.join(" "));
      for (const word of wordsOf(line)) this.#words.add(word);
    }
  }

  /** Lines that say something new. */
  fresh(scaffold: string): string[] {
    return [...new Set(linesOf(scaffold))].filter((line) => !this.#lines.has(line) && this.#isNew(line));
  }

  #isNew(line: string): boolean {
    const runs = runsOf(line).filter((run) => !this.#runs.has(run.join(" ")));
    if (runs.length >= MIN_RUNS || runs.some((run) => run.every((word) => !this.#words.has(word)))) return true;
    return new Set(wordsOf(line).filter((word) => word.length > 2 && !this.#words.has(word) && !isOurs(word))).size >= MIN_WORDS;
  }
}

function linesOf(scaffold: string): string[] {
  return unmarked(scaffold)
    .split(/[\n\u0001]/)
    .map((line) => line.replace(/\s+/g, " ").trim())
    .filter((line) => line !== "");
}

function runsOf(line: string): string[][] {
  const tokens = [...line.matchAll(TOKEN)].flatMap(({ 0: text, index }) => {
    let from = index;
    return piecesOf(text.toLowerCase()).map((word) => {
      from += word.length;
      return { word, from: from - word.length, to: from };
    });
  });
  return tokens.flatMap((first, i) => {
    const [second, third] = [tokens[i + 1], tokens[i + 2]];
    if (second === undefined || third === undefined) return [];
    if (!JOINT.test(line.slice(first.to, second.from)) || !JOINT.test(line.slice(second.to, third.from))) return [];
    const run = [first.word, second.word, third.word];
    return run.some(isOurs) ? [] : [run];
  });
}

/** Words that we gave it, and pieces of them. */
function isOurs(word: string): boolean {
  return SENTINELS.some((sentinel) => word.includes(sentinel) || (word.length >= 4 && sentinel.includes(word)));
}

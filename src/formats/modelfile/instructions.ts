import type { Budget } from "../../limits.ts";

/** One instruction with its value. Hostile text: long values are cut. */
export interface Instruction {
  /** In lower case: `from`, `parameter` … */
  readonly name: string;
  /** Which parameter, or whose message; empty for the others. */
  readonly key: string;
  readonly value: string;
  /** Byte offset of the instruction. */
  readonly at: number;
}

export interface Instructions {
  readonly list: readonly Instruction[];
  /** Places of words that no instruction begins with, and of quotes without an end. */
  readonly odd: readonly { readonly at: number; readonly what: string }[];
  readonly dropped: number;
}

const NAMES: ReadonlySet<string> = new Set("from adapter template system parameter message license renderer parser requires".split(" "));
/** Those with a word in front of their value. */
const KEYED: ReadonlySet<string> = new Set(["parameter", "message"]);
const MAX_INSTRUCTIONS = 2000;
const MAX_VALUE = 64 * 1024;
const MAX_ODD = 50;
const TRIPLE = '"""';

/**
 * A Modelfile as Ollama reads it (parser/parser.go): an instruction and its value on one line, or between quotes, one or three, over several. Comments are
 * lines that begin with #.
 * @param text one character for each byte
 */
export function readInstructions(text: string, budget: Budget): Instructions {
  const list: Instruction[] = [];
  const odd: { at: number; what: string }[] = [];
  let dropped = 0;
  budget.steps(1 + (text.length >> 4));
  for (let at = afterBlanks(text, 0); at < text.length; at = afterBlanks(text, at)) {
    budget.steps(1);
    const line = lineAt(text, at);
    if (line.startsWith("#")) {
      at += line.length;
      continue;
    }
    const { head, name, key } = headOf(line);
    if (!NAMES.has(name)) {
      if (odd.length < MAX_ODD) odd.push({ at, what: `no instruction begins with ${JSON.stringify(utf8(line.slice(0, 60)))}` });
      at += line.length;
      continue;
    }
    const begin = at + head.length;
    const { value, end, open } = valueAt(text, begin);
    if (open && odd.length < MAX_ODD) odd.push({ at: begin, what: "a quote has no end" });
    if (list.length < MAX_INSTRUCTIONS) list.push({ name, key, value: utf8(value.slice(0, MAX_VALUE)), at });
    else dropped++;
    at = end;
  }
  return { list, odd, dropped };
}

/** What stands in front of the value: all of it, the instruction in lower case, and the word behind it where it has one. */
function headOf(line: string): { readonly head: string; readonly name: string; readonly key: string } {
  const [head = "", word = ""] = /^([A-Za-z]+)[ \t]+/.exec(line) ?? [];
  const name = word.toLowerCase();
  if (!KEYED.has(name)) return { head, name, key: "" };
  const [keyed = head, key = ""] = /^[A-Za-z]+[ \t]+(\S+)[ \t]*/.exec(line) ?? [];
  return { head: keyed, name, key: key.slice(0, 200).toLowerCase() };
}

/** A quoted value goes to the quote that ends a line, over any number of lines. */
function valueAt(text: string, begin: number): { readonly value: string; readonly end: number; readonly open: boolean } {
  const line = lineAt(text, begin);
  const quote = line.startsWith(TRIPLE) ? TRIPLE : line.startsWith('"') ? '"' : "";
  if (quote === "") return { value: line.trim(), end: begin + line.length, open: false };
  const from = begin + quote.length;
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + 1)) {
    const end = at + quote.length;
    if (END_OF_LINE.test(text.slice(end, end + MAX_BLANKS))) return { value: text.slice(from, at), end, open: false };
  }
  return { value: text.slice(from), end: text.length, open: true };
}

const END_OF_LINE = /^[ \t\r]*(?:\n|$)/;
const MAX_BLANKS = 80;

function lineAt(text: string, at: number): string {
  const end = text.indexOf("\n", at);
  return text.slice(at, end === -1 ? text.length : end);
}

function afterBlanks(text: string, from: number): number {
  const blanks = /[ \t\r\n]*/y;
  blanks.lastIndex = from;
  blanks.test(text);
  return blanks.lastIndex;
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

import type { Budget } from "../../limits.ts";

/** What front matter is made of, as far as it is read: texts, lists and maps. Numbers and truth values are texts. */
export type CardValue = string | null | readonly CardValue[] | ReadonlyMap<string, CardValue>;

interface Line {
  readonly indent: number;
  readonly text: string;
}

const MAX_DEPTH = 16;
const MAX_KEY = 100;
const MAX_TEXT = 1000;
const MAX_FLOW_LINES = 1000;

/**
 * Reads the part of YAML that model cards are written in: block maps and lists by indentation, flow lists of plain values, quotes, and text blocks. What
 * it does not know (anchors, tags, flow maps) is passed over, one line at a time; a general parser takes longer to load than the card to read.
 */
export function readFrontMatter(text: string, budget: Budget): ReadonlyMap<string, CardValue> {
  const lines = text
    .split("\n")
    .map((line): Line => ({ indent: line.length - line.trimStart().length, text: line.trim() }))
    .filter((line) => line.text !== "" && !line.text.startsWith("#"));
  const root = new Reader(lines, budget).node(0, 0);
  return root instanceof Map ? root : new Map();
}

class Reader {
  readonly #lines: Line[];
  readonly #budget: Budget;
  #at = 0;

  constructor(lines: Line[], budget: Budget) {
    this.#lines = lines;
    this.#budget = budget;
  }

  /** The map or list that begins at the next line, if that is indented by at least `least`. */
  node(least: number, depth: number): CardValue {
    const first = this.#lines[this.#at];
    if (first === undefined || first.indent < least) return null;
    if (depth >= MAX_DEPTH) return this.#skip(first.indent);
    return isItem(first.text) ? this.#list(first.indent, depth) : this.#map(first.indent, depth);
  }

  #list(indent: number, depth: number): CardValue {
    const items: CardValue[] = [];
    for (let line = this.#next(indent); line !== null && isItem(line.text); line = this.#next(indent)) {
      const rest = line.text.slice(1).trimStart();
      if (rest === "") {
        this.#at++;
        items.push(this.node(indent + 1, depth + 1));
      } else if (splitKey(rest) !== null || isItem(rest)) {
        // The rest of the line is the first of the nested map or list.
        this.#lines[this.#at] = { indent: indent + line.text.length - rest.length, text: rest };
        items.push(this.node(indent + 1, depth + 1));
      } else {
        this.#at++;
        items.push(this.#value(rest, indent));
      }
    }
    return items;
  }

  #map(indent: number, depth: number): CardValue {
    const map = new Map<string, CardValue>();
    for (let line = this.#next(indent); line !== null && !isItem(line.text); line = this.#next(indent)) {
      this.#at++;
      const pair = splitKey(line.text);
      if (pair === null) continue;
      const [key, rest] = pair;
      map.set(key, rest === "" ? this.#below(indent, depth) : this.#value(rest, indent));
    }
    return map;
  }

  /** A list may stand as far left as the key that it belongs to. */
  #below(indent: number, depth: number): CardValue {
    const next = this.#lines[this.#at];
    return next !== undefined && next.indent === indent && isItem(next.text) ? this.node(indent, depth + 1) : this.node(indent + 1, depth + 1);
  }

  #value(rest: string, indent: number): CardValue {
    if (/^[|>][-+0-9]*$/.test(rest)) return this.#folded("", indent);
    if (rest.startsWith("[")) return this.#flowList(rest);
    if (/^["'&*!{]/.test(rest)) return plain(rest);
    return plain(this.#folded(rest, indent));
  }

  /** A text with the lines below it that are indented further. */
  #folded(begin: string, indent: number): string {
    let text = begin;
    for (let line = this.#lines[this.#at]; line !== undefined && line.indent > indent; line = this.#lines[this.#at]) {
      this.#at++;
      this.#budget.steps(1);
      if (text.length < MAX_TEXT) text += `${text === "" ? "" : " "}${line.text}`;
    }
    return text;
  }

  #flowList(begin: string): CardValue {
    const parts = [begin];
    for (let part = begin; !part.includes("]") && parts.length < MAX_FLOW_LINES; parts.push(part)) {
      const line = this.#lines[this.#at++];
      if (line === undefined) break;
      part = line.text;
    }
    const text = parts.join(" ");
    this.#budget.steps(1 + (text.length >> 4));
    const end = text.indexOf("]");
    return text
      .slice(1, end === -1 ? undefined : end)
      .split(",")
      .map((item) => plain(item.trim()))
      .filter((item) => item !== null);
  }

  /** The next line of a block, or null at its end; what is indented further and was not read is passed over. */
  #next(indent: number): Line | null {
    for (let line = this.#lines[this.#at]; line !== undefined; line = this.#lines[++this.#at]) {
      this.#budget.steps(1);
      if (line.indent <= indent) return line.indent === indent ? line : null;
    }
    return null;
  }

  #skip(indent: number): null {
    while ((this.#lines[this.#at]?.indent ?? -1) >= indent) this.#at++;
    return null;
  }
}

function isItem(text: string): boolean {
  return text === "-" || text.startsWith("- ");
}

function splitKey(text: string): readonly [string, string] | null {
  const at = text.search(/:(?:\s|$)/);
  if (at < 1 || at > MAX_KEY || /^[[{&*!|>]/.test(text)) return null;
  const key = plain(text.slice(0, at).trim());
  return key === null ? null : [key, withoutComment(text.slice(at + 1).trim())];
}

/** A value without its quotes; null for what YAML calls null, and for what is not read. */
function plain(text: string): string | null {
  const bare = withoutComment(text);
  const quote = bare[0];
  if (quote === '"' || quote === "'") {
    const end = bare.indexOf(quote, 1);
    return end === -1 ? null : bare.slice(1, end).slice(0, MAX_TEXT);
  }
  return bare === "" || bare === "~" || /^(?:null|Null|NULL)$/.test(bare) || /^[&*!{]/.test(bare) ? null : bare.slice(0, MAX_TEXT);
}

function withoutComment(text: string): string {
  if (/^["']/.test(text)) return text;
  const at = text.search(/\s#|^#/);
  return at === -1 ? text : text.slice(0, at).trimEnd();
}

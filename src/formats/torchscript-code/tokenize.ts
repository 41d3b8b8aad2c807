import type { Budget } from "../../limits.ts";

export interface Token {
  readonly kind: "name" | "number" | "text" | "symbol";
  /** The source text; for `text` what stands between the quotes. */
  readonly text: string;
  readonly at: number;
}

/** A statement line, with the lines that its brackets span. `indent` counts columns, a tab as eight. */
export interface Line {
  readonly indent: number;
  readonly at: number;
  readonly tokens: readonly Token[];
}

export interface Tokenized {
  readonly lines: readonly Line[];
  /** Where no token of Python begins; reading goes on with the next character. */
  readonly faults: readonly { readonly at: number; readonly what: string }[];
}

const MAX_FAULTS = 20;
/** Memory charged for a token. */
export const TOKEN_BYTES = 120;
const NAME = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const NUMBER = /0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?j?/y;
const SYMBOL = /->|:=|\*\*|\/\/|==|!=|<=|>=|<<|>>|[-+*/%@&|^~<>=.,:;()[\]{}]/y;

/** Cuts Python source into statement lines of tokens. Comments vanish. */
export function tokenize(source: string, budget: Budget, hold: (bytes: number) => void): Tokenized {
  const lines: Line[] = [];
  const faults: { at: number; what: string }[] = [];
  let tokens: Token[] = [];
  let depth = 0;
  let lineStart = 0;
  let at = 0;
  const endLine = (next: number): void => {
    const [first] = tokens;
    if (first !== undefined) lines.push({ indent: columnOf(source, lineStart, first.at), at: first.at, tokens });
    tokens = [];
    lineStart = next;
  };
  while (at < source.length) {
    budget.steps(1);
    const character = source[at] ?? "";
    if (character === "\n") {
      at++;
      if (depth === 0) endLine(at);
    } else if (character === " " || character === "\t" || character === "\r" || character === "\f" || (character === "\ufeff" && at === 0)) at++;
    else if (character === "#") at = endOf(source.indexOf("\n", at), source);
    else if (character === "\\" && /^\r?\n/.test(source.slice(at + 1, at + 3))) at += 2;
    else {
      const token = character === '"' || character === "'" ? textAt(source, at, budget) : plainAt(source, at);
      if (token === null) {
        if (faults.length < MAX_FAULTS) faults.push({ at, what: `no token of Python begins with ${JSON.stringify(character)}` });
        at++;
        continue;
      }
      hold(TOKEN_BYTES);
      if (token.token.kind === "symbol")
        depth = Math.max(0, depth + ("([{".includes(token.token.text) ? 1 : ")]}".includes(token.token.text) ? -1 : 0));
      tokens.push(token.token);
      at = token.end;
    }
  }
  endLine(at);
  return { lines, faults };
}

function endOf(index: number, source: string): number {
  return index < 0 ? source.length : index;
}

function columnOf(source: string, start: number, end: number): number {
  let column = 0;
  for (let i = start; i < end; i++) column += source[i] === "\t" ? 8 : source[i] === "\n" ? -column : 1;
  return column;
}

function plainAt(source: string, at: number): { token: Token; end: number } | null {
  for (const [kind, pattern] of [
    ["name", NAME],
    ["number", NUMBER],
    ["symbol", SYMBOL],
  ] as const) {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) return { token: { kind, text, at }, end: at + text.length };
  }
  return null;
}

/** A string of one or three quotes; null when it does not end. */
function textAt(source: string, at: number, budget: Budget): { token: Token; end: number } | null {
  const quote = source[at] ?? "";
  const triple = source.startsWith(quote.repeat(3), at);
  const close = triple ? quote.repeat(3) : quote;
  const start = at + close.length;
  for (let i = start; i < source.length; i++) {
    if (i % 16 === 0) budget.steps(1);
    if (source[i] === "\\") i++;
    else if (!triple && source[i] === "\n") return null;
    else if (source.startsWith(close, i)) return { token: { kind: "text", text: source.slice(start, i), at }, end: i + close.length };
  }
  return null;
}

/** Parentheses within one another. */
const MAX_DEPTH = 40;

/**
 * Whether evaluating a formula of patsy or formulaic, whose factors are Python, can only compute on columns: names, numbers, operators, and calls
 * of the functions below, by their names. Everything that Python would read otherwise (a call of something in parentheses, attributes, subscripts,
 * keywords, prefixed texts) is refused by being no part of this grammar. Texts stand in calls only; what they name are columns and levels.
 */
export function isArithmetic(formula: string): boolean {
  const tokens = tokensOf(formula);
  if (tokens === null) return false;
  const reader = new Reader(tokens);
  return reader.expression("formula", 0) && reader.atEnd;
}

/** Names of functions that a formula calls: what is found under these in the data would be called in their place. */
export function calledIn(formula: string): ReadonlySet<string> {
  return new Set([...formula.matchAll(/([A-Za-z_]\w*)(?=\.|\s*\()/g)].map(([, name = ""]) => name));
}

const CONTRASTS: ReadonlySet<string> = new Set(["Treatment", "Sum", "Poly", "Helmert", "Diff"]);

/** Functions of patsy and formulaic for categories, splines and scales. */
const TRANSFORMS: ReadonlySet<string> = new Set([...CONTRASTS, ..."C I Q bs cc cr cs te poly center scale standardize".split(" ")]);

/** Functions of numpy that compute element by element. They take no named arguments here: some of those are called. */
const COMPUTES =
  /^(?:np|numpy)\.(?:abs|arccos|arcsin|arctan|cbrt|ceil|cos|cosh|exp|exp2|expm1|floor|log|log10|log1p|log2|maximum|minimum|power|sign|sin|sinh|sqrt|square|tan|tanh|where)$/;

const TOKEN = /[ \t\r\n]+|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|"[^"\\\r\n]*"|'[^'\\\r\n]*'|\*\*|[-+*/:~^|(),=[\]]/y;

function tokensOf(formula: string): readonly string[] | null {
  const tokens: string[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < formula.length; ) {
    const token = TOKEN.exec(formula)?.[0];
    if (token === undefined) return null;
    if (/\S/.test(token)) tokens.push(token);
  }
  return tokens;
}

/** Where an expression stands: as the formula, as an argument, or where a function that is named there is called (`C(x, Treatment)`). */
type Place = "formula" | "argument" | "contrast";

/** Reads the grammar by descent. Each method says whether what it reads is there, and stands behind it. */
class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  expression(place: Place, depth: number): boolean {
    if (depth > MAX_DEPTH) return false;
    do {
      while (this.#takes(/^[-+~]$/)) {}
      if (!this.#operand(place, depth)) return false;
    } while (this.#takes(/^(?:\*\*|[-+*/:~^|])$/));
    return true;
  }

  #operand(place: Place, depth: number): boolean {
    const token = this.#tokens[this.#at++] ?? "";
    if (/^[\d.]/.test(token)) return true;
    if (/^["']/.test(token)) return place !== "formula";
    if (token === "(") return this.#list(place, depth, ")");
    if (token === "[") return place !== "formula" && this.#list("contrast", depth, "]");
    if (!/^[A-Za-z_]/.test(token) || token.includes("__")) return false;
    if (this.#takes(/^\($/)) return this.#call(token, place, depth);
    return !token.includes(".") && (place !== "contrast" || CONTRASTS.has(token) || /^(?:None|True|False)$/.test(token));
  }

  /** Values with commas between them, which are tuples and lists; as a formula one value in parentheses. */
  #list(place: Place, depth: number, end: ")" | "]"): boolean {
    do if (!this.expression(place, depth + 1)) return false;
    while (place !== "formula" && this.#takes(/^,$/));
    return this.#tokens[this.#at++] === end;
  }

  #call(name: string, place: Place, depth: number): boolean {
    const isNumeric = COMPUTES.test(name);
    if (place === "contrast" ? !CONTRASTS.has(name) : !isNumeric && !TRANSFORMS.has(name)) return false;
    if (this.#takes(/^\)$/)) return true;
    for (let position = 0; ; position++) {
      const named = this.#tokens[this.#at + 1] === "=" && /^[A-Za-z_]\w*$/.test(this.#tokens[this.#at] ?? "");
      if (named && isNumeric) return false;
      if (named) this.#at += 2;
      const isContrast = place === "contrast" || (name === "C" && (named || position > 0)) || CONTRASTS.has(name);
      if (!this.expression(isContrast ? "contrast" : "argument", depth + 1)) return false;
      if (!this.#takes(/^,$/)) return this.#tokens[this.#at++] === ")";
    }
  }

  #takes(token: RegExp): boolean {
    const found = token.test(this.#tokens[this.#at] ?? "");
    if (found) this.#at++;
    return found;
  }
}

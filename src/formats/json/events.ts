import type { Anomaly } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { Anomalies } from "../strict-json/anomalies.ts";
import { MAX_JSON_DEPTH } from "../strict-json/read.ts";
import { JsonBreak, type Token, Tokens } from "../strict-json/tokens.ts";

/** Keys and indices from the root to a value. */
export type Path = readonly (string | number)[];

export type Scalar = string | number | boolean | null;

/** Is told of every value in order. `path` is reused between calls: copy what is kept. */
export interface JsonVisitor {
  scalar(value: Scalar, path: Path, at: number): void;
  enter(kind: "object" | "array", path: Path): void;
}

export interface DuplicateKey {
  readonly path: Path;
  readonly at: number;
  /** The two values are written with the same bytes. */
  readonly same: boolean;
}

export interface JsonEnd {
  readonly kind: "parsed" | "broken" | "limit";
  readonly anomalies: readonly Anomaly[];
  readonly duplicates: readonly DuplicateKey[];
  /** Offset after the root value; null when it did not end. */
  readonly endsAt: number | null;
  /** Members of a root object whose value began. */
  readonly rootMembers: number;
  readonly at?: number;
  readonly why?: string;
}

/** What a key costs in the set of its object, beside its text. */
const KEY_BYTES = 64;
const MAX_DUPLICATES = 50;

/**
 * Reads a JSON document and tells a visitor of its values, without building a tree: a tokenizer of 30 MB has millions of nodes.
 * Keys of open objects are held, so that duplicate ones are seen at any size.
 */
export function visitJson(bytes: Uint8Array, budget: Budget, visitor: JsonVisitor): JsonEnd {
  return new EventReader(bytes, budget, visitor).run();
}

class TooDeep extends Error {
  constructor() {
    super(`nested deeper than ${MAX_JSON_DEPTH}`);
  }
}

interface Open {
  readonly close: "}" | "]";
  /** Key to the offset of its value. */
  readonly keys: Map<string, number> | null;
  count: number;
  heldBytes: number;
}

class EventReader {
  readonly #bytes: Uint8Array;
  readonly #budget: Budget;
  readonly #visitor: JsonVisitor;
  readonly #anomalies = new Anomalies();
  readonly #tokens: Tokens;
  readonly #open: Open[] = [];
  readonly #path: (string | number)[] = [];
  readonly #duplicates: DuplicateKey[] = [];
  #endsAt: number | null = null;
  #rootMembers = 0;

  constructor(bytes: Uint8Array, budget: Budget, visitor: JsonVisitor) {
    this.#bytes = bytes;
    this.#budget = budget;
    this.#visitor = visitor;
    this.#tokens = new Tokens(bytes, budget, this.#anomalies);
  }

  run(): JsonEnd {
    try {
      this.#value(this.#tokens.next());
      while (this.#open.length > 0) this.#advance();
      this.#endsAt = this.#tokens.at;
      return this.#end("parsed");
    } catch (error) {
      if (error instanceof LimitError || error instanceof TooDeep) return this.#end("limit", this.#tokens.start, error.message);
      if (error instanceof JsonBreak) return this.#end("broken", error.at, error.message);
      throw error;
    } finally {
      for (const open of this.#open) this.#budget.release(open.heldBytes);
    }
  }

  #end(kind: JsonEnd["kind"], at?: number, why?: string): JsonEnd {
    const place = at === undefined || why === undefined ? {} : { at, why };
    return { kind, anomalies: this.#anomalies.list, duplicates: this.#duplicates, endsAt: this.#endsAt, rootMembers: this.#rootMembers, ...place };
  }

  /** Takes the next member, item or closing mark of the innermost container. */
  #advance(): void {
    const open = this.#open[this.#open.length - 1];
    if (open === undefined) return;
    let token = this.#tokens.next();
    if (token === open.close) {
      this.#leave(open);
      return;
    }
    if (open.count > 0) {
      if (token !== ",") throw new JsonBreak(this.#tokens.start, `neither a comma nor ${open.close}`);
      token = this.#tokens.next();
    }
    if (open.keys !== null) token = this.#key(token, open, open.keys);
    else this.#path[this.#path.length - 1] = open.count;
    open.count++;
    this.#value(token);
  }

  #leave(open: Open): void {
    this.#open.pop();
    this.#path.pop();
    this.#budget.release(open.heldBytes);
  }

  /** Reads `"key" :` and returns the first token of its value. */
  #key(token: Token, open: Open, keys: Map<string, number>): Token {
    const at = this.#tokens.start;
    if (token !== "string") throw new JsonBreak(at, "a member without a key in quotes");
    const key = this.#tokens.text;
    if (this.#tokens.next() !== ":") throw new JsonBreak(this.#tokens.start, "a key without a colon");
    if (this.#open.length === 1) this.#rootMembers++;
    this.#path[this.#path.length - 1] = key;
    const first = this.#tokens.next();
    const before = keys.get(key);
    if (before === undefined) {
      const cost = KEY_BYTES + key.length * 2;
      this.#budget.hold(cost);
      open.heldBytes += cost;
    } else if (this.#duplicates.length < MAX_DUPLICATES)
      this.#duplicates.push({ path: [...this.#path], at, same: this.#sameValue(before, this.#tokens.start) });
    keys.set(key, this.#tokens.start);
    return first;
  }

  #value(token: Token): void {
    const { start, text, number, literal } = this.#tokens;
    switch (token) {
      case "string":
        this.#visitor.scalar(text, this.#path, start);
        return;
      case "number":
        this.#visitor.scalar(number, this.#path, start);
        return;
      case "literal":
        this.#visitor.scalar(literal, this.#path, start);
        return;
      case "{":
      case "[":
        this.#enter(token);
        return;
      case "end":
        throw new JsonBreak(start, "the document ends too early");
      default:
        throw new JsonBreak(start, `${token} where a value must stand`);
    }
  }

  #enter(token: "{" | "["): void {
    if (this.#open.length >= MAX_JSON_DEPTH) throw new TooDeep();
    this.#visitor.enter(token === "{" ? "object" : "array", this.#path);
    this.#open.push({ close: token === "{" ? "}" : "]", keys: token === "{" ? new Map() : null, count: 0, heldBytes: 0 });
    this.#path.push("");
  }

  #sameValue(first: number, second: number): boolean {
    return Buffer.compare(this.#span(first), this.#span(second)) === 0;
  }

  /** The bytes of one value, read again; a value that does not end is empty. */
  #span(from: number): Uint8Array {
    const tokens = new Tokens(this.#bytes.subarray(from), this.#budget, new Anomalies());
    let depth = 0;
    try {
      do {
        const token = tokens.next();
        if (token === "{" || token === "[") depth++;
        else if (token === "}" || token === "]") depth--;
        else if (token === "end") return new Uint8Array();
      } while (depth > 0);
    } catch (error) {
      if (error instanceof JsonBreak) return new Uint8Array();
      throw error;
    }
    return this.#bytes.subarray(from, from + tokens.at);
  }
}

/** RFC 6901. */
export function pointerOf(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

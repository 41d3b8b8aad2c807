import type { Anomaly, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { Anomalies, shown } from "./anomalies.ts";
import type { JsonMember, JsonNode } from "./node.ts";
import { JsonBreak, type Token, Tokens } from "./tokens.ts";

/** Arrays and objects inside one another. serde_json stops at 128, Python's json near 1000. */
export const MAX_JSON_DEPTH = 512;

/** What a node costs beside its text, for the memory budget. */
const NODE_BYTES = 96;
/** Up to here a list is compared, beyond it a set is kept. */
const SMALL_OBJECT = 8;

export interface JsonFacts {
  /** What was read; null when not even the first value began. */
  readonly root: JsonNode | null;
  /** Held in the budget for the tree: give it back with `budget.release` when the tree is let go. */
  readonly heldBytes: number;
}

/**
 * Reads a JSON document (RFC 8259, UTF-8) into a tree that keeps positions and duplicate members. Works without recursion.
 * Anomalies (read on): duplicate-key, byte-order-mark, invalid-utf8, lone-surrogate, control-character, not-finite, trailing-bytes.
 * `broken` keeps what was read before the break; `limit` is depth over MAX_JSON_DEPTH or a bound of the budget.
 */
export function readJson(bytes: Uint8Array, budget: Budget): Parsed<JsonFacts> {
  const reader = new TreeReader(bytes, budget);
  const end = reader.run(() => {
    reader.value(reader.tokens.next());
  });
  return { ...end, facts: { root: reader.root, heldBytes: reader.heldBytes } };
}

/**
 * Reads a document that is one object and hands over its members one at a time, so that a large index need not stand in memory as a tree.
 * The tree of each member is released after `visit` returns; members before a break are visited. Otherwise as `readJson`.
 */
export function readMembers(bytes: Uint8Array, budget: Budget, visit: (member: JsonMember) => void): Parsed<null> {
  const reader = new TreeReader(bytes, budget);
  const end = reader.run(() => {
    reader.members(visit);
  });
  budget.release(reader.heldBytes);
  return { ...end, facts: null };
}

interface End {
  readonly kind: Parsed<unknown>["kind"];
  readonly anomalies: readonly Anomaly[];
  readonly at?: number;
  readonly why?: string;
}

/** A container that is still open. The list that its kind does not use is the shared empty one: most containers are small and there are many. */
interface Open {
  readonly close: "}" | "]";
  readonly items: JsonNode[];
  readonly members: JsonMember[];
  readonly keys: Keys;
  key: string;
  keyAt: number;
}

class TreeReader {
  readonly tokens: Tokens;
  readonly #budget: Budget;
  readonly #anomalies = new Anomalies();
  readonly #open: Open[] = [];
  root: JsonNode | null = null;
  heldBytes = 0;

  constructor(bytes: Uint8Array, budget: Budget) {
    this.#budget = budget;
    this.tokens = new Tokens(bytes, budget, this.#anomalies);
  }

  run(read: () => void): End {
    const anomalies = this.#anomalies.list;
    let complete = false;
    try {
      read();
      complete = true;
      if (this.tokens.next() !== "end") this.#anomalies.add("trailing-bytes", this.tokens.start, "bytes follow the document");
      return { kind: "parsed", anomalies };
    } catch (error) {
      if (error instanceof LimitError) return { kind: "limit", anomalies, at: this.tokens.start, why: error.message };
      if (error instanceof DepthBreak) return { kind: "limit", anomalies, at: error.at, why: error.message };
      if (!(error instanceof JsonBreak)) throw error;
      // Bytes after a complete value that do not even make a token are trailing bytes too.
      if (complete) {
        this.#anomalies.add("trailing-bytes", this.tokens.start, "bytes follow the document");
        return { kind: "parsed", anomalies };
      }
      return { kind: "broken", anomalies, at: error.at, why: error.message };
    }
  }

  members(visit: (member: JsonMember) => void): void {
    if (this.tokens.next() !== "{") throw new JsonBreak(this.tokens.start, "the document is not an object");
    const keys = new Keys();
    let token = this.tokens.next();
    while (token !== "}") {
      const at = this.tokens.start;
      const key = this.#key(token, keys);
      this.root = null;
      const held = this.heldBytes;
      const value = this.value(this.tokens.next());
      visit({ key, at, value });
      this.#budget.release(this.heldBytes - held);
      this.heldBytes = held;
      token = this.#afterMember();
    }
  }

  /** The token after a member: a key after a comma, or the closing brace. */
  #afterMember(): Token {
    const token = this.tokens.next();
    if (token === "}") return token;
    if (token !== ",") throw new JsonBreak(this.tokens.start, "neither a comma nor the end of the object");
    const key = this.tokens.next();
    if (key === "}") throw new JsonBreak(this.tokens.start, "a comma before the end of the object");
    return key;
  }

  /** Reads one value that begins with `first`, however deep, and returns it. */
  value(first: Token): JsonNode {
    let token = first;
    const top = this.#place(token);
    for (;;) {
      const open = this.#open.at(-1);
      if (open === undefined) return top;
      token = this.tokens.next();
      const empty = open.items.length + open.members.length === 0;
      if (token === open.close) {
        this.#open.pop();
        continue;
      }
      if (!empty) {
        if (token !== ",") throw new JsonBreak(this.tokens.start, `neither a comma nor ${open.close}`);
        token = this.tokens.next();
      }
      if (open.close === "}") {
        open.keyAt = this.tokens.start;
        open.key = this.#key(token, open.keys);
        token = this.tokens.next();
      }
      this.#place(token);
    }
  }

  /** Makes the node that `token` begins and hangs it into the innermost open container. */
  #place(token: Token): JsonNode {
    const parent = this.#open.at(-1);
    const node = this.#node(token);
    if (parent === undefined) this.root = node;
    else if (parent.close === "]") parent.items.push(node);
    else parent.members.push({ key: parent.key, at: parent.keyAt, value: node });
    return node;
  }

  #node(token: Token): JsonNode {
    const at = this.tokens.start;
    switch (token) {
      case "string":
        this.#hold(NODE_BYTES + this.tokens.text.length * 2);
        return { kind: "string", at, value: this.tokens.text };
      case "number":
        this.#hold(NODE_BYTES + this.tokens.text.length);
        return { kind: "number", at, value: this.tokens.number, text: this.tokens.text };
      case "literal":
        this.#hold(NODE_BYTES);
        return { kind: "literal", at, value: this.tokens.literal };
      case "{":
        return { kind: "object", at, members: this.#enter(at, "}").members };
      case "[":
        return { kind: "array", at, items: this.#enter(at, "]").items };
      case "end":
        throw new JsonBreak(at, "the document ends too early");
      default:
        throw new JsonBreak(at, `${token} where a value must stand`);
    }
  }

  #enter(at: number, close: "}" | "]"): Open {
    if (this.#open.length >= MAX_JSON_DEPTH) throw new DepthBreak(at, `nested deeper than ${MAX_JSON_DEPTH}`);
    this.#hold(NODE_BYTES * 2);
    const isObject = close === "}";
    const open: Open = {
      close,
      items: isObject ? NONE : [],
      members: isObject ? [] : NONE,
      keys: isObject ? new Keys() : NO_KEYS,
      key: "",
      keyAt: 0,
    };
    this.#open.push(open);
    return open;
  }

  /** Reads `"key" :` and notes a key that was there before. */
  #key(token: Token, keys: Keys): string {
    const at = this.tokens.start;
    if (token !== "string") throw new JsonBreak(at, "a member without a key in quotes");
    const key = this.tokens.text;
    this.#hold(NODE_BYTES + key.length * 2);
    if (!keys.add(key)) this.#anomalies.add("duplicate-key", at, `key ${shown(key)} stands twice in one object`);
    if (this.tokens.next() !== ":") throw new JsonBreak(this.tokens.start, "a key without a colon");
    return key;
  }

  #hold(bytes: number): void {
    this.#budget.hold(bytes);
    this.heldBytes += bytes;
  }
}

class DepthBreak extends JsonBreak {}

/** The keys of one object. Most objects are small: a set for each would cost more than the tree. */
class Keys {
  readonly #few: string[] = [];
  #many: Set<string> | null = null;

  /** False when the key was there before. */
  add(key: string): boolean {
    if (this.#many !== null) {
      const before = this.#many.size;
      return this.#many.add(key).size > before;
    }
    if (this.#few.includes(key)) return false;
    if (this.#few.push(key) > SMALL_OBJECT) this.#many = new Set(this.#few);
    return true;
  }
}

const NONE: never[] = [];
const NO_KEYS = new Keys();

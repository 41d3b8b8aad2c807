import { isObject, type Value } from "./values.ts";

/** Longest expression that is shown. */
export const MAX_EXPRESSION = 200;
const MAX_DEPTH = 12;
const MAX_TEXT = 80;
const MAX_ITEMS = 8;

/** Writes a value as the Python expression that makes it. Bounded in length and depth, so cycles and shared structure cost nothing. */
export function render(value: Value): string {
  const out = new Writer();
  out.value(value, 0);
  return out.text();
}

/** Python's repr of a text, its start only. */
export function renderText(text: string, quote = ""): string {
  const shown = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  const escaped = shown.replace(/[\\'\n\r\t\p{Cc}]/gu, (c) => ESCAPES[c] ?? `\\x${(c.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`);
  return `${quote}'${escaped}'`;
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

const BRACKETS = { tuple: ["(", ")"], list: ["[", "]"], set: ["{", "}"], frozenset: ["frozenset({", "})"] } as const;

class Writer {
  #parts: string[] = [];
  #length = 0;

  text(): string {
    const text = this.#parts.join("");
    return text.length > MAX_EXPRESSION ? `${text.slice(0, MAX_EXPRESSION - 1)}…` : text;
  }

  get #full(): boolean {
    return this.#length >= MAX_EXPRESSION;
  }

  #put(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
  }

  value(value: Value, depth: number): void {
    if (this.#full) return;
    if (!isObject(value)) this.#put(literal(value));
    else if (depth > MAX_DEPTH) this.#put("…");
    else this.#object(value, depth + 1);
  }

  #object(value: Extract<Value, { kind: string }>, depth: number): void {
    switch (value.kind) {
      case "bytes":
        this.#put(renderText(Buffer.from(value.head.subarray(0, MAX_TEXT + 1)).toString("latin1"), "b"));
        break;
      case "text":
        this.#put(renderText(value.head));
        break;
      case "tuple":
      case "list":
      case "set":
      case "frozenset":
        this.#sequence(value, depth);
        break;
      case "dict":
        this.#dict(value.entries, depth);
        break;
      case "global":
        if (value.source === null) this.#put(`${value.module}.${value.name}`);
        else this.value(value.source, depth);
        break;
      case "module":
      case "partial":
      case "attrgetter":
      case "methodcaller":
      case "itemgetter":
        this.value(value.source, depth);
        break;
      case "call":
        this.#call(value, depth);
        break;
      case "persistent":
        this.#put("persistent_load(");
        this.value(value.value, depth);
        this.#put(")");
        break;
      default:
        this.#put(value.what);
        break;
    }
  }

  #sequence(value: Extract<Value, { items: Value[] }>, depth: number): void {
    const [open, close] = BRACKETS[value.kind];
    this.#put(open);
    this.#list(value.items, depth);
    this.#put(value.length > MAX_ITEMS ? `, …${close}` : value.kind === "tuple" && value.length === 1 ? ",)" : close);
  }

  #list(items: readonly Value[], depth: number): void {
    for (let i = 0; i < items.length && i < MAX_ITEMS; i++) {
      if (i > 0) this.#put(", ");
      this.value(items[i] ?? null, depth);
    }
  }

  #dict(entries: readonly Value[], depth: number): void {
    this.#put("{");
    for (let i = 0; i + 1 < entries.length && i < 2 * MAX_ITEMS && !this.#full; i += 2) {
      if (i > 0) this.#put(", ");
      this.value(entries[i] ?? null, depth);
      this.#put(": ");
      this.value(entries[i + 1] ?? null, depth);
    }
    this.#put(entries.length > 2 * MAX_ITEMS ? ", …}" : "}");
  }

  #call({ callee, args, kwargs, how }: Extract<Value, { kind: "call" }>, depth: number): void {
    this.value(callee, depth);
    this.#put(how === "new" ? ".__new__(" : "(");
    if (isObject(args) && args.kind === "tuple") {
      this.#list(args.items, depth);
      if (args.length > MAX_ITEMS) this.#put(", …");
    } else {
      this.#put("*");
      this.value(args, depth);
    }
    if (kwargs !== null) {
      this.#put(", **");
      this.value(kwargs, depth);
    }
    this.#put(")");
  }
}

function literal(value: null | boolean | number | bigint | string): string {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  return typeof value === "string" ? renderText(value) : String(value);
}

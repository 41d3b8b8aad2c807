import type { Budget } from "../../limits.ts";
import type { Branch, Complaint, Expression, Parameter, Statement, Target, Template } from "./ast.ts";
import { Cursor, MAX_NESTING, SyntaxFault } from "./cursor.ts";
import { parseArguments, parseExpression, parseFilterChain, parseTuple } from "./expressions.ts";
import type { Segment, Token } from "./lex.ts";

/** A block that waits for its end tag. `middle` takes `elif` and `else`, and yields the list that now collects, or null when it has no such part. */
interface Open {
  readonly tag: string;
  readonly at: number;
  body: Statement[];
  middle?(name: string, cursor: Cursor): Statement[] | null;
  close(): Statement;
}

const MAX_COMPLAINTS = 50;
/** Complaints name hostile words, which may be as long as the template. */
const MAX_WHAT = 120;

/**
 * Builds the tree from segments. A tag that cannot be parsed becomes an `unparsed` statement and a complaint, and parsing goes on behind it:
 * renderers differ in what they refuse, so that everything that one of them might run stays in the tree.
 */
export function parseTemplate(segments: readonly Segment[], end: number, budget: Budget): Template {
  return new StatementParser(end, budget).parse(segments);
}

class StatementParser {
  readonly #root: Statement[] = [];
  readonly #open: Open[] = [];
  readonly #complaints: Complaint[] = [];
  readonly #end: number;
  readonly #budget: Budget;

  constructor(end: number, budget: Budget) {
    this.#end = end;
    this.#budget = budget;
  }

  parse(segments: readonly Segment[]): Template {
    for (const segment of segments) {
      this.#budget.steps(1);
      if (segment.kind === "data") this.#add({ type: "data", at: segment.at, text: segment.text });
      else this.#tag(segment);
    }
    for (const block of this.#open.toReversed()) {
      this.#complain(block.at, `${block.tag} without its end`);
      this.#closeTop();
    }
    return { body: this.#root, complaints: this.#complaints };
  }

  get #body(): Statement[] {
    return this.#open.at(-1)?.body ?? this.#root;
  }

  #add(statement: Statement): void {
    this.#body.push(statement);
  }

  #complain(at: number, what: string): void {
    if (this.#complaints.length < MAX_COMPLAINTS) this.#complaints.push({ at, what: what.slice(0, MAX_WHAT) });
  }

  #tag(segment: Segment & { readonly kind: "output" | "statement" }): void {
    const cursor = new Cursor(segment.tokens, Math.min(segment.end, this.#end), this.#budget);
    try {
      if (segment.fault !== undefined) throw new SyntaxFault(segment.fault.at, segment.fault.what);
      if (segment.kind === "output") {
        const value = parseTuple(cursor);
        cursor.expectEnd();
        this.#add({ type: "output", at: segment.at, value });
      } else this.#statement(cursor, segment.at);
    } catch (fault) {
      if (!(fault instanceof SyntaxFault)) throw fault;
      this.#complain(fault.at, fault.what);
      this.#add({ type: "unparsed", at: segment.at, names: namesUsed(segment.tokens) });
    }
  }

  #statement(cursor: Cursor, at: number): void {
    const name = cursor.expectName();
    if (name.startsWith("end")) this.#endTag(name, cursor);
    else if (name === "elif" || name === "else") this.#middleTag(name, cursor);
    else this.#opens(this.#opening(name, cursor, at), cursor, at);
  }

  #opens(opened: Open | Statement, cursor: Cursor, at: number): void {
    cursor.expectEnd();
    if ("type" in opened) {
      this.#add(opened);
      return;
    }
    if (this.#open.length >= MAX_NESTING) throw new SyntaxFault(at, `blocks nested deeper than ${MAX_NESTING} levels`);
    this.#open.push(opened);
  }

  #endTag(name: string, cursor: Cursor): void {
    const tag = name.slice(3);
    const at = this.#open.findLastIndex((block) => block.tag === tag);
    if (at < 0) throw new SyntaxFault(cursor.at, `${name} without a ${tag}`);
    while (this.#open.length > at + 1) {
      this.#complain(this.#open.at(-1)?.at ?? 0, `${this.#open.at(-1)?.tag} without its end`);
      this.#closeTop();
    }
    this.#closeTop();
    // `endblock name` and `endmacro name` may repeat the name
    if (!cursor.done) cursor.expectName();
    cursor.expectEnd();
  }

  #middleTag(name: string, cursor: Cursor): void {
    const block = this.#open.at(-1);
    const body = block?.middle?.(name, cursor) ?? null;
    if (block === undefined || body === null) throw new SyntaxFault(cursor.at, `${name} outside of its block`);
    block.body = body;
    cursor.expectEnd();
  }

  #closeTop(): void {
    const block = this.#open.pop();
    if (block !== undefined) this.#add(block.close());
  }

  #opening(name: string, cursor: Cursor, at: number): Open | Statement {
    switch (name) {
      case "if":
        return openIf(cursor, at);
      case "for":
        return openFor(cursor, at);
      case "set":
        return openSet(cursor, at);
      case "macro":
        return openMacro(cursor, at);
      case "call":
        return openCall(cursor, at);
      case "filter":
        return openFilter(cursor, at);
      case "break":
      case "continue":
        return { type: "jump", at, name };
      case "generation":
      case "block":
      case "autoescape":
      case "with":
      case "trans":
        return openOther(name, cursor, at);
      case "import":
      case "from":
      case "include":
      case "extends":
      case "do":
      case "debug":
      case "print":
        return { type: "tag", at, name, ...loose(cursor), body: [] };
      default:
        throw new SyntaxFault(at, `an unknown tag ${name}`);
    }
  }
}

function openIf(cursor: Cursor, at: number): Open {
  const body: Statement[] = [];
  const branches: Branch[] = [{ test: parseTuple(cursor), body }];
  let otherwise: Statement[] | null = null;
  return {
    tag: "if",
    at,
    body,
    middle(name, inner) {
      if (otherwise !== null) return null;
      const next: Statement[] = [];
      if (name === "else") otherwise = next;
      else branches.push({ test: parseTuple(inner), body: next });
      return next;
    },
    close: () => ({ type: "if", at, branches, otherwise: otherwise ?? [] }),
  };
}

function openFor(cursor: Cursor, at: number): Open {
  const target = parseTarget(cursor);
  if (!cursor.skipName("in")) throw new SyntaxFault(cursor.at, "expected in");
  const iterable = parseTuple(cursor, false);
  const test = cursor.skipName("if") ? parseExpression(cursor) : null;
  const recursive = cursor.skipName("recursive");
  const body: Statement[] = [];
  let otherwise: Statement[] | null = null;
  return {
    tag: "for",
    at,
    body,
    middle(name) {
      if (name !== "else" || otherwise !== null) return null;
      otherwise = [];
      return otherwise;
    },
    close: () => ({ type: "for", at, target, iterable, test, recursive, body, otherwise: otherwise ?? [] }),
  };
}

function openSet(cursor: Cursor, at: number): Open | Statement {
  const target = parseTarget(cursor);
  if (cursor.skipOperator("=")) return { type: "set", at, target, value: parseTuple(cursor) };
  const filter = cursor.skipOperator("|") ? parseFilterChain(cursor) : null;
  const body: Statement[] = [];
  return { tag: "set", at, body, close: () => ({ type: "set-block", at, target, filter, body }) };
}

function openMacro(cursor: Cursor, at: number): Open {
  const name = cursor.expectName();
  const parameters = parseParameters(cursor);
  const body: Statement[] = [];
  return { tag: "macro", at, body, close: () => ({ type: "macro", at, name, parameters, body }) };
}

function openCall(cursor: Cursor, at: number): Open {
  const parameters = cursor.isOperator("(") ? parseParameters(cursor) : [];
  const call = parseExpression(cursor);
  const body: Statement[] = [];
  return { tag: "call", at, body, close: () => ({ type: "call", at, call, parameters, body }) };
}

function openFilter(cursor: Cursor, at: number): Open {
  const filter = parseFilterChain(cursor);
  const body: Statement[] = [];
  return { tag: "filter", at, body, close: () => ({ type: "filter", at, filter, body }) };
}

function openOther(name: string, cursor: Cursor, at: number): Open {
  const read = loose(cursor);
  const body: Statement[] = [];
  return { tag: name, at, body, close: () => ({ type: "tag", at, name, ...read, body }) };
}

type Bound = { name: string; value: Expression | null };

/** Reads a tag that is only ever refused: `name = value` pairs, and every expression between its words. */
function loose(cursor: Cursor): { bound: Bound[]; expressions: Expression[] } {
  const bound: Bound[] = [];
  const expressions: Expression[] = [];
  while (!cursor.done) {
    if (cursor.skipOperator(",")) continue;
    if (cursor.peek()?.kind === "name" && cursor.isOperator("=", 1)) {
      const name = cursor.expectName();
      cursor.take();
      bound.push({ name, value: parseExpression(cursor) });
    } else if (cursor.skipName("import") || cursor.skipName("ignore")) continue;
    else if (cursor.skipName("as")) bound.push({ name: cursor.expectName(), value: null });
    else if (cursor.isName("with") || cursor.isName("without")) cursor.take();
    else expressions.push(parseExpression(cursor));
  }
  return { bound, expressions };
}

/** Parameters of a macro or call block. A default of a form that Jinja knows only in calls (stars) is refused as Jinja refuses it. */
function parseParameters(cursor: Cursor): Parameter[] {
  const { at } = cursor;
  const args = parseArguments(cursor);
  if (args.spread.length > 0) throw new SyntaxFault(at, "a star in a list of parameters");
  const plain = args.positional.map((each): Parameter => {
    if (each.type !== "name") throw new SyntaxFault(each.at, "expected the name of a parameter");
    return { name: each.name, default: null };
  });
  return [...plain, ...args.named.map((each) => ({ name: each.name, default: each.value }))];
}

function parseTarget(cursor: Cursor): Target {
  const items = [targetItem(cursor)];
  let comma = false;
  while (cursor.skipOperator(",")) {
    comma = true;
    if (cursor.isName("in") || cursor.isOperator("=") || cursor.isOperator(")") || cursor.done) break;
    items.push(targetItem(cursor));
  }
  const [first] = items;
  return first !== undefined && !comma ? first : { type: "tuple", items };
}

function targetItem(cursor: Cursor): Target {
  if (cursor.skipOperator("(")) {
    const inner = cursor.nested(() => parseTarget(cursor));
    cursor.expectOperator(")");
    return inner;
  }
  const name = cursor.expectName();
  return cursor.skipOperator(".") ? { type: "attribute", of: name, name: cursor.expectName() } : { type: "name", name };
}

/** In a tag without a tree: what stands behind a dot, and every string. */
export function namesUsed(tokens: readonly Token[]): { at: number; name: string }[] {
  const names: { at: number; name: string }[] = [];
  tokens.forEach((token, i) => {
    const before = tokens[i - 1];
    const behindDot = token.kind === "name" && before?.kind === "operator" && before.text === ".";
    if ((behindDot || token.kind === "string") && names.length < 100) names.push({ at: token.at, name: token.text.slice(0, 200) });
  });
  return names;
}

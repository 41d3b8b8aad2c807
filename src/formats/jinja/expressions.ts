import type { Arguments, Expression, Operator } from "./ast.ts";
import { valuesOf } from "./ast-walk.ts";
import { type Cursor, MAX_HEIGHT, SyntaxFault } from "./cursor.ts";

const COMPARISONS: readonly string[] = ["==", "!=", "<", "<=", ">", ">="];
const PRODUCTS: readonly Operator[] = ["*", "/", "//", "%"];
const CONSTANTS: Readonly<Record<string, boolean | null>> = { true: true, True: true, false: false, False: false, none: null, None: null };
/** Names that end a test without parentheses, so that `x is string and y` has no argument. */
const AFTER_TEST: readonly string[] = ["else", "or", "and", "if", "not", "in", "is"];
const NO_ARGUMENTS: Arguments = { positional: [], named: [], spread: [] };

/** One expression, by the grammar and precedences of Jinja 3.1's parser. Throws SyntaxFault. */
export function parseExpression(cursor: Cursor): Expression {
  return cursor.nested(() => parseChoice(cursor));
}

/** `a, b` without parentheses is a tuple. Where `conditions` is false, `if` belongs to the statement (`for x in y if z`). */
export function parseTuple(cursor: Cursor, conditions = true): Expression {
  const at = cursor.at;
  const one = () => (conditions ? parseExpression(cursor) : parseOr(cursor));
  const items = [one()];
  let comma = false;
  while (cursor.skipOperator(",")) {
    comma = true;
    if (endsTuple(cursor)) break;
    items.push(one());
  }
  const [first] = items;
  return first !== undefined && !comma ? first : { type: "tuple", at, items, height: above(items) };
}

function endsTuple(cursor: Cursor): boolean {
  return cursor.done || cursor.isOperator(")") || cursor.isOperator("=") || cursor.isName("if") || cursor.isName("recursive");
}

function parseChoice(cursor: Cursor): Expression {
  let value = parseOr(cursor);
  while (cursor.skipName("if")) {
    const test = parseOr(cursor);
    const no = cursor.skipName("else") ? parseExpression(cursor) : null;
    value = { type: "choice", at: value.at, test, yes: value, no, height: above([value, test, ...(no === null ? [] : [no])]) };
  }
  return value;
}

function parseOr(cursor: Cursor): Expression {
  return chain(cursor, parseAnd, () => (cursor.skipName("or") ? "or" : null));
}

function parseAnd(cursor: Cursor): Expression {
  return chain(cursor, parseNot, () => (cursor.skipName("and") ? "and" : null));
}

function parseNot(cursor: Cursor): Expression {
  const at = cursor.at;
  if (!cursor.skipName("not")) return chain(cursor, parseSum, () => comparison(cursor));
  const of = cursor.nested(() => parseNot(cursor));
  return { type: "unary", op: "not", at, of, height: above([of]) };
}

function comparison(cursor: Cursor): Operator | null {
  const token = cursor.peek();
  if (token?.kind === "operator" && COMPARISONS.includes(token.text)) return cursor.take().kind === "operator" ? (token.text as Operator) : null; // listed in COMPARISONS
  if (cursor.skipName("in")) return "in";
  if (!(cursor.isName("not") && cursor.isName("in", 1))) return null;
  cursor.take();
  cursor.take();
  return "not in";
}

function parseSum(cursor: Cursor): Expression {
  return chain(cursor, parseConcatenation, () => oneOf(cursor, ["+", "-"]));
}

function parseConcatenation(cursor: Cursor): Expression {
  return chain(cursor, parseProduct, () => oneOf(cursor, ["~"]));
}

function parseProduct(cursor: Cursor): Expression {
  return chain(cursor, parsePower, () => oneOf(cursor, PRODUCTS));
}

function parsePower(cursor: Cursor): Expression {
  return chain(
    cursor,
    (inner) => parseUnary(inner, true),
    () => oneOf(cursor, ["**"]),
  );
}

function oneOf(cursor: Cursor, operators: readonly Operator[]): Operator | null {
  return operators.find((operator) => cursor.skipOperator(operator)) ?? null;
}

function chain(cursor: Cursor, operand: (cursor: Cursor) => Expression, operator: () => Operator | null): Expression {
  const first = operand(cursor);
  const rest: { op: Operator; right: Expression }[] = [];
  let height = first.height;
  for (let op = operator(); op !== null; op = operator()) {
    const right = operand(cursor);
    height = Math.max(height, right.height);
    rest.push({ op, right });
  }
  return rest.length === 0 ? first : { type: "operation", at: first.at, first, rest, height: checked(height + 1, first.at) };
}

function parseUnary(cursor: Cursor, withFilters: boolean): Expression {
  const at = cursor.at;
  const op = oneOf(cursor, ["-", "+"]);
  const value = op === "-" || op === "+" ? negated(cursor, op, at) : parseLinks(cursor, parsePrimary(cursor));
  return withFilters ? parseFilters(cursor, value) : value;
}

function negated(cursor: Cursor, op: "-" | "+", at: number): Expression {
  const of = cursor.nested(() => parseUnary(cursor, false));
  return { type: "unary", op, at, of, height: above([of]) };
}

function parsePrimary(cursor: Cursor): Expression {
  const token = cursor.take();
  const { at } = token;
  if (token.kind === "number") return { type: "number", at, value: token.value, integer: token.integer, height: 0 };
  if (token.kind === "string") return adjacentStrings(cursor, token);
  if (token.kind === "name") {
    const constant = Object.hasOwn(CONSTANTS, token.text) ? CONSTANTS[token.text] : undefined;
    if (constant === null) return { type: "none", at, height: 0 };
    return constant === undefined ? { type: "name", at, name: token.text, height: 0 } : { type: "boolean", at, value: constant, height: 0 };
  }
  switch (token.text) {
    case "(":
      return cursor.nested(() => parenthesised(cursor, at));
    case "[": {
      const items = listed(cursor, "]", () => parseExpression(cursor));
      return { type: "list", at, items, height: above(items) };
    }
    case "{": {
      const entries = listed(cursor, "}", () => entry(cursor));
      return { type: "dict", at, entries, height: above(entries.flat()) };
    }
    default:
      throw new SyntaxFault(at, `${token.text} where a value must stand`);
  }
}

function adjacentStrings(cursor: Cursor, first: { readonly text: string; readonly escapedLetters: number; readonly at: number }): Expression {
  const parts = [first.text];
  let { escapedLetters } = first;
  for (let next = cursor.peek(); next?.kind === "string"; next = cursor.peek()) {
    cursor.take();
    parts.push(next.text);
    escapedLetters += next.escapedLetters;
  }
  const whole: Expression = { type: "text", at: first.at, text: parts.join(""), escapedLetters, height: 0 };
  if (parts.length === 1) return whole;
  const rest = parts
    .slice(1)
    .map((text) => ({ op: "~" as const, right: { type: "text" as const, at: first.at, text, escapedLetters: 0, height: 0 } }));
  return { type: "operation", at: first.at, first: { ...whole, text: first.text }, rest, height: 1 };
}

function parenthesised(cursor: Cursor, at: number): Expression {
  if (cursor.skipOperator(")")) return { type: "tuple", at, items: [], height: 0 };
  const inner = parseTuple(cursor);
  cursor.expectOperator(")");
  return inner;
}

function listed<T>(cursor: Cursor, close: string, one: () => T): T[] {
  const items: T[] = [];
  while (!cursor.skipOperator(close)) {
    if (items.length > 0) {
      cursor.expectOperator(",");
      if (cursor.skipOperator(close)) break;
    }
    items.push(one());
  }
  return items;
}

function entry(cursor: Cursor): readonly [Expression, Expression] {
  const key = parseExpression(cursor);
  cursor.expectOperator(":");
  return [key, parseExpression(cursor)];
}

/** Attributes, items and calls behind a primary. */
function parseLinks(cursor: Cursor, primary: Expression): Expression {
  let value = primary;
  for (;;) {
    const { at } = cursor;
    if (cursor.skipOperator(".")) value = parseAttribute(cursor, value, at);
    else if (cursor.skipOperator("[")) value = parseItem(cursor, value, at);
    else if (cursor.isOperator("(")) value = parseCall(cursor, value);
    else return value;
  }
}

function parseAttribute(cursor: Cursor, of: Expression, at: number): Expression {
  const token = cursor.take();
  if (token.kind === "name") return { type: "attribute", at, of, name: token.text, height: above([of]) };
  if (token.kind !== "number") throw new SyntaxFault(token.at, "expected a name or a number after the dot");
  return { type: "item", at, of, key: { type: "number", at: token.at, value: token.value, integer: true, height: 0 }, height: above([of]) };
}

function parseItem(cursor: Cursor, of: Expression, at: number): Expression {
  const keys = listed(cursor, "]", () => subscript(cursor, of, at));
  const [first] = keys;
  if (first === undefined) throw new SyntaxFault(at, "a subscript with nothing in it");
  if (keys.length === 1) return "slice" in first ? first.slice : { type: "item", at, of, key: first.key, height: above([of, first.key]) };
  const items = keys.map((key) => ("slice" in key ? key.slice : key.key));
  const key: Expression = { type: "tuple", at, items, height: above(items) };
  return { type: "item", at, of, key, height: above([of, key]) };
}

function subscript(cursor: Cursor, of: Expression, at: number): { readonly key: Expression } | { readonly slice: Expression } {
  const start = cursor.isOperator(":") ? null : parseExpression(cursor);
  if (start !== null && !cursor.isOperator(":")) return { key: start };
  cursor.expectOperator(":");
  const stop = bound(cursor);
  const step = cursor.skipOperator(":") ? bound(cursor) : null;
  const bounds = [start, stop, step] as const;
  return { slice: { type: "slice", at, of, bounds, height: above([of, ...bounds.filter((each) => each !== null)]) } };
}

function bound(cursor: Cursor): Expression | null {
  return cursor.isOperator(":") || cursor.isOperator("]") || cursor.isOperator(",") ? null : parseExpression(cursor);
}

function parseCall(cursor: Cursor, callee: Expression): Expression {
  const { at } = cursor;
  const args = parseArguments(cursor);
  return { type: "call", at, callee, args, height: above([callee, ...valuesOf(args)]) };
}

/** Parenthesised arguments, keyword and star arguments included. */
export function parseArguments(cursor: Cursor): Arguments {
  const positional: Expression[] = [];
  const named: { name: string; value: Expression }[] = [];
  const spread: Expression[] = [];
  cursor.expectOperator("(");
  listed(cursor, ")", () => {
    if (cursor.skipOperator("*") || cursor.skipOperator("**")) spread.push(parseExpression(cursor));
    else if (cursor.peek()?.kind === "name" && cursor.isOperator("=", 1)) {
      const name = cursor.expectName();
      cursor.take();
      named.push({ name, value: parseExpression(cursor) });
    } else positional.push(parseExpression(cursor));
  });
  return { positional, named, spread };
}

/** Filters, tests, and calls of their results. */
function parseFilters(cursor: Cursor, start: Expression): Expression {
  let value = start;
  for (;;) {
    if (cursor.skipOperator("|")) value = parseFilter(cursor, value);
    else if (cursor.isName("is")) value = parseTest(cursor, value);
    else if (cursor.isOperator("(")) value = parseCall(cursor, value);
    else return value;
  }
}

/** The name and arguments of one filter; `of` is null where a block is filtered. */
export function parseFilter(cursor: Cursor, of: Expression | null): Expression {
  const { at } = cursor;
  const name = dottedName(cursor);
  const args = cursor.isOperator("(") ? parseArguments(cursor) : NO_ARGUMENTS;
  return { type: "filter", at, of, name, args, height: above([...(of === null ? [] : [of]), ...valuesOf(args)]) };
}

/** `a|b|c` where the first operand is the block. */
export function parseFilterChain(cursor: Cursor): Expression {
  let value = parseFilter(cursor, null);
  while (cursor.skipOperator("|")) value = parseFilter(cursor, value);
  return value;
}

function parseTest(cursor: Cursor, of: Expression): Expression {
  cursor.take();
  const { at } = cursor;
  const negate = cursor.skipName("not");
  const name = dottedName(cursor);
  const args = cursor.isOperator("(") ? parseArguments(cursor) : bareArgument(cursor);
  const test: Expression = { type: "test", at, of, name, args, height: above([of, ...valuesOf(args)]) };
  return negate ? { type: "unary", op: "not", at, of: test, height: above([test]) } : test;
}

function bareArgument(cursor: Cursor): Arguments {
  const token = cursor.peek();
  const begins =
    token !== undefined &&
    (token.kind !== "operator" ? token.kind !== "name" || !AFTER_TEST.includes(token.text) : token.text === "[" || token.text === "{");
  return begins ? { positional: [parseLinks(cursor, parsePrimary(cursor))], named: [], spread: [] } : NO_ARGUMENTS;
}

function dottedName(cursor: Cursor): string {
  let name = cursor.expectName();
  while (cursor.skipOperator(".")) name += `.${cursor.expectName()}`;
  return name;
}

function above(parts: readonly Expression[]): number {
  let height = 0;
  for (const part of parts) height = Math.max(height, part.height + 1);
  return checked(height, parts[0]?.at ?? 0);
}

function checked(height: number, at: number): number {
  if (height > MAX_HEIGHT) throw new SyntaxFault(at, `an expression of more than ${MAX_HEIGHT} levels`);
  return height;
}

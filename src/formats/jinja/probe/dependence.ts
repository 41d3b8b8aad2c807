import type { Budget } from "../../../limits.ts";
import { COMPARISONS, type Expression, type Template } from "../ast.ts";
import { childrenOf, valuesOf } from "../ast-walk.ts";
import { Assignments, isNamespace } from "./assignments.ts";

/** What a condition can hang on that a model's maker has no reason to tie words to. */
export type Ground = "text" | "date" | "count";

/** Whether the value of an expression matters, or only whether there is one and of which type. */
type Use = "value" | "presence";

/** What a renderer gives that somebody else than the operator writes. */
const DATA: ReadonlySet<string> = new Set(["messages", "tools", "documents", "conversation", "history"]);
/** Fields that say what kind of thing something is: to tell these apart is a template's task. */
const KINDS: ReadonlySet<string> = new Set(["role", "type", "from", "recipient", "channel"]);
const COUNTERS: ReadonlySet<string> = new Set(["index", "index0", "revindex", "revindex0", "length"]);
/** Forms that the same content can come in. */
const SHAPE_TESTS: ReadonlySet<string> = new Set("boolean float integer iterable mapping number sequence string".split(" "));
const TYPE_TESTS: ReadonlySet<string> = new Set([...SHAPE_TESTS, ..."callable defined false filter none test true undefined".split(" ")]);
/** Filters and methods whose result is empty where they are given nothing. */
const KEEPING: ReadonlySet<string> = new Set(
  "strip lstrip rstrip trim string list length count items keys values dictsort sort unique reverse first last select selectattr reject rejectattr map default d tojson lower upper".split(
    " ",
  ),
);
const LENGTHS: ReadonlySet<string> = new Set(["length", "count"]);
/** Counts up to this are beginnings and ends: `messages|length > 1`, `loop.index0 % 2 == 0`. */
const SMALL = 2;

/** Variables that are made from variables. */
const MAX_HOPS = 8;
/** Names that are looked up inside each other: real templates have under ten. */
const MAX_DEPTH = 60;

/**
 * What conditions of a template hang on, through variables, namespaces and macros: coarser than a rendering, and missing nothing that is assigned by
 * name.
 */
export class Dependence {
  readonly #assignments: Assignments;
  readonly #known = new Map<string, ReadonlySet<Ground>>();
  readonly #memo = new Map<Expression, Map<string, ReadonlySet<Ground>>>();
  readonly #data = new Map<string, boolean>();
  readonly #elements = new Map<string, boolean>();
  readonly #kinds = new Map<string, boolean>();
  readonly #budget: Budget;
  #hops = MAX_HOPS;
  #depth = 0;

  constructor(template: Template, budget: Budget) {
    this.#budget = budget;
    this.#assignments = new Assignments(template, budget);
  }

  of(condition: Expression): ReadonlySet<Ground> {
    return this.#grounds(condition, "presence");
  }

  /** Without the conditions under which its variables are assigned. */
  directly(condition: Expression): ReadonlySet<Ground> {
    this.#hops = MAX_HOPS - 1;
    const grounds = this.#grounds(condition, "presence");
    this.#hops = MAX_HOPS;
    return grounds;
  }

  /**
   * What a variable holds, and when it is assigned. The conditions of an assignment count as they stand, with the variables in them: what these
   * hang on in turn is turned itself.
   */
  #variable(name: string, use: Use): ReadonlySet<Ground> {
    if (DATA.has(name) || this.#hops === 0) return NONE;
    const key = `${use} ${this.#hops} ${name}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const grounds = new Set<Ground>();
    this.#known.set(key, grounds);
    const hops = this.#hops;
    const { values, conditions } = this.#assignments.of(name);
    this.#hops = hops - 1;
    for (const value of values) add(grounds, this.#grounds(value, use));
    this.#hops = 1;
    if (hops === MAX_HOPS) for (const condition of conditions) add(grounds, this.#grounds(condition, "presence"));
    this.#hops = hops;
    return grounds;
  }

  #grounds(expression: Expression, use: Use): ReadonlySet<Ground> {
    this.#budget.steps(1);
    const key = `${use} ${this.#hops}`;
    const memo = this.#memo.get(expression) ?? new Map<string, ReadonlySet<Ground>>();
    const known = memo.get(key);
    if (known !== undefined) return known;
    const grounds = this.#groundsOf(expression, use);
    this.#memo.set(expression, memo.set(key, grounds));
    return grounds;
  }

  #groundsOf(expression: Expression, use: Use): ReadonlySet<Ground> {
    switch (expression.type) {
      case "name":
        return this.#variable(this.#assignments.keyOf(expression), use);
      case "attribute":
      case "item":
        return this.#field(expression, use);
      case "unary":
        return this.#grounds(expression.of, use);
      case "choice":
        return union([
          this.#grounds(expression.test, "presence"),
          this.#all([expression.yes, ...(expression.no === null ? [] : [expression.no])], use),
        ]);
      case "test":
        return this.#test(expression);
      case "filter":
        return this.#filter(expression, use);
      case "call":
        return this.#call(expression, use);
      case "operation":
        return this.#operation(expression, use);
      default:
        return this.#all(childrenOf(expression), "value");
    }
  }

  #all(expressions: readonly Expression[], use: Use): ReadonlySet<Ground> {
    return union(expressions.map((each) => this.#grounds(each, use)));
  }

  #field(expression: Expression & { readonly type: "attribute" | "item" }, use: Use): ReadonlySet<Ground> {
    const name = expression.type === "attribute" ? expression.name : expression.key.type === "text" ? expression.key.text : null;
    const { of } = expression;
    if (of.type === "name" && of.name === "loop") return new Set();
    const attribute = name === null ? null : this.#assignments.attributeKey(of, name);
    if (attribute !== null) return this.#variable(attribute, use);
    const key = expression.type === "item" ? this.#grounds(expression.key, "value") : NONE;
    // an element is as its list: `tools[0]`, `text[0]`
    if (name === null) return union([this.#grounds(of, use), key]);
    const inside = union([this.#grounds(of, "presence"), key]);
    return use === "presence" || KINDS.has(name) || !this.#isData(of) ? inside : union([inside, TEXT]);
  }

  #test(expression: Expression & { readonly type: "test" }): ReadonlySet<Ground> {
    if (SHAPE_TESTS.has(expression.name) && this.#isData(expression.of)) return NONE;
    if (TYPE_TESTS.has(expression.name)) return this.#grounds(expression.of, "presence");
    return this.#compared([expression.of, ...valuesOf(expression.args)]);
  }

  #filter({ of, name, args }: Expression & { readonly type: "filter" }, use: Use): ReadonlySet<Ground> {
    // how often something stands in a text, added up: whether a variable of that name is nought says little of any one text
    if (LENGTHS.has(name) && use === "presence" && this.#hops < MAX_HOPS) return NONE;
    const given = valuesOf(args);
    const [first] = args.positional;
    const kind = first?.type === "text" && KINDS.has(first.text);
    const inside = of === null ? NONE : this.#grounds(of, KEEPING.has(name) ? use : "value");
    const rest = this.#all(given, "value");
    const data = of !== null && this.#isData(of);
    const looks = /^(?:select|reject)attr$/.test(name) ? given.length > 1 && !kind : name === "map" && args.named.some((each) => !isKind(each.value));
    return union([inside, rest, looks && data && use === "value" ? TEXT : NONE, looks && data && name !== "map" ? TEXT : NONE]);
  }

  #call({ callee, args }: Expression & { readonly type: "call" }, use: Use): ReadonlySet<Ground> {
    const given = this.#all(valuesOf(args), "value");
    if (callee.type === "name") {
      if (callee.name === "strftime_now") return use === "value" ? DATE : NONE;
      return union([given, this.#variable(`${callee.name}()`, use)]);
    }
    const [key] = args.positional;
    if (callee.type === "attribute" && callee.name === "get" && key !== undefined)
      return this.#field({ type: "item", of: callee.of, key, at: callee.at, height: 0 }, use);
    if (callee.type === "attribute") return union([given, this.#grounds(callee.of, KEEPING.has(callee.name) ? use : "value")]);
    return union([given, this.#grounds(callee, "value")]);
  }

  #operation({ first, rest }: Expression & { readonly type: "operation" }, use: Use): ReadonlySet<Ground> {
    const operands = [first, ...rest.map(({ right }) => right)];
    const op = rest[0]?.op ?? "and";
    if (op === "and" || op === "or") return this.#all(operands, use);
    if (op === "+" || op === "-" || op === "~") return this.#all(operands, use);
    if (!COMPARISONS.has(op)) return this.#all(operands, "value");
    const [last] = operands.slice(-1);
    if ((op === "in" || op === "not in") && last !== undefined && this.#isElement(last)) return this.#all(operands, "presence");
    return this.#compared(operands, op === ">" || op === "<");
  }

  /** Against nothing, or an empty text, a comparison asks whether there is something; against a small number, whether it is the first or the last. */
  #compared(operands: readonly Expression[], isBeyond = false): ReadonlySet<Ground> {
    const open = operands.filter((each) => !isEmpty(each));
    if (open.length < operands.length && open.length < 2) return this.#all(open, "presence");
    // what others write is held against what others write: a result of a tool against its call
    if (open.every((each) => this.#isData(each) && !hasConstant(each))) return this.#all(open, "presence");
    const grounds = this.#all(open, "value");
    const counts = open.some((each) => this.#counts(each));
    const far = operands.some((each) => numbersIn(each).some((number) => Math.abs(number) > (isBeyond ? SMALL - 1 : SMALL)));
    if (counts && !far) return this.#all(open, "presence");
    const other = open.some((each) => this.#isData(each) && !this.#counts(each) && !this.#isKind(each));
    if (other && operands.some((each) => hasConstant(each))) return union([grounds, TEXT, far ? COUNT : NONE]);
    const own = far && open.some((each) => this.#isData(each) || this.#counts(each) || this.#isCounter(each));
    return own ? union([grounds, COUNT]) : grounds;
  }

  /** A message, a tool or a part of a content: `in` asks for its fields. */
  #isElement(expression: Expression): boolean {
    this.#budget.steps(1);
    if (expression.type === "item" && expression.key.type === "number") return this.#isList(expression.of);
    if (expression.type !== "name") return false;
    return this.#lookedUp(this.#elements, this.#assignments.keyOf(expression), false, (values) =>
      values.some((value) => this.#isList(value) || this.#isElement(value)),
    );
  }

  /** What holds of a name by what it is assigned; `otherwise` while that is being found out. */
  #lookedUp(known: Map<string, boolean>, key: string, otherwise: boolean, holds: (values: readonly Expression[]) => boolean): boolean {
    const before = known.get(key);
    if (before !== undefined || this.#depth >= MAX_DEPTH) return before ?? otherwise;
    known.set(key, otherwise);
    this.#depth++;
    const result = holds(this.#assignments.of(key).values);
    this.#depth--;
    known.set(key, result);
    return result;
  }

  #isList(expression: Expression): boolean {
    return expression.type === "slice" ? this.#isList(expression.of) : expression.type === "name" && DATA.has(this.#assignments.keyOf(expression));
  }

  /** What tells kinds of messages, contents and parameters apart. */
  #isKind(expression: Expression): boolean {
    this.#budget.steps(1);
    switch (expression.type) {
      case "attribute":
        return KINDS.has(expression.name);
      case "item":
        return expression.key.type === "text" && KINDS.has(expression.key.text);
      case "filter":
        return KEEPING.has(expression.name) && expression.of !== null && this.#isKind(expression.of);
      case "call": {
        const { callee, args } = expression;
        if (callee.type !== "attribute") return false;
        const [key] = args.positional;
        return callee.name === "get" ? key !== undefined && isKind(key) : KEEPING.has(callee.name) && this.#isKind(callee.of);
      }
      case "name":
        return this.#nameIsKind(this.#assignments.keyOf(expression));
      default:
        return false;
    }
  }

  #nameIsKind(key: string): boolean {
    return this.#lookedUp(this.#kinds, key, true, (values) => {
      const data = values.filter((value) => this.#isData(value));
      return data.length > 0 && data.every((value) => this.#isKind(value));
    });
  }

  /** A length, or the place in a loop. */
  #counts(expression: Expression): boolean {
    if (expression.type === "filter" && LENGTHS.has(expression.name)) return expression.of !== null && this.#isData(expression.of);
    if (expression.type === "attribute" && expression.of.type === "name" && expression.of.name === "loop") return COUNTERS.has(expression.name);
    if (expression.type === "operation") return [expression.first, ...expression.rest.map(({ right }) => right)].some((each) => this.#counts(each));
    return false;
  }

  /** A variable that is counted up: `ns.n = ns.n + 1`. */
  #isCounter(expression: Expression): boolean {
    const key =
      expression.type === "name"
        ? this.#assignments.keyOf(expression)
        : expression.type === "attribute"
          ? this.#assignments.attributeKey(expression.of, expression.name)
          : null;
    const values = key === null ? [] : this.#assignments.of(key).values;
    return values.some((value) => value.type === "operation" && (value.rest[0]?.op === "+" || value.rest[0]?.op === "-"));
  }

  /** Whether it comes from what others than the operator write. */
  #isData(expression: Expression): boolean {
    this.#budget.steps(1);
    if (expression.type === "name") return this.#nameIsData(this.#assignments.keyOf(expression));
    const attribute = expression.type === "attribute" ? this.#assignments.attributeKey(expression.of, expression.name) : null;
    if (attribute !== null) return this.#nameIsData(attribute);
    return !isNamespace(expression) && childrenOf(expression).some((each) => this.#isData(each));
  }

  #nameIsData(name: string): boolean {
    return DATA.has(name) || this.#lookedUp(this.#data, name, false, (values) => values.some((value) => this.#isData(value)));
  }
}

const NONE: ReadonlySet<Ground> = new Set();
const TEXT: ReadonlySet<Ground> = new Set(["text"]);
const DATE: ReadonlySet<Ground> = new Set(["date"]);
const COUNT: ReadonlySet<Ground> = new Set(["count"]);

function union(sets: readonly ReadonlySet<Ground>[]): ReadonlySet<Ground> {
  const all = new Set<Ground>();
  for (const set of sets) add(all, set);
  return all;
}

function add(to: Set<Ground>, from: ReadonlySet<Ground>): void {
  for (const each of from) to.add(each);
}

function isKind(expression: Expression): boolean {
  return expression.type === "text" && KINDS.has(expression.text);
}

function isEmpty(expression: Expression): boolean {
  if (expression.type === "list" || expression.type === "tuple") return expression.items.length === 0;
  if (expression.type === "dict") return expression.entries.length === 0;
  if (expression.type === "number") return expression.value === 0;
  return expression.type === "none" || expression.type === "boolean" || (expression.type === "text" && expression.text.trim() === "");
}

function hasConstant(expression: Expression): boolean {
  return (expression.type === "text" && expression.text.trim() !== "") || childrenOf(expression).some(hasConstant);
}

function numbersIn(expression: Expression): number[] {
  return expression.type === "number" ? [expression.value] : childrenOf(expression).flatMap(numbersIn);
}

import type { Budget } from "../../../limits.ts";
import { type Arguments, COMPARISONS, type Expression, type Statement, type Template } from "../ast.ts";
import { bodiesOf, childrenOf, expressionsOf, valuesOf } from "../ast-walk.ts";
import type { Phrases } from "./phrases.ts";

/** Methods and filters whose arguments are looked for, and not written. */
const LOOKING: ReadonlySet<string> = new Set(
  "startswith endswith find rfind index rindex count split rsplit partition rpartition removeprefix removesuffix strip lstrip rstrip trim get selectattr rejectattr select reject map groupby sort".split(
    " ",
  ),
);

/**
 * Sentences in the texts of a template that none of its renderings held: behind an index, a product or a key that depends on data, there is no
 * condition to turn. Texts that are only compared with, or say why a conversation is refused, are none.
 */
export function unwrittenIn(template: Template, known: Phrases, budget: Budget): string[] {
  const texts: string[] = [];
  const statement = (each: Statement): void => {
    budget.steps(1);
    for (const inner of expressionsOf(each)) expression(inner);
    for (const body of bodiesOf(each)) for (const inner of body) statement(inner);
  };
  const expression = (each: Expression): void => {
    budget.steps(1);
    if (each.type === "text") texts.push(each.text);
    else if (each.type === "operation" && COMPARISONS.has(each.rest[0]?.op ?? "")) return;
    else if (each.type === "operation") joined(each);
    else if (each.type === "dict") for (const [, value] of each.entries) expression(value);
    else if (each.type === "test") expression(each.of);
    else if (each.type === "item") expression(each.of);
    else if (each.type === "filter") called(each.name, each.of, each.args);
    else if (each.type === "call" && each.callee.type === "attribute") called(each.callee.name, each.callee.of, each.args);
    else if (each.type === "call" && each.callee.type === "name" && each.callee.name === "raise_exception") return;
    else for (const child of childrenOf(each)) expression(child);
  };
  const called = (name: string, of: Expression | null, args: Arguments): void => {
    if (of !== null) expression(of);
    const given = valuesOf(args);
    for (const value of name === "replace" || name === "get" ? given.slice(1) : LOOKING.has(name) ? [] : given) expression(value);
  };
  /** Pieces that are put together are one text. */
  const joined = ({ first, rest }: Expression & { readonly type: "operation" }): void => {
    let text = "";
    for (const operand of [first, ...rest.map(({ right }) => right)]) {
      if (operand.type === "text") text += operand.text;
      else {
        texts.push(text);
        text = "";
        expression(operand);
      }
    }
    texts.push(text);
  };
  for (const each of template.body) statement(each);
  return [...new Set(texts.flatMap((text) => known.fresh(text)))];
}

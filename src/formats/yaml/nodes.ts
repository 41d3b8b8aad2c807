import { isAlias, isMap, isScalar, isSeq, type Node } from "yaml";
import type { LiteralShape } from "../pickle/facts.ts";
import { shapeOfText } from "../pickle/literal-shape.ts";

/** What stands in a document that the `yaml` package composed without any schema: every scalar is text. */
export type YamlNode = Node | null;

/** The text of a scalar; undefined for anything else. */
export function textOf(node: YamlNode | undefined): string | undefined {
  if (!isScalar(node)) return undefined;
  return typeof node.value === "string" ? node.value : node.value === null ? "" : undefined;
}

export function startOf(node: YamlNode | undefined): number {
  return node?.range?.[0] ?? 0;
}

/** The value of the last member of that name. Keys that are aliases are looked through by the walk, not here. */
export function memberOf(node: YamlNode | undefined, key: string): YamlNode | undefined {
  if (!isMap(node)) return undefined;
  return node.items.findLast((pair) => textOf(pair.key as YamlNode) === key)?.value as YamlNode | undefined; // the composer makes nodes only
}

export function itemOf(node: YamlNode | undefined, key: string): YamlNode | undefined {
  if (!isSeq(node)) return memberOf(node, key);
  return /^\d{1,9}$/.test(key) ? (node.items[Number(key)] as YamlNode | undefined) : undefined; // as above
}

/** Texts below a node, a few levels deep and no more than that many, found by looking at no more nodes than that. */
const MAX_TEXTS = 64;
const MAX_LOOKED_AT = 512;
const MAX_TEXT_DEPTH = 4;
const SHOWN = 120;

export function textsBelow(node: YamlNode | undefined): readonly string[] {
  const texts: string[] = [];
  let left = MAX_LOOKED_AT;
  const visit = (value: YamlNode | undefined, depth: number): void => {
    if (texts.length >= MAX_TEXTS || depth > MAX_TEXT_DEPTH || left-- <= 0) return;
    const text = textOf(value);
    if (text !== undefined && text !== "") texts.push(text);
    else if (isSeq(value)) for (const item of value.items.slice(0, MAX_TEXTS)) visit(item as YamlNode, depth + 1);
    else if (isMap(value)) for (const pair of value.items.slice(0, MAX_TEXTS)) visit(pair.value as YamlNode, depth + 1);
  };
  visit(node, 0);
  return texts;
}

/** One word alone is a value like any other: `true`, `cat` and `at` are commands and classes, too. */
const MORE_THAN_A_WORD = /[\s;|&(`$]/;

/** What a call is given, for a person and for the judge. Paths and addresses are what configurations are full of. */
export function argumentsOf(texts: readonly string[]): { readonly under: string; readonly shapes: readonly LiteralShape[] } {
  const shapes = new Set(
    texts
      .filter((text) => MORE_THAN_A_WORD.test(text))
      .flatMap((text) => shapeOfText(text) ?? [])
      .filter((shape) => shape === "command" || shape === "code"),
  );
  return { under: texts.join(", ").slice(0, SHOWN), shapes: [...shapes] };
}

export function isContainer(node: YamlNode | undefined): boolean {
  return isMap(node) || isSeq(node);
}

export { isAlias, isMap, isSeq };

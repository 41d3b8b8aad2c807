import type { Budget } from "../../limits.ts";
import { interpolationsIn, pathOf } from "./interpolation.ts";
import { isMap, itemOf, textOf, type YamlNode } from "./nodes.ts";
import { type Step, stepsOf } from "./path.ts";

/** Interpolations that are followed one after another. */
const MAX_HOPS = 8;
const MAX_LENGTH = 4096;

/**
 * A text with what its interpolations lead to in the same document, as OmegaConf puts it in; null where one leads nowhere, to no text, or to a
 * resolver, so that what it says is only known while loading.
 */
export function resolveText(text: string, root: YamlNode, path: Step, budget: Budget): string | null {
  let now = text;
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const found = interpolationsIn(now);
    // The innermost is the last that begins.
    const last = found.at(-1);
    if (last === undefined) return now;
    if (last.what.kind === "resolver") return null;
    const value = lookUp(last.what.path, root, path, budget);
    if (value === undefined || now.length + value.length > MAX_LENGTH) return null;
    now = now.slice(0, last.from) + value + now.slice(last.to);
  }
  return interpolationsIn(now).length === 0 ? now : null;
}

function lookUp(written: string, root: YamlNode, path: Step, budget: Budget): string | undefined {
  const { up, keys } = pathOf(written);
  const holder = up === null ? [] : stepsOf(path).slice(0, -1 - up);
  let node: YamlNode | undefined = root;
  for (const key of [...holder, ...keys]) {
    budget.steps(isMap(node) ? node.items.length : 1);
    node = itemOf(node, String(key));
  }
  return textOf(node);
}

import type { Document, ParsedNode } from "yaml";
import { leadsIntoLeftOut } from "../../left-out.ts";
import type { Budget } from "../../limits.ts";
import { CODE_KEYS, DOTTED_NAME } from "./code-keys.ts";
import { MAX_EXPANDED, MAX_KEPT, MAX_TEXT, type YamlCodeName, type YamlFacts, type YamlPlaced, type YamlResolver, type YamlTag } from "./facts.ts";
import { interpolationsIn } from "./interpolation.ts";
import { argumentsOf, isAlias, isContainer, isMap, isSeq, memberOf, startOf, textOf, textsBelow, type YamlNode } from "./nodes.ts";
import { pointerOf, type Step, stepsOf } from "./path.ts";
import { resolveText } from "./resolve.ts";
import { partOf } from "./shape-parts.ts";
import { MAX_TOP_KEYS, shapeOf, type YamlShapeId, type YamlTop } from "./shapes.ts";
import { isPlainTag } from "./tags.ts";

const NODE_STEPS = 8;
/** Interpolations are looked for this far; no text of a configuration is longer. */
const MAX_SEARCHED = 65_536;
/** A name that is longer is put together from others; what it was given is not looked up. */
const MAX_RESOLVED = 4096;

/** A container that is being walked. Keys and values alternate in a map. */
interface Frame {
  readonly node: YamlNode;
  readonly path: Step | null;
  next: number;
  /** Nodes below it, with those that its aliases stand for. */
  expanded: number;
  readonly keys: Map<string, YamlNode> | null;
}

type Lists = "tags" | "code" | "resolvers" | "evaluated" | "files" | "requirements" | "trustRemoteCode" | "leftOutPaths" | "duplicates";

/** Walks documents without recursion and keeps what an examiner needs. Offsets are indices into the text until `YamlFacts` is made of it. */
export class Collector {
  readonly tags: YamlTag[] = [];
  readonly code: YamlCodeName[] = [];
  readonly resolvers: YamlResolver[] = [];
  readonly evaluated: YamlPlaced[] = [];
  readonly files: YamlPlaced[] = [];
  readonly requirements: YamlPlaced[] = [];
  readonly trustRemoteCode: YamlPlaced[] = [];
  readonly leftOutPaths: YamlPlaced[] = [];
  readonly duplicates: { pointer: string; at: number; same: boolean }[] = [];
  shape: YamlShapeId | null = null;
  dropped = 0;
  nodes = 0;
  aliases = 0;
  expandedNodes = 0;
  cycleAt: number | null = null;
  readonly #budget: Budget;
  #root: YamlNode = null;
  #shape: YamlShapeId | null = null;
  #hydra = false;
  /** What an anchor stands for here, and how many nodes that is; null while it is open. */
  #anchors = new Map<string, { readonly node: YamlNode; expanded: number | null }>();

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  document({ contents }: Document.Parsed<ParsedNode, false>): void {
    this.#root = contents;
    this.#anchors = new Map();
    this.#shape = shapeOf(topOf(contents));
    this.#hydra = memberOf(contents, "hydra") !== undefined;
    this.shape ??= this.#shape;
    this.#walk(contents);
  }

  #walk(root: YamlNode): void {
    const frames: Frame[] = [];
    this.expandedNodes = add(this.expandedNodes, this.#enter(root, null, null, frames));
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const child = this.#childOf(frame);
      if (child === null) {
        frames.pop();
        this.#close(frame);
        const parent = frames.at(-1);
        if (parent === undefined) this.expandedNodes = add(this.expandedNodes, frame.expanded);
        else parent.expanded = add(parent.expanded, frame.expanded);
      } else frame.expanded = add(frame.expanded, this.#enter(child.node, child.path, frame.node, frames));
    }
  }

  /** Looks at one node; a container becomes a frame. Yields how many nodes it is, without what is in the frame. */
  #enter(node: YamlNode, path: Step | null, parent: YamlNode, frames: Frame[]): number {
    this.#budget.steps(NODE_STEPS);
    this.nodes++;
    if (node === null) return 1;
    if (isAlias(node)) return this.#alias(node.source, node, path, parent);
    const { anchor, tag } = node as { anchor?: string; tag?: string }; // both stand on scalars and containers alike
    const container = isContainer(node);
    if (anchor !== undefined) this.#anchors.set(anchor, { node, expanded: container ? null : 1 });
    if (tag !== undefined && !isPlainTag(tag)) this.#tag(tag, node, path);
    if (container) frames.push({ node, path, next: 0, expanded: 0, keys: isMap(node) ? new Map() : null });
    else this.#scalar(textOf(node) ?? "", node, path, parent);
    return 1;
  }

  #childOf(frame: Frame): { readonly node: YamlNode; readonly path: Step | null } | null {
    const { node, path } = frame;
    const index = frame.next++;
    if (isSeq(node)) return index < node.items.length ? { node: (node.items[index] as YamlNode) ?? null, path: { part: index, parent: path } } : null; // the composer makes nodes only
    if (!isMap(node)) return null;
    const pair = node.items[index >> 1];
    if (pair === undefined) return null;
    const key = pair.key as YamlNode; // as above
    if (index % 2 === 0) return { node: key, path };
    const name = this.#textOf(key) ?? "";
    const value = (pair.value as YamlNode) ?? null;
    this.#duplicate(frame, name, key, value);
    return { node: value, path: { part: name, parent: path } };
  }

  #close({ node, expanded }: Frame): void {
    const anchor = (node as { anchor?: string } | null)?.anchor; // as in #enter
    if (anchor === undefined) return;
    const known = this.#anchors.get(anchor);
    if (known?.node === node) known.expanded = add(expanded, 1);
  }

  #alias(name: string, node: YamlNode, path: Step | null, parent: YamlNode): number {
    this.aliases++;
    const target = this.#anchors.get(name);
    if (target === undefined) return 1;
    if (target.expanded === null) this.cycleAt ??= startOf(node);
    const text = textOf(target.node);
    if (text !== undefined) this.#scalar(text, node, path, parent);
    return target.expanded ?? 1;
  }

  /** The text of a scalar, also of one that an alias stands for. */
  #textOf(node: YamlNode): string | undefined {
    return isAlias(node) ? textOf(this.#anchors.get(node.source)?.node) : textOf(node);
  }

  #tag(tag: string, node: YamlNode, path: Step | null): void {
    if (this.#full(this.tags)) return;
    this.#keep(this.tags, { ...placed(path, tag, startOf(node)), ...argumentsOf(textsBelow(node)) });
  }

  #scalar(text: string, node: YamlNode, path: Step | null, parent: YamlNode): void {
    if (path === null || text === "") return;
    const at = startOf(node);
    if (typeof path.part === "string") this.#named(path.part, text, path, at, parent);
    if (text.includes("${")) this.#interpolations(text, path, at);
    if (/\.(?:git|cache)/i.test(text) && leadsIntoLeftOut(text)) this.#keep(this.leftOutPaths, placed(path, text, at));
    const part = this.#shape === null && !this.#hydra ? null : partOf(this.#shape, stepsOf(path), text);
    if (part !== null) this.#keep(this[part], placed(path, text, at));
  }

  #interpolations(text: string, path: Step, at: number): void {
    if (text.length > MAX_SEARCHED) this.dropped++;
    const start = text.slice(0, MAX_SEARCHED);
    this.#budget.steps(start.length);
    for (const { from, to, what } of interpolationsIn(start))
      if (what.kind === "resolver") this.#keep(this.resolvers, { ...placed(path, start.slice(from, to), at), name: what.name.slice(0, MAX_TEXT) });
  }

  #named(key: string, text: string, path: Step, at: number, parent: YamlNode): void {
    if (key === "trust_remote_code" && /^(?:true|yes|on)$/i.test(text)) this.#keep(this.trustRemoteCode, placed(path, text, at));
    const rule = CODE_KEYS.get(key);
    if (rule === undefined || this.#full(this.code)) return;
    this.#budget.steps(isMap(parent) ? parent.items.length : 0);
    const confirmed = (rule.beside.length === 0 && rule.common !== true) || rule.beside.some((name) => memberOf(parent, name) !== undefined);
    const resolved = text.length > MAX_RESOLVED && text.includes("${") ? null : resolveText(text, this.#root, path, this.#budget);
    if (!confirmed && !DOTTED_NAME.test(resolved ?? text)) return;
    const beside = isMap(parent) ? parent.items.filter((pair) => textOf(pair.key as YamlNode) !== key).map((pair) => pair.value as YamlNode) : [];
    const given = argumentsOf(beside.slice(0, MAX_KEPT).flatMap(textsBelow));
    this.#keep(this.code, { key: rule.key, ...placed(path, text, at), resolved, confirmed, ...given });
  }

  #duplicate(frame: Frame, name: string, key: YamlNode, value: YamlNode): void {
    const before = frame.keys?.get(name);
    if (before !== undefined && name !== "<<") {
      const text = textOf(value);
      this.#keep(this.duplicates, {
        pointer: pointerOf({ part: name, parent: frame.path }),
        at: startOf(key),
        same: text !== undefined && text === textOf(before),
      });
    }
    frame.keys?.set(name, value);
  }

  #full(list: readonly unknown[]): boolean {
    if (list.length < MAX_KEPT) return false;
    this.dropped++;
    return true;
  }

  #keep<T>(list: T[], item: T): void {
    if (list.length < MAX_KEPT) list.push(item);
    else this.dropped++;
  }

  /** All lists, for what is done to each of their entries. */
  lists(): Pick<YamlFacts, Lists> {
    const { tags, code, resolvers, evaluated, files, requirements, trustRemoteCode, leftOutPaths, duplicates } = this;
    return { tags, code, resolvers, evaluated, files, requirements, trustRemoteCode, leftOutPaths, duplicates };
  }
}

function add(a: number, b: number): number {
  return Math.min(a + b, MAX_EXPANDED);
}

function placed(path: Step | null, value: string, at: number): YamlPlaced {
  return { pointer: pointerOf(path), value, at };
}

function topOf(root: YamlNode): YamlTop {
  if (root === null) return { root: "nothing", keys: new Set() };
  const maps = isMap(root) ? [root] : isSeq(root) ? root.items.filter(isMap) : [];
  const keys = maps.flatMap((map) => map.items.slice(0, MAX_TOP_KEYS).flatMap((pair) => textOf(pair.key as YamlNode) ?? [])); // as in #childOf
  return { root: isMap(root) ? "map" : isSeq(root) ? "list" : "scalar", keys: new Set(keys.slice(0, MAX_TOP_KEYS)) };
}

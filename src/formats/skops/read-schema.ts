import type { Budget } from "../../limits.ts";
import { countOf, type JsonNode, memberOf, textOf } from "../strict-json/node.ts";
import { readJson } from "../strict-json/read.ts";
import { MAX_TYPES, type SkopsType } from "./facts.ts";

const MAX_TEXT = 200;
const MAX_DATA = 10_000;
const MAX_DUPLICATES = 10;
/** Nodes whose member is bytes for the program, of no format that skops knows. */
const BYTES: ReadonlySet<string> = new Set(["BytesNode", "BytearrayNode"]);

interface Place {
  readonly node: JsonNode;
  readonly pointer: string;
}

/** Collects the types of all schemas of one archive. */
export class Schemas {
  recognised = false;
  protocol: number | null = null;
  unread: string | null = null;
  dropped = 0;
  readonly data: string[] = [];
  readonly duplicates: string[] = [];
  readonly #types = new Map<string, SkopsType>();

  get types(): readonly SkopsType[] {
    return [...this.#types.values()];
  }

  read(bytes: Uint8Array, budget: Budget): void {
    const { kind, facts, anomalies, why } = readJson(bytes, budget);
    if (memberOf(facts.root, "__loader__") !== undefined) this.recognised = true;
    this.protocol ??= countOf(memberOf(facts.root, "protocol")) ?? null;
    if (kind !== "parsed") this.unread ??= why ?? "it is no JSON";
    for (const { kind, what } of anomalies) if (kind === "duplicate-key" && this.duplicates.length < MAX_DUPLICATES) this.duplicates.push(what);
    try {
      if (facts.root !== null) this.#walk(facts.root, budget);
    } finally {
      budget.release(facts.heldBytes);
    }
  }

  /** Every object, wherever it stands: a node in a place where skops expects none is judged as well. */
  #walk(root: JsonNode, budget: Budget): void {
    const stack: Place[] = [{ node: root, pointer: "" }];
    for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
      const { node, pointer } = place;
      budget.steps(1);
      if (node.kind === "object") {
        this.#object(node, pointer);
        for (const { key, value } of node.members.toReversed()) this.#push(stack, value, pointer, key);
      } else if (node.kind === "array")
        for (const [index, item] of [...node.items.entries()].reverse()) this.#push(stack, item, pointer, String(index));
    }
  }

  #push(stack: Place[], node: JsonNode, parent: string, key: string): void {
    if (node.kind !== "object" && node.kind !== "array") return;
    const pointer = parent.length > MAX_TEXT ? parent : `${parent}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`.slice(0, MAX_TEXT);
    stack.push({ node, pointer });
  }

  #object(node: JsonNode, pointer: string): void {
    const module = textOf(memberOf(node, "__module__"));
    const name = textOf(memberOf(node, "__class__"));
    const loader = textOf(memberOf(node, "__loader__"));
    if (module === undefined && name === undefined && loader === undefined) return;
    const file = textOf(memberOf(node, "file"));
    if (file !== undefined && loader !== undefined && BYTES.has(loader) && this.data.length < MAX_DATA) this.data.push(file.slice(0, MAX_TEXT));
    const method = loader === "MethodNode" ? (textOf(memberOf(memberOf(node, "content"), "func")) ?? null) : null;
    this.#add({ module: module ?? "", name: name ?? "", loader: loader ?? "", method, pointer, count: 1 });
  }

  #add(type: SkopsType): void {
    const { module, name, loader, method } = type;
    const key = JSON.stringify([module, name, loader, method]);
    const known = this.#types.get(key);
    if (known !== undefined) this.#types.set(key, { ...known, count: known.count + 1 });
    else if (this.#types.size >= MAX_TYPES) this.dropped++;
    else this.#types.set(key, type);
  }
}

import type { Budget } from "../../limits.ts";
import { pointerOf } from "../json/events.ts";
import type { JsonNode, JsonObject, JsonText } from "../strict-json/node.ts";
import { readJson } from "../strict-json/read.ts";
import { codeOf, decodeBase64, mayBeCode } from "./code-text.ts";
import {
  type EmbeddedBytes,
  type KerasFacts,
  type LambdaFact,
  MAX_EMBEDDED_BYTES,
  MAX_KEPT,
  MAX_TEXT,
  type NamedObject,
  type NamedText,
  type Placed,
} from "./facts.ts";

/** Where Keras looks a text up as a function or class of its own. */
const IDENTIFIERS: ReadonlySet<string> = new Set(["loss", "metrics", "weighted_metrics", "activation", "recurrent_activation", "fn"]);
/** Where layers take a path and read the file. */
const PATHS: ReadonlySet<string> = new Set(["vocabulary", "vocabulary_file", "idf_weights", "merges", "proto", "filepath", "file_path"]);
/** A key of legacy Lambda layers, and the key that tells how it is written. */
const FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ["function", "function_type"],
  ["output_shape", "output_shape_type"],
  ["mask", "mask_type"],
]);
/** Wrappers of plain values, which build nothing. */
const VALUES: ReadonlySet<string> = new Set([
  "__keras_tensor__",
  "__tensor__",
  "__numpy__",
  "__bytes__",
  "__slice__",
  "__ellipsis__",
  "__tuple__",
  "TensorShape",
  "DType",
  "Dtype",
]);
const MOST_ALTERNATIVES = 4;
/** Stands for an operation whose name is nowhere to be found. */
const UNTOLD = "(not told)";

interface Visit {
  readonly node: JsonNode;
  readonly key: string | number | null;
  readonly up: Visit | null;
}

/** Walks a configuration, however deep layers lie in layers, and keeps what makes Keras build, look up, read or run something. */
export class Collector {
  /** Whether offsets in the text that is walked are offsets in the file; else everything stands at its start. */
  places = true;
  readonly #budget: Budget;
  readonly #objects = new Map<string, NamedObject>();
  readonly #lambdas: LambdaFact[] = [];
  readonly #identifiers = new Map<string, NamedText>();
  readonly #paths: NamedText[] = [];
  readonly #operations = new Map<string, NamedText>();
  readonly #embedded: EmbeddedBytes[] = [];
  #embeddedBytes = 0;
  /** Offsets of the texts that were read as code already. */
  readonly #read = new Set<number>();
  #dropped = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  facts(): KerasFacts {
    const placed = <T extends Placed>(found: Iterable<T>): T[] => Array.from(found, (each) => (this.places ? each : { ...each, at: 0 }));
    return {
      objects: placed(this.#objects.values()),
      lambdas: placed(this.#lambdas),
      identifiers: placed(this.#identifiers.values()),
      paths: placed(this.#paths),
      operations: placed(this.#operations.values()),
      embedded: this.#embedded,
      dropped: this.#dropped,
    };
  }

  walk(root: JsonNode): void {
    const stack: Visit[] = [{ node: root, key: null, up: null }];
    for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
      this.#budget.steps(1);
      const { node } = visit;
      if (node.kind === "string") this.#text(node.value, node.at, visit);
      if (node.kind === "array") for (const [i, item] of node.items.entries()) stack.push({ node: item, key: i, up: visit });
      if (node.kind !== "object") continue;
      this.#object(node, visit);
      for (const { key, value } of node.members) stack.push({ node: value, key, up: visit });
    }
  }

  #object(node: JsonObject, visit: Visit): void {
    const classNames = valuesOf(node, "class_name").flatMap((value) => (value.kind === "string" ? [value.value] : []));
    for (const className of classNames) this.#named(node, className, visit);
    for (const config of classNames.length === 0 ? [] : valuesOf(node, "config")) this.#bytesIn(config, classNames, visit);
    for (const [key, typeKey] of FUNCTIONS) this.#legacyFunction(node, key, typeKey, visit);
    if (!classNames.some((name) => /(?:^|>)Lambda$/.test(name))) return;
    for (const config of valuesOf(node, "config")) if (textsOf(config, "function_type").length === 0) this.#bareFunction(config, visit);
  }

  #named(node: JsonObject, className: string, visit: Visit): void {
    const place = { pointer: pointerTo(visit), at: node.at };
    if (className === "__lambda__") this.#code(codeTexts(node), place);
    if (className === "__lambda__" || VALUES.has(className)) return;
    const registered = textsOf(node, "registered_name")[0] ?? null;
    const isFunction = className === "function";
    const names =
      className === "__typespec__"
        ? textsOf(node, "spec_name")
        : isFunction
          ? [...textsOf(node, "config"), ...textsOf(node, "registered_name")]
          : [className];
    const modules = valuesOf(node, "module").map((value) => (value.kind === "string" ? value.value : null));
    for (const module of modules.length === 0 ? [null] : modules)
      for (const name of names)
        if (!(isFunction && name === "function"))
          this.#keepObject({ kind: isFunction ? "function" : "class", module, name, registeredName: isFunction ? null : registered, ...place });
    this.#operationsIn(node, className, place);
  }

  #keepObject(object: NamedObject): void {
    const { kind, module, name, registeredName } = object;
    const key = JSON.stringify([kind, module, name, registeredName]);
    if (this.#objects.has(key)) return;
    if (this.#objects.size >= MAX_KEPT) this.#dropped++;
    else
      this.#objects.set(key, {
        ...object,
        module: module?.slice(0, MAX_TEXT) ?? null,
        name: name.slice(0, MAX_TEXT),
        registeredName: registeredName?.slice(0, MAX_TEXT) ?? null,
      });
  }

  /** `"function": [code, defaults, closure], "function_type": "lambda"`, or the name of a function with the module that it is taken from. */
  #legacyFunction(node: JsonObject, key: string, typeKey: string, visit: Visit): void {
    const types = textsOf(node, typeKey);
    if (types.length === 0) return;
    for (const value of valuesOf(node, key)) {
      const place = { pointer: `${pointerTo(visit)}/${key}`, at: value.at };
      const first = value.kind === "array" ? value.items[0] : value;
      if (first?.kind !== "string") continue;
      if (value.kind === "array" || types.includes("lambda") || mayBeCode(first.value)) this.#code([first], place);
      else if (types.includes("function"))
        for (const module of moduleTexts(node, key === "function" ? "module" : `${key}_module`))
          this.#keepLambda({ what: "named", module, name: first.value.slice(0, MAX_TEXT), ...place });
    }
  }

  /** The function of a Lambda layer that does not say how it is written: code, or a name that the loader has to know. */
  #bareFunction(config: JsonNode, visit: Visit): void {
    for (const value of valuesOf(config, "function")) {
      const place = { pointer: `${pointerTo(visit)}/config/function`, at: value.at };
      const first = value.kind === "array" ? value.items[0] : value;
      if (first?.kind !== "string") continue;
      if (value.kind === "array" || mayBeCode(first.value)) this.#code([first], place);
      else this.#keepLambda({ what: "named", module: textsOf(config, "module")[0] ?? null, name: first.value.slice(0, MAX_TEXT), ...place });
    }
  }

  #code(texts: readonly JsonText[], place: { readonly pointer: string; readonly at: number }): void {
    if (texts.length === 0) this.#keepLambda({ what: "unreadable", ...place });
    for (const { value, at } of texts) {
      this.#read.add(at);
      const code = codeOf(value, this.#budget);
      this.#keepLambda(code === null ? { what: "unreadable", ...place } : { what: "code", code, ...place });
    }
  }

  /** `__bytes__` holds one character for each byte, TorchModuleWrapper the module that torch saved, in base64. */
  #bytesIn(config: JsonNode, classNames: readonly string[], visit: Visit): void {
    const isWrapper = classNames.some((name) => /(?:^|>)TorchModuleWrapper$/.test(name));
    if (isWrapper) for (const text of textsOf(config, "module")) this.#embed(decodeBase64(text), `${pointerTo(visit)}/config/module`, true);
    if (!classNames.includes("__bytes__")) return;
    const wraps = visit.key === "module";
    for (const text of textsOf(config, "value")) this.#embed(Buffer.from(text, "latin1"), `${pointerTo(visit)}/config/value`, wraps);
  }

  #embed(bytes: Uint8Array, pointer: string, isModule: boolean): void {
    this.#budget.steps(bytes.length >> 4);
    if (bytes.length === 0) return;
    this.#embeddedBytes += bytes.length;
    if (this.#embedded.length >= MAX_KEPT || this.#embeddedBytes > MAX_EMBEDDED_BYTES) this.#dropped++;
    else this.#embedded.push({ pointer: pointer.replace(/^\//, ""), isModule, bytes });
  }

  #keepLambda(lambda: LambdaFact): void {
    if (this.#lambdas.length < MAX_KEPT) this.#lambdas.push(lambda);
    else this.#dropped++;
  }

  /** `TFOpLambda` calls a function of TensorFlow by its name, `TensorFlowOpLayer` holds the node of a graph as JSON. */
  #operationsIn(node: JsonObject, className: string, place: { readonly pointer: string; readonly at: number }): void {
    const leaf = className.slice(className.lastIndexOf(">") + 1);
    const configs = valuesOf(node, "config").filter((value) => value.kind === "object");
    for (const config of configs) {
      if (leaf === "TFOpLambda") for (const value of textsOf(config, "function")) this.#operation("function", value, place);
      if (leaf === "ClassMethod" || leaf === "InstanceMethod" || leaf === "InstanceProperty")
        for (const value of [...textsOf(config, "class_ref"), ...textsOf(config, "cls_ref")]) this.#operation("class", value, place);
      if (leaf === "TensorFlowOpLayer")
        for (const value of nodesOf(config)) for (const op of this.#operationsOf(value)) this.#operation("op", op, place);
    }
  }

  /** The node of a graph is an object, or a text: the same as JSON, or in protobuf's own form. */
  #operationsOf(value: JsonNode): readonly string[] {
    const named = textsOf(value, "op");
    if (named.length > 0) return named;
    const text = value.kind === "string" ? value.value : "";
    this.#budget.steps(text.length >> 2);
    const inside = /^\s*\{/.test(text) ? readJson(Buffer.from(text), this.#budget).facts : null;
    const found = inside?.root === null || inside === null ? [] : textsOf(inside.root, "op");
    this.#budget.release(inside?.heldBytes ?? 0);
    return found.length > 0 ? found : [UNTOLD];
  }

  #operation(key: string, value: string, place: { readonly pointer: string; readonly at: number }): void {
    const id = `${key} ${value}`;
    if (this.#operations.size >= MAX_KEPT) this.#dropped++;
    else if (!this.#operations.has(id)) this.#operations.set(id, { key, value: value.slice(0, MAX_TEXT), ...place });
  }

  #text(value: string, at: number, visit: Visit): void {
    const identifies = identifierKey(visit);
    if (identifies !== null) this.#identifier(identifies, value, at, visit);
    const key = visit.key;
    if (typeof key === "string" && PATHS.has(key) && value !== "")
      if (this.#paths.length < MAX_KEPT) this.#paths.push({ key, value, pointer: pointerTo(visit), at });
      else this.#dropped++;
    // Code under any other key: whatever reads it, it is a program.
    if (this.#read.has(at) || !mayBeCode(value)) return;
    const code = codeOf(value, this.#budget);
    if (code !== null) this.#keepLambda({ what: "code", code, pointer: pointerTo(visit), at });
  }

  #identifier(key: string, value: string, at: number, visit: Visit): void {
    const id = `${key} ${value}`;
    if (this.#identifiers.size >= MAX_KEPT) this.#dropped++;
    else if (!this.#identifiers.has(id)) this.#identifiers.set(id, { key, value: value.slice(0, MAX_TEXT), pointer: pointerTo(visit), at });
  }
}

/** Nodes of a graph that a layer holds; where it holds none, that is as little told as one of another form. */
function nodesOf(config: JsonNode): readonly JsonNode[] {
  const nodes = valuesOf(config, "node_def");
  return nodes.length > 0 ? nodes : [config];
}

/** Python takes the last of equal keys; other readers may not. */
function valuesOf(node: JsonNode, key: string): readonly JsonNode[] {
  if (node.kind !== "object") return [];
  return node.members.flatMap((member) => (member.key === key ? [member.value] : [])).slice(-MOST_ALTERNATIVES);
}

function moduleTexts(node: JsonNode, key: string): readonly (string | null)[] {
  const texts = textsOf(node, key);
  return texts.length === 0 ? [null] : texts;
}

function textsOf(node: JsonNode, key: string): readonly string[] {
  return valuesOf(node, key).flatMap((value) => (value.kind === "string" ? [value.value] : []));
}

/** `{"value": code}` as Keras 3.13 writes it, `{"code": code, …}` before, or a list that begins with the code. */
function codeTexts(node: JsonObject): readonly JsonText[] {
  return valuesOf(node, "config").flatMap((config) => {
    const held = config.kind === "object" ? [...valuesOf(config, "value"), ...valuesOf(config, "code")] : [config];
    return held.flatMap((value) => {
      const first = value.kind === "array" ? value.items[0] : value;
      if (first?.kind === "object") return [...valuesOf(first, "code"), ...valuesOf(first, "value")].filter((each) => each.kind === "string");
      return first?.kind === "string" ? [first] : [];
    });
  });
}

/** The key under which a text names a loss, metric or activation: its own, that of the lists around it, or that of a map by the model's outputs. */
function identifierKey(visit: Visit): string | null {
  let maps = 0;
  for (let each = visit; ; each = each.up) {
    if (typeof each.key === "string" && IDENTIFIERS.has(each.key)) return each.key;
    if (each.up === null) return null;
    const { node } = each.up;
    if (node.kind === "object" && (++maps > 1 || valuesOf(node, "class_name").length > 0)) return null;
  }
}

function pointerTo(visit: Visit): string {
  const path: (string | number)[] = [];
  for (let each: Visit | null = visit; each !== null && each.key !== null; each = each.up) path.push(each.key);
  const pointer = pointerOf(path.reverse());
  return pointer.length > MAX_TEXT ? `…${pointer.slice(-MAX_TEXT)}` : pointer;
}

import type { Budget } from "../../limits.ts";
import type { TextAttribute } from "../protobuf/operator.ts";
import type { FieldSpec, MessageSpec } from "../protobuf/schema.ts";
import type { Leaf, MessageVisitor } from "../protobuf/walk.ts";
import type { MessageLayout } from "../protobuf/walked.ts";
import type { Asset, GraphFacts, KerasMetadata } from "./facts.ts";
import { SaverTrace } from "./saver.ts";

const MAX_OPERATORS = 5000;
const MAX_KEPT = 2000;
/** Texts kept of one node. */
const MAX_TEXTS = 32;
/** What the name of a function costs beside its text. */
const FUNCTION_BYTES = 64;
/** Attributes that name a place, or something that is called. */
const KEPT_ATTRIBUTES: ReadonlySet<string> = new Set([
  "output_stream",
  "debug_urls",
  "descriptor_source",
  "memory_region_name",
  "token",
  "address",
  "call_target_name",
]);

interface OpenNode {
  name: string;
  op: string;
  /** The first input. */
  input: string | null;
  /** Texts in tensors that it holds. */
  readonly constants: string[];
  readonly at: number;
  /** The attribute that is open: its key may follow its value. */
  attribute: string;
  values: { value: string; at: number }[];
  readonly texts: { name: string; value: string; at: number }[];
}

interface Counted {
  readonly name: string;
  count: number;
  readonly at: number;
  readonly inFunction: boolean;
}

/** Keeps of graphs, in whatever message they stand, what an examiner needs. */
export class GraphCollector implements MessageVisitor {
  readonly #nodes: OpenNode[] = [];
  readonly #operators = new Map<string, Counted>();
  /** Functions that attributes call by name. */
  readonly #called = new Map<string, Counted>();
  readonly #functions = new Set<string>();
  readonly #texts: TextAttribute[] = [];
  readonly #assets: Asset[] = [];
  readonly #keras: KerasMetadata[] = [];
  #functionDepth = 0;
  #isSignature = false;
  #identifier = "";
  #elements = 1;
  #nodeCount = 0;
  #version = "";
  #parameters = 0;
  #dropped = 0;
  #heldBytes = 0;
  readonly #budget: Budget;
  readonly #saver: SaverTrace;

  constructor(budget: Budget) {
    this.#budget = budget;
    this.#saver = new SaverTrace(budget);
  }

  /** Gives back what only the reading needed. */
  close(): void {
    this.#budget.release(this.#heldBytes);
    this.#saver.endGraph();
    this.#functions.clear();
  }

  enter({ name }: MessageSpec, field: FieldSpec, at: number): void {
    if (name === "NodeDef") this.#nodes.push({ name: "", op: "", input: null, constants: [], at, attribute: "", values: [], texts: [] });
    else if (name === "NodeDef.AttrEntry") this.#beginAttribute();
    else if (name === "FunctionDef") this.#functionDepth++;
    else if (name === "OpDef") this.#isSignature = field.name === "signature";
    else if (name === "SavedUserObject") this.#identifier = "";
    else if (name === "TensorProto") this.#elements = 1;
  }

  leaf({ name }: MessageSpec, field: FieldSpec, leaf: Leaf): void {
    if (name === "NodeDef") this.#nodeLeaf(field, leaf);
    else if (name === "NodeDef.AttrEntry") this.#attributeName(leaf.text);
    else if (name === "AttrValue" || name === "AttrValue.ListValue") this.#attributeText(field, leaf);
    else if (name === "NameAttrList") this.#call(field, leaf);
    else if (name === "OpDef") this.#signatureName(field, leaf.text);
    else if (name === "TensorShapeProto.Dim") this.#elements *= field.name === "size" ? leaf.value : 1;
    else if (name === "TensorProto") this.#tensorLeaf(field, leaf);
    else if (name === "AssetFileDef") this.#keep(this.#assets, { filename: leaf.text, at: leaf.at });
    else if (name === "SavedUserObject") this.#objectLeaf(field, leaf);
    else if (name === "SaverDef") this.#saverLeaf(field, leaf.text);
    else if (field.name === "tensorflow_version") this.#version = leaf.text;
  }

  leave({ name }: MessageSpec): void {
    if (name === "NodeDef") this.#endNode();
    else if (name === "NodeDef.AttrEntry") this.#endAttribute();
    else if (name === "FunctionDef") this.#functionDepth--;
    else if (name === "MetaGraphDef") this.#saver.endGraph();
  }

  facts(layout: MessageLayout): GraphFacts {
    this.#saver.endGraph();
    const undefinedCalls = [...this.#called.values()].filter(({ name }) => !this.#functions.has(name) && !this.#operators.has(name));
    return {
      operators: [...this.#operators.values(), ...undefinedCalls].map((operator) => ({ ...operator, defined: this.#functions.has(operator.name) })),
      texts: this.#texts,
      savers: this.#saver.fed,
      assets: this.#assets,
      kerasMetadata: this.#keras,
      nodes: this.#nodeCount,
      functions: this.#functions.size,
      tensorflowVersion: this.#version,
      parameters: this.#parameters,
      dropped: this.#dropped,
      layout,
    };
  }

  #nodeLeaf(field: FieldSpec, { text }: Leaf): void {
    const node = this.#nodes.at(-1);
    if (node === undefined) return;
    if (field.name === "op") node.op = text;
    else if (field.name === "name") node.name = text;
    else if (field.name === "input") node.input ??= text;
  }

  #beginAttribute(): void {
    const node = this.#nodes.at(-1);
    if (node === undefined) return;
    node.attribute = "";
    node.values = [];
  }

  #attributeName(text: string): void {
    const node = this.#nodes.at(-1);
    if (node !== undefined) node.attribute = text;
  }

  #attributeText(field: FieldSpec, { text, at }: Leaf): void {
    const values = this.#nodes.at(-1)?.values;
    if (field.name === "s" && values !== undefined && values.length < MAX_TEXTS) values.push({ value: text, at });
  }

  #endAttribute(): void {
    const node = this.#nodes.at(-1);
    if (node === undefined || !KEPT_ATTRIBUTES.has(node.attribute)) return;
    for (const value of node.values) if (node.texts.length < MAX_TEXTS) node.texts.push({ name: node.attribute, ...value });
  }

  #call(field: FieldSpec, { text, at }: Leaf): void {
    if (field.name === "name" && text !== "") this.#count(this.#called, text, at);
  }

  #signatureName(field: FieldSpec, text: string): void {
    if (!this.#isSignature || field.name !== "name") return;
    this.#budget.hold(FUNCTION_BYTES + text.length * 2);
    this.#heldBytes += FUNCTION_BYTES + text.length * 2;
    this.#functions.add(text);
  }

  #saverLeaf(field: FieldSpec, text: string): void {
    if (field.name === "filename_tensor_name") this.#saver.saver(text);
  }

  #tensorLeaf(field: FieldSpec, { size, text }: Leaf): void {
    const constants = this.#nodes.at(-1)?.constants;
    if (field.name === "string_val" && constants !== undefined && constants.length < 2) constants.push(text);
    if (field.name === "tensor_content" && size > 0 && Number.isSafeInteger(this.#elements) && this.#elements > 0) this.#parameters += this.#elements;
  }

  #objectLeaf(field: FieldSpec, { text, offset, size }: Leaf): void {
    if (field.name === "identifier") this.#identifier = text;
    else if (field.name === "metadata" && size > 0) this.#keep(this.#keras, { identifier: this.#identifier, offset, size });
  }

  #endNode(): void {
    const node = this.#nodes.pop();
    if (node === undefined || node.op === "") return; // no runtime takes a node without an operator
    this.#nodeCount++;
    const { name, op, input, constants } = node;
    this.#saver.node({ name, op, input: input ?? "", constant: constants.length === 1 ? (constants[0] ?? null) : null }, this.#functionDepth > 0);
    this.#count(this.#operators, node.op, node.at);
    for (const text of node.texts) this.#keep(this.#texts, { operator: node.op, ...text });
  }

  #count(counts: Map<string, Counted>, name: string, at: number): void {
    const known = counts.get(name);
    if (known !== undefined) known.count++;
    else if (counts.size < MAX_OPERATORS) counts.set(name, { name, count: 1, at, inFunction: this.#functionDepth > 0 });
    else this.#dropped++;
  }

  #keep<T>(list: T[], item: T): void {
    if (list.length < MAX_KEPT) list.push(item);
    else this.#dropped++;
  }
}

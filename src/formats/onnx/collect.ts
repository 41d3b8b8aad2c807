import type { FieldSpec, MessageSpec } from "../protobuf/schema.ts";
import type { Leaf, MessageVisitor } from "../protobuf/walk.ts";
import type { MessageLayout } from "../protobuf/walked.ts";
import type { DefinedFunction, ExternalTensor, Metadata, OnnxFacts, OnnxOperator, OnnxText, OperatorSet } from "./facts.ts";
import { Tensors } from "./tensors.ts";

const MAX_OPERATORS = 5000;
const MAX_KEPT = 2000;
const MAX_EXTERNAL = 200_000;
/** ONNX's own operator sets: no attribute of theirs names anything. */
const OWN_DOMAINS: ReadonlySet<string> = new Set(["", "ai.onnx", "ai.onnx.ml"]);

interface OpenNode {
  name: string;
  domain: string;
  readonly at: number;
  /** The attribute that is open. */
  attribute: { name: string; value: string };
  readonly texts: { name: string; value: string; at: number }[];
}

const NO_ATTRIBUTE = { name: "", value: "" };

/** Keeps of a model what an examiner needs. Messages nest (a node holds a graph that holds nodes), so what is open lies on stacks. */
export class OnnxCollector implements MessageVisitor {
  readonly #nodes: OpenNode[] = [];
  readonly tensors = new Tensors();
  readonly #operators = new Map<string, { domain: string; name: string; count: number; at: number }>();
  readonly #opsets: OperatorSet[] = [];
  readonly #functions: { domain: string; name: string; at: number }[] = [];
  readonly #texts: OnnxText[] = [];
  readonly #external: ExternalTensor[] = [];
  readonly #metadata: Metadata[] = [];
  #irVersion = 0;
  #producer = "";
  #graphs = 0;
  #nodeCount = 0;
  #training = false;
  #parameters = 0;
  #dropped = 0;
  #opset = { domain: "", version: 0 };
  #entry = { key: "", value: "", size: 0 };

  enter({ name }: MessageSpec, field: FieldSpec, at: number): void {
    if (name === "NodeProto") this.#nodes.push({ name: "", domain: "", at, attribute: NO_ATTRIBUTE, texts: [] });
    else if (name === "TensorProto") this.tensors.begin(at, field.name === "initializer");
    else if (name === "TensorProto.Segment") this.tensors.segment();
    else if (name === "AttributeProto") this.#beginAttribute();
    else if (name === "StringStringEntryProto") this.#entry = { key: "", value: "", size: 0 };
    else if (name === "OperatorSetIdProto") this.#opset = { domain: "", version: 0 };
    else if (name === "GraphProto") this.#graphs++;
    else if (name === "FunctionProto") this.#keep(this.#functions, { domain: "", name: "", at });
    else if (name === "TrainingInfoProto") this.#training = true;
  }

  leaf({ name }: MessageSpec, field: FieldSpec, leaf: Leaf): void {
    if (name === "NodeProto") this.#nodeLeaf(field, leaf);
    else if (name === "AttributeProto") this.#attributeLeaf(field, leaf);
    else if (name === "TensorProto") this.tensors.leaf(field, leaf);
    else if (name === "StringStringEntryProto") this.#entryLeaf(field, leaf);
    else if (name === "OperatorSetIdProto")
      this.#opset = field.name === "domain" ? { ...this.#opset, domain: leaf.text } : { ...this.#opset, version: leaf.value };
    else if (name === "FunctionProto") this.#functionLeaf(field, leaf);
    else if (field.name === "ir_version") this.#irVersion = leaf.value;
    else if (field.name === "producer_name") this.#producer = leaf.text;
  }

  leave({ name }: MessageSpec, field: FieldSpec, at: number): void {
    if (name === "NodeProto") this.#endNode();
    else if (name === "TensorProto") this.#endTensor();
    else if (name === "AttributeProto") this.#endAttribute(at);
    else if (name === "StringStringEntryProto") this.#endEntry(field, at);
    else if (name === "OperatorSetIdProto") this.#keep(this.#opsets, { ...this.#opset, at });
  }

  facts(layout: MessageLayout): OnnxFacts {
    return {
      irVersion: this.#irVersion,
      producer: this.#producer,
      opsets: this.#opsets,
      operators: [...this.#operators.values()] satisfies OnnxOperator[],
      functions: this.#functions satisfies DefinedFunction[],
      texts: this.#texts,
      external: this.#external,
      metadata: this.#metadata,
      graphs: this.#graphs,
      nodes: this.#nodeCount,
      training: this.#training,
      parameters: this.#parameters,
      dropped: this.#dropped,
      layout,
    };
  }

  #entryLeaf(field: FieldSpec, { text, size }: Leaf): void {
    if (field.name === "key") this.#entry.key = text;
    else this.#entry = { key: this.#entry.key, value: text, size };
  }

  #nodeLeaf(field: FieldSpec, { text }: Leaf): void {
    const node = this.#nodes.at(-1);
    if (node === undefined) return;
    if (field.name === "op_type") node.name = text;
    else if (field.name === "domain") node.domain = text;
  }

  #beginAttribute(): void {
    const node = this.#nodes.at(-1);
    if (node !== undefined) node.attribute = { ...NO_ATTRIBUTE };
  }

  #attributeLeaf(field: FieldSpec, { text }: Leaf): void {
    const attribute = this.#nodes.at(-1)?.attribute;
    if (attribute === undefined) return; // a default of a function
    if (field.name === "name") attribute.name = text;
    else if (field.name === "s") attribute.value = text;
  }

  #functionLeaf(field: FieldSpec, { text }: Leaf): void {
    const open = this.#functions.at(-1);
    if (open === undefined) return;
    if (field.name === "name") open.name = text;
    else if (field.name === "domain") open.domain = text;
  }

  #endNode(): void {
    const node = this.#nodes.pop();
    if (node === undefined || node.name === "") return; // no runtime takes a node without an operator
    this.#nodeCount++;
    const key = `${node.domain}\0${node.name}`;
    const known = this.#operators.get(key);
    if (known !== undefined) known.count++;
    else if (this.#operators.size < MAX_OPERATORS) this.#operators.set(key, { domain: node.domain, name: node.name, count: 1, at: node.at });
    else this.#dropped++;
    if (OWN_DOMAINS.has(node.domain)) return;
    for (const text of node.texts) this.#keep(this.#texts, { domain: node.domain, operator: node.name, ...text });
  }

  #endTensor(): void {
    const tensor = this.tensors.end();
    if (tensor === null) return;
    if (tensor.isInitializer) this.#parameters += tensor.elements;
    for (const external of tensor.external)
      if (this.#external.length < MAX_EXTERNAL) this.#external.push(external);
      else this.#dropped++;
  }

  #endAttribute(at: number): void {
    const node = this.#nodes.at(-1);
    if (node !== undefined && node.attribute.value !== "" && node.texts.length < 32) node.texts.push({ ...node.attribute, at });
  }

  #endEntry(field: FieldSpec, at: number): void {
    const { key, value, size } = this.#entry;
    if (field.name === "external_data") this.tensors.externalEntry(key, value, at);
    else if (field.name === "metadata_props") this.#keep(this.#metadata, { key, value, size, at });
  }

  #keep<T>(list: T[], item: T): void {
    if (list.length < MAX_KEPT) list.push(item);
    else this.#dropped++;
  }
}

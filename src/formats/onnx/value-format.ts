import type { ByteSource } from "../../bytes.ts";
import type { Format, Parsed } from "../../format.ts";
import type { Budget } from "../../limits.ts";
import type { FieldSpec, MessageSpec } from "../protobuf/schema.ts";
import { type Leaf, type MessageVisitor, walkProtobuf } from "../protobuf/walk.ts";
import { layoutChildren, type MessageLayout, parsedAs } from "../protobuf/walked.ts";
import type { ExternalTensor, OnnxValueFacts } from "./facts.ts";
import { withNotes } from "./format.ts";
import { SEQUENCE, TENSOR } from "./schema.ts";
import { Tensors } from "./tensors.ts";

const MAX_EXTERNAL = 10_000;

/** One TensorProto: what `onnx.save_tensor` writes, and inputs and outputs of a model's test data are. https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
export const onnxTensorFormat = valueFormat("onnx-tensor", TENSOR);
/** One SequenceProto or OptionalProto. https://github.com/onnx/onnx/blob/main/onnx/onnx-data.proto */
export const onnxSequenceFormat = valueFormat("onnx-sequence", SEQUENCE);

function valueFormat(id: string, root: MessageSpec): Format<OnnxValueFacts> {
  return {
    id,
    async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<OnnxValueFacts>> {
      const collector = new ValueCollector();
      if (root === TENSOR) collector.tensors.begin(0);
      const walked = await walkProtobuf(bytes, budget, root, collector);
      if (root === TENSOR) collector.endTensor();
      return parsedAs(withNotes(walked, collector.tensors), collector.facts(walked.layout));
    },
    children: ({ layout }) => layoutChildren(layout),
  };
}

/** Keeps of tensors where they lie. The root itself is neither entered nor left. */
class ValueCollector implements MessageVisitor {
  readonly tensors = new Tensors();
  readonly #external: ExternalTensor[] = [];
  #dropped = 0;
  #entry = { key: "", value: "" };

  enter({ name }: MessageSpec, _field: FieldSpec, at: number): void {
    if (name === "TensorProto") this.tensors.begin(at);
    else if (name === "TensorProto.Segment") this.tensors.segment();
    else if (name === "StringStringEntryProto") this.#entry = { key: "", value: "" };
  }

  leaf({ name }: MessageSpec, field: FieldSpec, leaf: Leaf): void {
    if (name === "TensorProto") this.tensors.leaf(field, leaf);
    else if (name === "StringStringEntryProto") this.#entry = { ...this.#entry, [field.name]: leaf.text };
  }

  leave({ name }: MessageSpec, field: FieldSpec, at: number): void {
    if (name === "TensorProto") this.endTensor();
    else if (field.name === "external_data") this.tensors.externalEntry(this.#entry.key, this.#entry.value, at);
  }

  endTensor(): void {
    for (const external of this.tensors.end()?.external ?? [])
      if (this.#external.length < MAX_EXTERNAL) this.#external.push(external);
      else this.#dropped++;
  }

  facts(layout: MessageLayout): OnnxValueFacts {
    return { tensors: this.tensors.count, external: this.#external, dropped: this.#dropped, layout };
  }
}

import { bytesOf } from "../../../bytes.ts";
import type { Budget } from "../../../limits.ts";
import type { FieldSpec, MessageSpec } from "../../protobuf/schema.ts";
import { type Leaf, type MessageVisitor, walkProtobuf } from "../../protobuf/walk.ts";
import { SAVED_SLICES } from "../schema.ts";

/** What an entry of a checkpoint of version 1 is. */
export interface SliceEntry {
  /** Whether all of it is of the schema, each field once. */
  readonly isWhole: boolean;
  /** Values of tensors of which it gives the shape: the first entry has those of all. */
  readonly elements: number;
}

/** Reads a SavedTensorSlices message: what is saved, or one slice of a tensor. tensorflow/core/util/saved_tensor_slice.proto */
export async function readSlices(value: Buffer, budget: Budget): Promise<SliceEntry> {
  const shapes = new Shapes();
  const { kind, layout, anomalies } = await walkProtobuf(bytesOf(value), budget, SAVED_SLICES, shapes);
  return { isWhole: kind === "parsed" && layout.unknownCount === 0 && anomalies.length === 0, elements: shapes.elements };
}

class Shapes implements MessageVisitor {
  elements = 0;
  #open = 0;
  #name = "";

  enter({ name }: MessageSpec): void {
    if (name !== "SavedSliceMeta") return;
    this.#open = 1;
    this.#name = "";
  }

  leaf({ name }: MessageSpec, field: FieldSpec, { value, text }: Leaf): void {
    if (name === "SavedSliceMeta" && field.name === "name") this.#name = text;
    else if (name === "TensorShapeProto.Dim" && field.name === "size") this.#open *= value;
  }

  leave({ name }: MessageSpec): void {
    if (name === "SavedSliceMeta" && Number.isSafeInteger(this.#open) && this.#open > 0 && !OPTIMIZER.test(this.#name)) this.elements += this.#open;
  }
}

/** Slots that optimizers of version 1 keep beside each variable. */
const OPTIMIZER = /optimizer|\/(?:Adam|Momentum|RMSProp|Adagrad|Adadelta|Ftrl)(?:_\d+)?$/i;

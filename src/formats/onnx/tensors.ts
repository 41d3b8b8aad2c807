import type { Anomaly } from "../../format.ts";
import type { FieldSpec } from "../protobuf/schema.ts";
import type { Leaf } from "../protobuf/walk.ts";
import { Anomalies, shown } from "../strict-json/anomalies.ts";
import data from "./data/tensor-types.json" with { type: "json" };
import { ExternalEntries } from "./external.ts";
import type { ExternalTensor } from "./facts.ts";

type Type = (typeof data.types)[number];

const TYPES: ReadonlyMap<number, Type> = new Map(data.types.map((type) => [type.number, type]));
const RAW = "raw_data";
/** Bytes of one item, where all are of one size. The others are varints of one to MAX_VARINT_BYTES. */
const ITEM_BYTES: ReadonlyMap<string, number> = new Map([
  ["float_data", 4],
  ["double_data", 8],
]);
const MAX_VARINT_BYTES = 10;
const CONTENT: ReadonlySet<string> = new Set([RAW, ...data.types.map(({ field }) => field)]);

interface Content {
  bytes: number;
  /** Times that the field stood there: texts are one each. */
  times: number;
}

interface OpenTensor {
  name: string;
  type: number;
  /** Null where they are too many to be read. */
  elements: number | null;
  readonly isInitializer: boolean;
  readonly at: number;
  readonly entries: ExternalEntries;
  /** What is not empty, by the name of its field. */
  readonly content: Map<string, Content>;
  segmented: boolean;
}

export interface EndedTensor {
  /** Values by its shape; 0 where the shape makes no sense. */
  readonly elements: number;
  readonly isInitializer: boolean;
  readonly external: readonly ExternalTensor[];
}

/**
 * Tensors of a message, those that are open on a stack. Whether the content of each is what its shape and type ask for is noted: `tensor-content` (a field
 * that does not hold values of that type, or two of them), `tensor-size`.
 */
export class Tensors {
  readonly #open: OpenTensor[] = [];
  readonly #anomalies = new Anomalies();
  count = 0;

  get anomalies(): readonly Anomaly[] {
    return this.#anomalies.list;
  }

  begin(at: number, isInitializer = false): void {
    this.count++;
    const rest = { entries: new ExternalEntries(), content: new Map(), segmented: false };
    this.#open.push({ name: "", type: 0, elements: 1, isInitializer, at, ...rest });
  }

  /** A field of the innermost tensor. */
  leaf(field: FieldSpec, leaf: Leaf): void {
    const tensor = this.#open.at(-1);
    if (tensor === undefined) return;
    if (field.name === "name") tensor.name = leaf.text;
    else if (field.name === "data_type") tensor.type = leaf.value;
    else if (field.name === "dims") tensor.elements = tensor.elements === null || leaf.text !== "" ? null : times(tensor.elements, leaf.value);
    else if (CONTENT.has(field.name)) addContent(tensor, field.name, leaf);
  }

  /** A part of the innermost tensor is elsewhere, in other messages. */
  segment(): void {
    const tensor = this.#open.at(-1);
    if (tensor !== undefined) tensor.segmented = true;
  }

  /** Says where the innermost tensor lies. */
  externalEntry(key: string, value: string, at: number): void {
    this.#open.at(-1)?.entries.add(key, value, at);
  }

  /** Closes the innermost tensor. */
  end(): EndedTensor | null {
    const tensor = this.#open.pop();
    return tensor === undefined ? null : this.#ended(tensor);
  }

  #ended(tensor: OpenTensor): EndedTensor {
    this.#check(tensor);
    const { elements, isInitializer, entries, name, at } = tensor;
    return { elements: elements !== null && elements > 0 ? elements : 0, isInitializer, external: entries.end(name, at) };
  }

  #check({ name, type: number, elements, at, content, segmented }: OpenTensor): void {
    const type = TYPES.get(number);
    const [found, second] = content;
    if (type === undefined || found === undefined) return;
    const [field, { bytes, times: items }] = found;
    const isRaw = field === RAW && type.bits > 0;
    if (second !== undefined)
      this.#anomalies.add("tensor-content", at, `tensor ${shown(name)} has both ${field} and ${second[0]}: readers take different ones`);
    else if (!isRaw && field !== type.field) this.#anomalies.add("tensor-content", at, `tensor ${shown(name)} of ${type.name} has ${field}`);
    else if (!segmented && elements !== null) {
      const [least, most] = isRaw ? rawSize(type, elements) : fieldSize(type, elements);
      const size = type.field === "string_data" ? items : bytes;
      if (!(size >= least && size <= most))
        this.#anomalies.add(
          "tensor-size",
          at,
          `tensor ${shown(name)} has ${size} ${unitOf(type)} in ${field} where its shape and type ask for ${least}`,
        );
    }
  }
}

/** A negative or absurd dimension makes a shape that nothing fits. */
function times(elements: number, dimension: number): number {
  const product = elements * dimension;
  return dimension >= 0 && Number.isSafeInteger(product) ? product : Number.NaN;
}

function addContent(tensor: OpenTensor, name: string, { size }: Leaf): void {
  if (size === 0 && name !== "string_data") return; // an empty list is no content; an empty text is one
  const content = tensor.content.get(name) ?? { bytes: 0, times: 0 };
  content.bytes += size;
  content.times++;
  tensor.content.set(name, content);
}

function rawSize({ bits }: Type, elements: number): readonly [number, number] {
  const bytes = Math.ceil((elements * bits) / 8);
  return [bytes, bytes];
}

/** The least and the most that so many values take in the field of their type: texts for strings, bytes for all else. Values below a byte were written one by one before ONNX 1.16. */
function fieldSize({ field, perItem }: Type, elements: number): readonly [number, number] {
  const items = Math.ceil(elements / perItem);
  if (field === "string_data") return [items, items];
  const itemBytes = ITEM_BYTES.get(field);
  if (itemBytes !== undefined) return [items * itemBytes, items * itemBytes];
  return [items, Math.max(items, elements) * MAX_VARINT_BYTES];
}

function unitOf({ field }: Type): string {
  return field === "string_data" ? "texts" : "bytes";
}

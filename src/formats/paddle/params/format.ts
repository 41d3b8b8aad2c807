import type { ByteSource } from "../../../bytes.ts";
import type { OwnedSpan } from "../../../finding.ts";
import type { Format, Parsed } from "../../../format.ts";
import { type Budget, LimitError } from "../../../limits.ts";
import { fieldAt } from "../../protobuf/wire.ts";
import { type TensorDataFacts, tensorDataChildren, tensorDataFormat } from "../../tensor-data/format.ts";

export interface PaddleParamsFacts extends TensorDataFacts {
  readonly parameters: number;
}

/** Bytes of a value by its type (framework.proto, VarType.Type). */
const BYTES: Readonly<Record<number, number>> = { 0: 1, 1: 2, 2: 4, 3: 8, 4: 2, 5: 4, 6: 8, 19: 8, 20: 1, 21: 1, 22: 2, 23: 8, 24: 16 };
/** Version, levels of detail, version of the tensor, length of its description. */
const PREFIX_BYTES = 20;
/** A description is a type and a handful of dimensions. */
const MAX_DESCRIPTION_BYTES = 1024;
const SPAN_BYTES = 128;

interface Stop {
  readonly at: number;
  readonly why: string;
}

/**
 * Parameters of a Paddle model, one tensor behind the other, names left out: `*.pdiparams`, `__params__`, or a file for each.
 * paddle/fluid/framework/lod_tensor.cc (SerializeToStream) and tensor_util.cc (TensorToStream). Parameters with levels of detail do not occur and are broken.
 */
export const paddleParamsFormat: Format<PaddleParamsFacts> = {
  id: "paddle-params",
  async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<PaddleParamsFacts>> {
    const reading = new Reading(bytes, budget);
    try {
      const stop = await reading.run();
      const { kind, facts, anomalies, why } = await tensorDataFormat(reading.owns).parse(bytes, budget);
      const end = kind === "parsed" && stop !== null ? { kind: "broken" as const, ...stop } : { kind, ...(why === undefined ? {} : { why }) };
      return { ...end, facts: { ...facts, parameters: reading.parameters }, anomalies };
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      return {
        kind: "limit",
        facts: { tensors: 0, ownedBytes: 0, heads: [], unowned: [], parameters: reading.parameters },
        anomalies: [],
        why: error.message,
      };
    } finally {
      reading.close();
    }
  },
  children: tensorDataChildren,
};

class Reading {
  readonly owns: OwnedSpan[] = [];
  parameters = 0;
  readonly #bytes: ByteSource;
  readonly #budget: Budget;
  #heldBytes = 0;

  constructor(bytes: ByteSource, budget: Budget) {
    this.#bytes = bytes;
    this.#budget = budget;
  }

  /** Gives back what only the reading needed. */
  close(): void {
    this.#budget.release(this.#heldBytes);
  }

  /** Reads tensor after tensor; yields where none stands. */
  async run(): Promise<Stop | null> {
    for (let at = 0; at < this.#bytes.size; ) {
      const read = await this.#tensor(at);
      if ("why" in read) return read;
      at = read.end;
    }
    return null;
  }

  async #tensor(at: number): Promise<Stop | { readonly end: number }> {
    const { size } = this.#bytes;
    this.#budget.steps(4);
    if (at + PREFIX_BYTES > size) return { at, why: "the start of a tensor is cut" };
    const prefix = Buffer.from(await this.#bytes.read(at, PREFIX_BYTES));
    const length = prefix.readUInt32LE(16);
    if (prefix.subarray(0, 16).some((byte) => byte !== 0) || length === 0 || length > MAX_DESCRIPTION_BYTES)
      return { at, why: "no tensor of Paddle begins here" };
    const from = at + PREFIX_BYTES + length;
    if (from > size) return { at, why: "the description of a tensor is cut" };
    const described = describe(await this.#bytes.read(at + PREFIX_BYTES, length));
    if (described === null) return { at: at + PREFIX_BYTES, why: "no description of a tensor stands here" };
    const bytes = described.elements * described.width;
    if (!Number.isSafeInteger(bytes) || bytes > size - from) return { at, why: `a tensor of ${bytes} bytes where ${size - from} are left` };
    if (this.owns.length >= 2 * this.#budget.limits.maxEntries) throw new LimitError("maxEntries", this.#budget.limits.maxEntries);
    this.#budget.hold(SPAN_BYTES);
    this.#heldBytes += SPAN_BYTES;
    this.owns.push({ offset: at, size: from - at }, { offset: from, size: bytes });
    this.parameters += described.elements;
    return { end: from + bytes };
  }
}

/** TensorDesc: field 1 is the type, field 2 a dimension, alone or packed. Null for anything else in it. */
function describe(bytes: Uint8Array): { readonly elements: number; readonly width: number } | null {
  let width: number | undefined;
  let elements = 1;
  for (let at = 0; at < bytes.length; ) {
    const field = fieldAt(bytes, at, bytes.length);
    if (field === null) return null;
    if (field.number === 1 && field.wire === 0) width = BYTES[field.value];
    else if (field.number === 2 && field.wire === 0) elements *= field.value;
    else if (field.number === 2 && field.wire === 2) elements *= packed(bytes.subarray(field.from, field.to));
    else return null;
    at = field.to;
  }
  return width === undefined ? null : { elements, width };
}

/** Product of packed varints; not a number where they are cut. */
function packed(bytes: Uint8Array): number {
  let product = 1;
  let value = 0;
  let shift = 0;
  for (const byte of bytes) {
    value += (byte & 0x7f) * 2 ** shift;
    shift += 7;
    if (byte >= 0x80) continue;
    product *= value;
    value = 0;
    shift = 0;
  }
  return shift === 0 ? product : Number.NaN;
}

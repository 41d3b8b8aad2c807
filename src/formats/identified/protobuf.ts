import type { Probe } from "../../format.ts";
import { type Field, fieldAt } from "../sentencepiece/wire.ts";

const MAX_FIELDS = 24;

/**
 * Top-level fields of what may be one protobuf message, hopping over payloads; null when the bytes are none. `whole`: the walk ended
 * where the bytes end. The last field may be cut: a broken download is still recognised. */
export async function topFields(probe: Probe): Promise<{ readonly fields: readonly Field[]; readonly whole: boolean } | null> {
  const fields: Field[] = [];
  let at = 0;
  while (at < probe.size && fields.length < MAX_FIELDS) {
    // A tag and a length take at most 15 bytes; what follows is looked at by its bounds only.
    const head = await probe.at(at, Math.min(32, probe.size - at));
    const field = fieldAt(head, 0, Number.MAX_SAFE_INTEGER);
    if (field === null) return null;
    fields.push({ ...field, at, from: at + field.from, to: at + field.to });
    at += field.to;
  }
  return fields.length === 0 ? null : { fields, whole: at === probe.size };
}

/** Wire types by field number; a field that stands here with another type, or does not stand here, is foreign. */
type Schema = Readonly<Record<number, Field["wire"]>>;

const fits = (fields: readonly Field[], schema: Schema) => fields.every(({ number, wire }) => schema[number] === wire);
const has = (fields: readonly Field[], ...numbers: readonly number[]) => numbers.every((number) => fields.some((field) => field.number === number));

/** onnx.proto ModelProto. */
const ONNX: Schema = { 1: 0, 2: 2, 3: 2, 4: 2, 5: 0, 6: 2, 7: 2, 8: 2, 14: 2, 20: 2, 25: 2, 26: 2 };
/** saved_model.proto SavedModel. */
const SAVED_MODEL: Schema = { 1: 0, 2: 2 };
/** fingerprint.proto FingerprintDef. */
const FINGERPRINT: Schema = { 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 2, 7: 2 };
/** graph.proto GraphDef. */
const GRAPH_DEF: Schema = { 1: 2, 2: 2, 3: 0, 4: 2, 5: 2 };

export type ProtobufKind = "onnx" | "tf-savedmodel" | "tf-fingerprint" | "tf-graphdef" | "coreml" | "paddle";

/** One probe is asked for every kind. */
const ASKED = new WeakMap<Probe, Promise<ProtobufKind | null>>();

/** Which protobuf of a machine-learning framework this is, by its top-level fields and the start of the first nested message. */
export function protobufKind(probe: Probe): Promise<ProtobufKind | null> {
  const asked = ASKED.get(probe) ?? kindOf(probe);
  ASKED.set(probe, asked);
  return asked;
}

async function kindOf(probe: Probe): Promise<ProtobufKind | null> {
  const first = probe.head[0] ?? 0;
  // All of them begin with field 1 as a number or a message, or (ONNX) with the graph or an operator set.
  if (first !== 0x08 && first !== 0x0a && first !== 0x12 && first !== 0x3a && first !== 0x42) return null;
  const read = await topFields(probe);
  if (read === null) return null;
  const { fields, whole } = read;
  if (fits(fields, ONNX) && has(fields, 1) && (has(fields, 7) || has(fields, 8))) return "onnx";
  if (whole && fits(fields, SAVED_MODEL) && has(fields, 1, 2) && fields[0]?.value === 1) return "tf-savedmodel";
  if (whole && fits(fields, FINGERPRINT) && has(fields, 1, 2, 3, 4)) return "tf-fingerprint";
  if (isCoreMl(fields)) return "coreml";
  const nested = first === 0x0a && fields[0] !== undefined ? await nestedFields(probe, fields[0]) : [];
  if (fits(fields, GRAPH_DEF) && isTextField(nested[0], 1) && isTextField(nested[1], 2)) return "tf-graphdef";
  if (first === 0x0a && isNumberField(nested[0], 1) && isNumberField(nested[1], 2)) return "paddle";
  return null;
}

/** CoreML Model: specification version and description, then one of the model types, numbered from 200 on. */
function isCoreMl(fields: readonly Field[]): boolean {
  const [version, description] = fields;
  return (
    version?.number === 1 &&
    version.wire === 0 &&
    version.value < 100 &&
    description?.number === 2 &&
    description.wire === 2 &&
    fields.some(({ number, wire }) => number >= 200 && number <= 3000 && wire === 2)
  );
}

async function nestedFields(probe: Probe, outer: Field): Promise<readonly Field[]> {
  const size = outer.to - outer.from;
  const bytes = await probe.at(outer.from, Math.min(size, 512));
  const first = fieldAt(bytes, 0, size);
  const second = first === null || first.to >= bytes.length ? null : fieldAt(bytes, first.to, size);
  return [first, second].filter((field) => field !== null);
}

const isTextField = (field: Field | undefined, number: number) => field?.number === number && field.wire === 2 && field.to > field.from;
const isNumberField = (field: Field | undefined, number: number) => field?.number === number && field.wire === 0;

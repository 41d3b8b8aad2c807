import type { Detector, Probe } from "../../format.ts";
import { type Field, fieldAt } from "./wire.ts";

/** Fields looked at of one message: foreign ones in front of the known ones must not hide a model. */
const MAX_FIELDS = 1000;
/** Fields looked at of a nested message. */
const MAX_NESTED = 12;
const READ_BYTES = 512;
/** A tag and a length, or a tag and a varint. */
const HEADER_BYTES = 20;

/** Wire types by field number. A field that is not here is foreign, as it is for every reader; one that is here has this type. */
type Shape = Readonly<Record<number, Field["wire"]>>;

const MODEL: Shape = { 1: 0, 2: 2, 3: 2, 4: 2, 5: 0, 6: 2, 7: 2, 8: 2, 14: 2, 20: 2, 25: 2, 26: 2 };
const GRAPH: Shape = { 1: 2, 2: 2, 5: 2, 10: 2, 11: 2, 12: 2, 13: 2, 14: 2, 15: 2, 16: 2 };
const SAVED_MODEL: Shape = { 1: 0, 2: 2 };
const META_GRAPH: Shape = { 1: 2, 2: 2, 3: 2, 4: 2, 5: 2, 6: 2, 7: 2 };
const META_INFO: Shape = { 1: 2, 2: 2, 3: 2, 4: 2, 5: 2, 6: 2, 7: 0, 8: 2 };
const GRAPH_DEF: Shape = { 1: 2, 2: 2, 3: 0, 4: 2, 5: 2 };
const NODE_DEF: Shape = { 1: 2, 2: 2, 3: 2, 4: 2, 5: 2, 6: 2, 7: 2 };
const FINGERPRINT: Shape = { 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 2, 7: 2 };
const KERAS_NODE: Shape = { 1: 2, 2: 0, 3: 2, 4: 2, 5: 2, 6: 2 };
const ONE_MESSAGE: Shape = { 1: 2 };
const DEBUG_INFO: Shape = { 1: 2, 2: 2, 3: 2, 4: 2, 5: 2 };
const BLOCK_DESC: Shape = { 1: 0, 2: 0, 3: 2, 4: 2, 5: 0 };
/** ONNX values on their own. A list of numbers is packed or not, so its wire type says nothing. */
const TENSOR: Shape = { 2: 0, 3: 2, 6: 2, 8: 2, 9: 2, 12: 2, 13: 2, 14: 0, 16: 2 };
const SEQUENCE: Shape = { 1: 2, 2: 0, 3: 2, 4: 2, 5: 2, 6: 2, 7: 2 };
const SPARSE_TENSOR: Shape = { 1: 2, 2: 2 };
const MAP: Shape = { 1: 2, 2: 0, 4: 2, 5: 2 };
const CORE_ML_DESCRIPTION: Shape = { 1: 2, 10: 2, 11: 2, 12: 2, 13: 2, 14: 2, 20: 2, 50: 2, 100: 2 };

type ProtobufKind =
  | "onnx"
  | "onnx-tensor"
  | "onnx-sequence"
  | "tf-savedmodel"
  | "tf-metagraph"
  | "tf-graphdef"
  | "tf-fingerprint"
  | "tf-keras-metadata"
  | "tf-debug-info"
  | "coreml"
  | "paddle";

/** A detector of one kind. All of them ask one look at the bytes. */
export function protobufDetector(id: ProtobufKind): Detector {
  return { id, detect: async (probe) => ((await protobufKind(probe)) === id ? "yes" : "no") };
}

const ASKED = new WeakMap<Probe, Promise<ProtobufKind | null>>();

/** Which kind these bytes are; null for none. One probe is asked for every kind and looked at once. */
function protobufKind(probe: Probe): Promise<ProtobufKind | null> {
  const asked = ASKED.get(probe) ?? kindOf(probe);
  ASKED.set(probe, asked);
  return asked;
}

/** Which message of a machine-learning framework these bytes are, by the fields at its top and of the first messages in it. */
async function kindOf(probe: Probe): Promise<ProtobufKind | null> {
  const { fields, whole } = await fieldsOf(probe, 0, probe.size, MAX_FIELDS);
  const top = new Level(probe, fields);
  if (fields.length === 0) return null;
  if (top.fits(MODEL) && top.has(1) && ((await top.into(7)).fits(GRAPH) || (top.has(8) && top.has(25)))) return "onnx";
  if (isCoreMl(top) && (await top.into(2)).fits(CORE_ML_DESCRIPTION)) return "coreml";
  if (top.fits(SAVED_MODEL) && (await isSavedModel(top))) return "tf-savedmodel";
  if (whole && top.fits(FINGERPRINT) && [1, 2, 3, 4].every((number) => top.has(number))) return "tf-fingerprint";
  if (await isSequence(top, whole, MAX_SEQUENCE_DEPTH)) return "onnx-sequence";
  if (isTensor(top, whole)) return "onnx-tensor";
  const first = await top.into(1);
  if (isMetaGraph(top) && first.fits(META_INFO) && (await isGraphDef(await top.into(2)))) return "tf-metagraph";
  if (top.fits(GRAPH_DEF) && isNode(first)) return "tf-graphdef";
  if (top.fits(ONE_MESSAGE) && first.fits(KERAS_NODE) && (await first.text(4)).startsWith("_tf_keras")) return "tf-keras-metadata";
  if (first.fits(BLOCK_DESC) && first.fields[0]?.number === 1 && first.fields[1]?.number === 2) return "paddle";
  if (whole && top.fits(DEBUG_INFO) && (await isDebugInfo(top))) return "tf-debug-info";
  return null;
}

/** Numbers of the fields of a TensorProto that hold its content: values, or where they lie. */
const TENSOR_CONTENT: ReadonlySet<number> = new Set([4, 5, 6, 7, 9, 10, 11, 13]);
const MAX_TENSOR_TYPE = 63;
const MAX_SEQUENCE_DEPTH = 8;

/**
 * A type and content. Where other bytes follow the message it has to begin as writers begin it, with dimensions or a type; without content it is whole, and
 * one of its dimensions is 0.
 */
function isTensor(level: Level, whole: boolean): boolean {
  const type = level.number(2);
  if (!level.fits(TENSOR) || type === null || type < 1 || type > MAX_TENSOR_TYPE) return false;
  if (level.fields.some(({ number }) => TENSOR_CONTENT.has(number))) return whole || (level.fields[0]?.number ?? 0) <= 2;
  return whole && level.fields.some(({ number, wire, value }) => number === 1 && wire === 0 && value === 0);
}

/** A SequenceProto or OptionalProto: the kind of its elements is the number of the field that holds them, less two. None may be there. */
async function isSequence(level: Level, whole: boolean, depth: number): Promise<boolean> {
  const kind = level.number(2);
  if (kind === null || kind > 5 || depth === 0 || !level.fits(SEQUENCE)) return false;
  const elements = level.fields.filter(({ number }) => number >= 3);
  if (elements.length === 0) return whole && level.fields.length <= 2;
  if (elements.some(({ number }) => number <= 7 && number !== kind + 2)) return false;
  const first = await level.into(kind + 2);
  if (kind === 1) return isTensor(first, first.fields.length > 0);
  if (kind === 2) return first.fits(SPARSE_TENSOR) && first.has(1) && first.has(2);
  if (kind === 4) return first.fits(MAP) && first.has(2);
  return isSequence(first, first.fields.length > 0, depth - 1);
}

/** A version before a MetaGraph, or a MetaGraph that holds a graph. */
async function isSavedModel(top: Level): Promise<boolean> {
  const metaGraph = await top.into(2);
  return metaGraph.fits(META_GRAPH) && (top.has(1) || (await isGraphDef(await metaGraph.into(2))));
}

/** Field 1, a MetaInfoDef, may be missing; a graph is always there. */
function isMetaGraph(level: Level): boolean {
  return level.fits(META_GRAPH) && level.has(2);
}

async function isGraphDef(level: Level): Promise<boolean> {
  return level.fits(GRAPH_DEF) && isNode(await level.into(1));
}

/** A node has a name and an operator; the functions of a library have no field 2. */
function isNode(level: Level): boolean {
  return level.fits(NODE_DEF) && level.has(2) && level.fields.some(({ number, to, from }) => number === 2 && to > from);
}

/** Specification version and description, then one of the model types, numbered from 200 on. */
function isCoreMl(level: Level): boolean {
  const version = level.fields.find(({ number }) => number === 1);
  return (
    version?.wire === 0 &&
    version.value < 100 &&
    level.has(2) &&
    level.fields.some(({ number, wire }) => number >= 200 && number <= 3000 && wire === 2)
  );
}

/** `traces` maps a name to frames. */
async function isDebugInfo(level: Level): Promise<boolean> {
  const entry = await level.into(2);
  return level.has(2) && entry.fits({ 1: 2, 2: 2 }) && entry.has(1) && (await entry.into(2)).fits({ 1: 2, 2: 2 });
}

/** The fields of one message, as far as they were read. */
class Level {
  readonly #probe: Probe;
  readonly fields: readonly Field[];

  constructor(probe: Probe, fields: readonly Field[]) {
    this.#probe = probe;
    this.fields = fields;
  }

  has(number: number): boolean {
    return this.fields.some((field) => field.number === number);
  }

  /** The number that the only field of that number holds; null where it stands elsewhere, twice, or is none. */
  number(number: number): number | null {
    const [field, ...more] = this.fields.filter((candidate) => candidate.number === number);
    return field?.wire === 0 && more.length === 0 ? field.value : null;
  }

  /** Some field is of this shape, and none contradicts it. */
  fits(shape: Shape): boolean {
    return (
      this.fields.some(({ number }) => shape[number] !== undefined) &&
      this.fields.every(({ number, wire }) => shape[number] === undefined || shape[number] === wire)
    );
  }

  /** The start of the first text of that number; empty where there is none. */
  async text(number: number): Promise<string> {
    const field = this.fields.find((candidate) => candidate.number === number && candidate.wire === 2);
    if (field === undefined || field.to > this.#probe.size) return "";
    return Buffer.from(await this.#probe.at(field.from, Math.min(32, field.to - field.from))).toString("latin1");
  }

  /** The fields of the first message of that number. */
  async into(number: number): Promise<Level> {
    const field = this.fields.find((candidate) => candidate.number === number && candidate.wire === 2);
    if (field === undefined) return new Level(this.#probe, []);
    const { fields, whole } = await fieldsOf(this.#probe, field.from, field.to, MAX_NESTED);
    return new Level(this.#probe, whole ? fields : []);
  }
}

interface Fields {
  readonly fields: readonly Field[];
  /** They go on to the end, as far as was looked; the last one may be cut by the end of the file: a broken download is still recognised. */
  readonly whole: boolean;
}

/** Fields from an offset on, hopping over payloads, up to the first thing that is none. */
async function fieldsOf(probe: Probe, from: number, to: number, most: number): Promise<Fields> {
  const fields: Field[] = [];
  let base = 0;
  let bytes = probe.head;
  for (let at = from; at < to && at < probe.size && fields.length < most; ) {
    if (at < base || at + Math.min(HEADER_BYTES, probe.size - at) > base + bytes.length) {
      bytes = await probe.at(at, Math.min(READ_BYTES, probe.size - at));
      base = at;
    }
    const field = fieldAt(bytes, at - base, Number.MAX_SAFE_INTEGER);
    if (field === null || (base + field.to > to && to < probe.size)) return { fields, whole: false };
    fields.push({ ...field, at, from: base + field.from, to: base + field.to });
    at = base + field.to;
  }
  return { fields, whole: true };
}

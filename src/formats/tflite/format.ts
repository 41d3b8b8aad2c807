import type { ByteSource } from "../../bytes.ts";
import type { ChildRef, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { notZero, type Span, schemaOf, type Verified, verifyFlatBuffer } from "../flatbuffers/index.ts";
import { Anomalies } from "../strict-json/anomalies.ts";
import { TfliteCollector } from "./collect.ts";
import type { BufferBytes, TfliteFacts } from "./facts.ts";
import schemaFile from "./schema.json" with { type: "json" };

const SCHEMA = schemaOf(schemaFile);
/** Shorter pieces hold nothing that runs. */
const PROBED_BYTES = 64;
/** Between parts of the file: writers align buffers to 16 bytes, and those outside of the FlatBuffer to more. */
const LOCAL_HEADER = Buffer.from("PK\x03\x04", "latin1");

/**
 * TensorFlow Lite (LiteRT) models, schema version 3: one FlatBuffer, perhaps buffers behind it, perhaps a zip archive behind those. All tables are
 * walked by the schema; what no table, buffer or archive owns belongs to nobody. https://ai.google.dev/edge/litert/models/metadata
 */
export const tfliteFormat: Format<TfliteFacts> = { id: "tflite", parse: parseTflite, children };

async function parseTflite(source: ByteSource, budget: Budget): Promise<Parsed<TfliteFacts>> {
  const collector = new TfliteCollector(source.size, budget, new Anomalies());
  let verified: Verified | null = null;
  try {
    verified = await verifyFlatBuffer(source, SCHEMA, budget, collector.visit);
    const anomalies = [...verified.anomalies.list, ...collector.anomalies.list];
    if (verified.kind === "broken")
      return { kind: "broken", facts: lost(collector, source.size), anomalies, at: verified.at ?? 0, why: verified.why ?? "" };
    const facts = await factsOf(collector, verified, source, budget);
    return { kind: "parsed", facts, anomalies: [...verified.anomalies.list, ...collector.anomalies.list] };
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return { kind: "limit", facts: lost(collector, source.size), anomalies: collector.anomalies.list, why: error.message };
  } finally {
    verified?.spans.close();
    budget.release(collector.heldBytes);
  }
}

/** Facts of a walk that did not end: nothing is owned for sure, so the whole file is searched. */
function lost(collector: TfliteCollector, size: number): TfliteFacts {
  return { size, ...collector.facts(), buffers: [], associated: null, unowned: [{ offset: 0, size }], lost: true };
}

async function factsOf(collector: TfliteCollector, { spans }: Verified, source: ByteSource, budget: Budget): Promise<TfliteFacts> {
  const { size } = source;
  const buffers = collector.buffers();
  for (const { offset, size } of collector.external) spans.add(offset, size);
  const gaps = spans.gaps(size);
  const tail = gaps.at(-1);
  const associated = tail !== undefined && tail.offset + tail.size === size ? await archiveIn(tail, source) : null;
  const others =
    associated === null || tail === undefined ? gaps : [...gaps.slice(0, -1), { offset: tail.offset, size: associated.offset - tail.offset }];
  const unowned = await notZero(source, others, budget);
  return { size, ...collector.facts(), buffers, associated, unowned, lost: false };
}

/** An archive that begins at the end of the model, or behind the zeros that align it. */
async function archiveIn({ offset, size }: Span, source: ByteSource): Promise<Span | null> {
  const head = Buffer.from(await source.read(offset, Math.min(size, 4096)));
  const at = head.indexOf(LOCAL_HEADER);
  if (at === -1 || head.subarray(0, at).some((byte) => byte !== 0)) return null;
  return { offset: offset + at, size: size - at };
}

function children({ buffers, customOptions, associated, unowned }: TfliteFacts): readonly ChildRef[] {
  return [
    ...buffers.flatMap(childrenOf),
    ...customOptions.filter(({ size }) => size >= PROBED_BYTES).map((span) => search(`options@${span.offset}`, span)),
    ...(associated === null ? [] : [{ name: "associated files", region: { in: "slice", ...associated }, treatment: "examine" } as const]),
    ...unowned.map((span) => search(`unowned@${span.offset}`, span)),
  ];
}

/** Tensors are probed as far as their shape reaches; the rest, and what no tensor owns, is searched. */
function childrenOf({ index, offset, size, owner, expected }: BufferBytes): readonly ChildRef[] {
  const name = index === -1 ? `options@${offset}` : `buffer ${index}`;
  if (owner !== "tensor" || expected === null) return size < PROBED_BYTES ? [] : [search(name, { offset, size })];
  const owned = Math.min(size, expected);
  return [
    ...(owned < PROBED_BYTES ? [] : [{ name, region: { in: "slice", offset, size: owned }, treatment: "probe" } as const]),
    ...(size - owned < PROBED_BYTES ? [] : [search(`${name} behind its tensor`, { offset: offset + owned, size: size - owned })]),
  ];
}

function search(name: string, span: Span): ChildRef {
  return { name, region: { in: "slice", ...span }, treatment: "search" };
}

import type { ByteSource } from "../../bytes.ts";
import type { Anomaly, ChildRef, Format, Parsed } from "../../format.ts";
import { Budget, LimitError } from "../../limits.ts";
import { asidesOf } from "./asides.ts";
import type { CompressedFacts, StreamCodec } from "./facts.ts";
import { type Inflated, inflate, troubleOf } from "./inflate.ts";

/** One compressed stream in a file of its own. */
export function compressedFormat(codec: StreamCodec): Format<CompressedFacts> {
  return { id: codec, parse: (source, budget) => parseCompressed(codec, source, budget), children: childrenOfStream };
}

/** Where a stream ends is known only when it has been inflated, at least for gzip, zlib, bzip2 and LZMA. */
async function parseCompressed(codec: StreamCodec, source: ByteSource, budget: Budget): Promise<Parsed<CompressedFacts>> {
  const { kind, inflatedBytes, consumedBytes, why } = await measure(codec, source, budget);
  const facts = {
    codec,
    size: source.size,
    compressedBytes: consumedBytes,
    inflatedBytes,
    trailing: null,
    asides: await asidesOf(codec, source, budget),
    unread: null,
  };
  const anomalies: Anomaly[] = [];
  try {
    budget.steps(16);
    const rest = kind === "limit" ? null : await restOf(source, consumedBytes, budget);
    if (kind === "broken") return { kind, facts: { ...facts, unread: rest }, anomalies, at: consumedBytes, why: why ?? "decompression stopped" };
    if (kind === "limit") return { kind, facts, anomalies, at: consumedBytes, why: why ?? "decompression stopped" };
    if (rest !== null) anomalies.push({ kind: "trailing", at: rest.offset, what: `${rest.size} bytes behind the compressed stream` });
    return { kind: "parsed", facts: { ...facts, trailing: rest }, anomalies };
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return { kind: "limit", facts, anomalies, why: error.message };
  }
}

/** Leaves what comes out with the owner of the source. One that has no place for it will have to inflate the stream again, and is charged for it then. */
async function measure(codec: StreamCodec, source: ByteSource, budget: Budget): Promise<Inflated> {
  const kept = source.store?.keep(codec, 0, source.size) ?? null;
  if (kept === null) {
    const measuring = new Budget({ ...budget.limits, maxSteps: budget.stepsLeft }, () => budget.inflated(0));
    const result = await inflate(codec, source, measuring, () => {});
    budget.steps(Math.min(budget.stepsLeft, measuring.limits.maxSteps - measuring.stepsLeft));
    return result;
  }
  try {
    const result = await inflate(codec, source, budget, (piece) => kept.write(piece));
    kept.end(troubleOf(result));
    return result;
  } finally {
    kept.drop();
  }
}

const WINDOW_BYTES = 256 * 1024;

/** What lies from here to the end, without the zeros that it begins with; null when there is nothing else. */
async function restOf(source: ByteSource, from: number, budget: Budget): Promise<CompressedFacts["trailing"]> {
  for (let at = from; at < source.size; at += WINDOW_BYTES) {
    const window = await source.read(at, Math.min(WINDOW_BYTES, source.size - at));
    budget.steps(Math.ceil(window.length / 512));
    const found = window.findIndex((byte) => byte !== 0);
    if (found !== -1) return { offset: at + found, size: source.size - at - found };
  }
  return null;
}

function childrenOfStream({ codec, size, asides, trailing, unread }: CompressedFacts): readonly ChildRef[] {
  const children: ChildRef[] = [{ name: "data", region: { in: "compressed", codec, offset: 0, compressedSize: size }, treatment: "examine" }];
  for (const aside of asides) children.push({ name: `aside@${aside.offset}`, region: { in: "slice", ...aside }, treatment: "search" });
  if (trailing !== null) children.push({ name: `trailing@${trailing.offset}`, region: { in: "slice", ...trailing }, treatment: "search" });
  if (unread !== null) children.push({ name: `unread@${unread.offset}`, region: { in: "slice", ...unread }, treatment: "search" });
  return children;
}

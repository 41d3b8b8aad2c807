import type { ByteSource } from "../../bytes.ts";
import type { Anomaly, ChildRef, Format, Parsed } from "../../format.ts";
import { Budget, LimitError } from "../../limits.ts";
import type { CompressedFacts, StreamCodec } from "./facts.ts";
import { inflate } from "./inflate.ts";

/** One compressed stream in a file of its own: the stream is measured here, and inflated once more by the walker to examine what it holds. */
export function compressedFormat(codec: StreamCodec): Format<CompressedFacts> {
  return { id: codec, parse: (source, budget) => parseCompressed(codec, source, budget), children: childrenOfStream };
}

async function parseCompressed(codec: StreamCodec, source: ByteSource, budget: Budget): Promise<Parsed<CompressedFacts>> {
  // apart from the budget of the file, which the walker charges for the same bytes
  const measuring = new Budget(budget.limits, () => budget.inflated(0));
  const { kind, inflatedBytes, consumedBytes, why } = await inflate(codec, source, measuring, () => {});
  const facts = { codec, size: source.size, compressedBytes: consumedBytes, inflatedBytes, trailing: null };
  const anomalies: Anomaly[] = [];
  try {
    budget.steps(16 + Math.ceil(inflatedBytes / 512));
    const trailing = kind === "complete" ? await trailingOf(source, consumedBytes, budget) : null;
    if (trailing !== null) anomalies.push({ kind: "trailing", at: trailing.offset, what: `${trailing.size} bytes behind the compressed stream` });
    const parsed = { facts: { ...facts, trailing }, anomalies };
    if (kind === "complete") return { kind: "parsed", ...parsed };
    return { kind, ...parsed, at: consumedBytes, why: why ?? "decompression stopped" };
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return { kind: "limit", facts, anomalies, why: error.message };
  }
}

const WINDOW_BYTES = 256 * 1024;

async function trailingOf(source: ByteSource, from: number, budget: Budget): Promise<CompressedFacts["trailing"]> {
  for (let at = from; at < source.size; at += WINDOW_BYTES) {
    const window = await source.read(at, Math.min(WINDOW_BYTES, source.size - at));
    budget.steps(Math.ceil(window.length / 512));
    const found = window.findIndex((byte) => byte !== 0);
    if (found !== -1) return { offset: at + found, size: source.size - at - found };
  }
  return null;
}

function childrenOfStream({ codec, size, trailing }: CompressedFacts): readonly ChildRef[] {
  const stream: ChildRef = { name: "data", region: { in: "compressed", codec, offset: 0, compressedSize: size }, treatment: "examine" };
  if (trailing === null) return [stream];
  return [stream, { name: `trailing@${trailing.offset}`, region: { in: "slice", ...trailing }, treatment: "search" }];
}

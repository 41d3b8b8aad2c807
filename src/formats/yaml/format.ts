import type { ByteSource } from "../../bytes.ts";
import type { Anomaly, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { pickleAt } from "../pickle/pickle-at.ts";
import { pickleAtEnd } from "../text/pickle-at-end.ts";
import { Collector } from "./collect.ts";
import { type Composed, compose } from "./compose.ts";
import { byteOffsets, type Decoded, decode } from "./decode.ts";
import type { YamlFacts } from "./facts.ts";

/** Line breaks of YAML 1.1 that 1.2 takes for ordinary characters. */
const OLD_BREAKS = /[\u0085\u2028\u2029]/g;

/**
 * A YAML document of a model repository: its tags, and what in it names code, resolvers, commands and files. Nothing is built: tags are names here.
 * Python's loaders read YAML 1.1, where three more characters end a line, so a text with one of them is read both ways.
 */
export const yamlFormat: Format<YamlFacts> = {
  id: "yaml",
  parse: parseYaml,
  children: ({ pickleAtEnd: span }) => (span === null ? [] : [pickleAt(span)]),
};

async function parseYaml(bytes: ByteSource, budget: Budget): Promise<Parsed<YamlFacts>> {
  const collector = new Collector(budget);
  const { size } = bytes;
  if (size > budget.limits.maxHeaderBytes) return unread(collector, `document of ${size} bytes is over maxHeaderBytes`);
  let held = 0;
  try {
    budget.hold(size * 3);
    held = size * 3;
    const decoded = decode(await bytes.read(0, size));
    const end = await pickleAtEnd(bytes, budget);
    const parsed = read(decoded, collector, budget);
    return { ...parsed, facts: { ...parsed.facts, pickleAtEnd: end } };
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return unread(collector, error.message);
  } finally {
    budget.release(held);
  }
}

function unread(collector: Collector, why: string): Parsed<YamlFacts> {
  return { kind: "limit", facts: factsOf(collector, { text: "", encoding: "utf-8", narrow: true, brokenAt: null }, 0), anomalies: [], why };
}

function read(decoded: Decoded, collector: Collector, budget: Budget): Parsed<YamlFacts> {
  const anomalies: Anomaly[] = [];
  const oldBreak = decoded.text.search(OLD_BREAKS);
  let documents = 0;
  let mistake: Composed["mistake"] = null;
  try {
    if (oldBreak !== -1) visit(decoded.text.replace(OLD_BREAKS, "\n"), collector, budget);
    ({ documents, mistake } = visit(decoded.text, collector, budget));
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return { kind: "limit", facts: factsOf(collector, decoded, documents), anomalies, why: error.message };
  }
  const { brokenAt } = decoded;
  if (brokenAt !== null && (mistake === null || brokenAt < mistake.at)) mistake = { at: brokenAt, why: "a byte that is no character of YAML" };
  if (oldBreak !== -1)
    anomalies.push({ kind: "old-line-break", at: placeOf(decoded, oldBreak), what: "a character that ends a line in YAML 1.1 and not in 1.2" });
  const facts = factsOf(collector, decoded, documents);
  if (mistake === null) return { kind: "parsed", facts, anomalies };
  return { kind: "broken", facts, anomalies, at: placeOf(decoded, mistake.at), why: mistake.why };
}

function visit(text: string, collector: Collector, budget: Budget): { readonly documents: number; readonly mistake: Composed["mistake"] } {
  const { documents, mistake, heldBytes } = compose(text, budget);
  try {
    for (const document of documents) collector.document(document);
  } finally {
    budget.release(heldBytes);
  }
  return { documents: documents.length, mistake };
}

function placeOf(decoded: Decoded, index: number): number {
  return byteOffsets(decoded, [index])[0] ?? 0;
}

/** Facts with byte offsets in the place of indices. */
function factsOf(collector: Collector, decoded: Decoded, documents: number): YamlFacts {
  const { shape, nodes, aliases, expandedNodes, cycleAt, dropped } = collector;
  const lists = collector.lists();
  const indices = [...new Set([...Object.values(lists).flatMap((list) => list.map(({ at }) => at)), cycleAt ?? 0])].sort((a, b) => a - b);
  const offsets = byteOffsets(decoded, indices);
  const places = new Map(indices.map((index, i) => [index, offsets[i] ?? 0]));
  const place = <T extends { readonly at: number }>(list: readonly T[]): readonly T[] =>
    list.map((item) => ({ ...item, at: places.get(item.at) ?? 0 }));
  return {
    encoding: decoded.encoding,
    documents,
    nodes,
    shape,
    tags: place(lists.tags),
    code: place(lists.code),
    resolvers: place(lists.resolvers),
    evaluated: place(lists.evaluated),
    files: place(lists.files),
    requirements: place(lists.requirements),
    trustRemoteCode: place(lists.trustRemoteCode),
    leftOutPaths: place(lists.leftOutPaths),
    duplicates: place(lists.duplicates),
    aliases: { count: aliases, expandedNodes, cycleAt: cycleAt === null ? null : (places.get(cycleAt) ?? 0) },
    dropped,
    pickleAtEnd: null,
  };
}

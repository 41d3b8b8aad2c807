import type { ByteSource } from "../../bytes.ts";
import type { ChildRef, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { Collector } from "./collect.ts";
import { type JsonEnd, pointerOf, visitJson } from "./events.ts";
import { type JsonFacts, MAX_TEXT } from "./facts.ts";
import { readLines } from "./lines.ts";
import { shapeOf } from "./shapes.ts";
import { isFurtherDocument, trailingOf } from "./trailing.ts";

/**
 * A JSON document of a model repository: which known one it is, and what in it names code, places, templates and other models. `broken` and
 * `limit` keep what was read before.
 */
export const jsonFormat: Format<JsonFacts> = {
  id: "json",
  async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<JsonFacts>> {
    if (bytes.size > budget.limits.maxHeaderBytes) return unread(`document of ${bytes.size} bytes is over maxHeaderBytes`);
    try {
      budget.hold(bytes.size);
    } catch (error) {
      if (error instanceof LimitError) return unread(error.message);
      throw error;
    }
    try {
      return read(await bytes.read(0, bytes.size), budget);
    } finally {
      budget.release(bytes.size);
    }
  },
  children({ templates, pickles, trailing, keras }): readonly ChildRef[] {
    const refs: ChildRef[] = templates.map(({ name, text }) => ({ name, region: { in: "memory", bytes: text }, treatment: "examine", as: "jinja" }));
    for (const { at, bytes } of pickles) refs.push({ name: `@${at}`, region: { in: "memory", bytes }, treatment: "examine", as: "pickle" });
    if (keras !== null) refs.push({ name: "keras", region: { in: "slice", offset: 0, size: keras }, treatment: "examine", as: "keras-config" });
    if (trailing !== null) refs.push({ name: "appended", region: { in: "slice", offset: trailing.at, size: trailing.size }, treatment: "search" });
    return refs;
  },
};

function unread(why: string): Parsed<JsonFacts> {
  return { kind: "limit", facts: factsOf(new Collector(), { duplicates: [] }, null, 1, 0), anomalies: [], why };
}

function read(bytes: Uint8Array, budget: Budget): Parsed<JsonFacts> {
  const collector = new Collector();
  const end = visitJson(bytes, budget, collector);
  const rest = end.endsAt === null ? null : trailingOf(bytes, end.endsAt);
  const isLines = rest !== null && isFurtherDocument(bytes, rest.at, end.endsAt ?? 0);
  const lines = isLines ? readLines(bytes, rest.at, budget) : null;
  const facts = factsOf(collector, end, isLines ? null : rest, 1 + (lines?.documents ?? 0), end.endsAt ?? bytes.length);
  const { anomalies } = end;
  const { kind, at, why } = lines ?? end;
  return { kind, facts, anomalies, ...(at === undefined ? {} : { at }), ...(why === undefined ? {} : { why }) };
}

function factsOf(
  collector: Collector,
  end: Pick<JsonEnd, "duplicates">,
  trailing: JsonFacts["trailing"],
  documents: number,
  documentBytes: number,
): JsonFacts {
  const { urls, absolutePaths, leftOutPaths, trustRemoteCode, baseModels, pickles } = collector;
  const components = collector.components.end();
  const duplicates = end.duplicates.map(({ path, at, same }) => ({ pointer: pointerOf(path).slice(0, MAX_TEXT), at, same }));
  const code = [...collector.code, ...components.names, ...collector.pairs.names];
  const tokens = collector.tokens.end();
  const { steps, template } = collector.steps.end();
  const notebook = collector.notebook.end();
  const dropped = collector.left() + components.dropped + collector.images.dropped + tokens.dropped + collector.steps.dropped + notebook.dropped;
  const shape = shapeOf(collector.top(documents > 1));
  const tfjs = shape === "tfjs-model" ? collector.tfjs.end() : null;
  return {
    shape,
    code,
    urls,
    absolutePaths,
    leftOutPaths,
    trustRemoteCode,
    duplicates,
    baseModels,
    templates: collector.rendered(),
    pickles,
    files: [...collector.files.values()],
    nodes: [...collector.nodes.values()],
    sizes: collector.sizes.end(),
    commands: collector.commands,
    tokens,
    steps,
    template,
    notebook,
    documents,
    images: collector.images.list,
    keras: collector.keras.found ? documentBytes : null,
    tfjs,
    dropped: dropped + (tfjs?.dropped ?? 0),
    trailing,
  };
}

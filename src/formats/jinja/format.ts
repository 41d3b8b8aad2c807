import type { ByteSource } from "../../bytes.ts";
import type { Anomaly, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { pickleAt } from "../pickle/pickle-at.ts";
import { pickleAtEnd } from "../text/pickle-at-end.ts";
import { Collector, placesOf } from "./collector.ts";
import type { JinjaFacts } from "./facts.ts";
import { findHidden } from "./hidden-text.ts";
import { lex, type Segment } from "./lex.ts";
import { Memory } from "./memory.ts";
import { observe } from "./observe.ts";
import type { Rendering } from "./probe/observations.ts";
import { probe, unfinished } from "./probe/probe.ts";
import { namesUsed, parseTemplate } from "./statements.ts";

const NOTHING: JinjaFacts = { characters: 0, uses: [], left: 0, hidden: [], rendering: null, pickleAtEnd: null };

/**
 * A chat template in Jinja 3.1's language, as transformers renders it (trim and lstrip blocks, loop controls, `generation`). There is no content
 * detection: any text is a template, and who refers to it knows that it is one. https://jinja.palletsprojects.com/en/stable/templates/
 */
export const jinja: Format<JinjaFacts> = {
  id: "jinja",
  parse: parseJinja,
  children: ({ pickleAtEnd: span }) => (span === null ? [] : [pickleAt(span)]),
};

/** Facts are what the template does (`Use`), found on its syntax tree with constants folded; a tag that does not parse is an anomaly. */
export async function parseJinja(bytes: ByteSource, budget: Budget): Promise<Parsed<JinjaFacts>> {
  const { maxHeaderBytes } = budget.limits;
  if (bytes.size > maxHeaderBytes)
    return { kind: "limit", facts: NOTHING, anomalies: [], at: 0, why: `template of ${bytes.size} bytes is over maxHeaderBytes` };
  const memory = new Memory(budget);
  try {
    memory.hold(bytes.size * 3);
    const { source, valid } = decoded(await bytes.read(0, bytes.size));
    const end = await pickleAtEnd(bytes, budget);
    const parsed = read(source, valid ? [] : [NOT_UTF8], memory, budget);
    return { ...parsed, facts: { ...parsed.facts, pickleAtEnd: end } };
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return { kind: "limit", facts: NOTHING, anomalies: [], at: 0, why: error.message };
  } finally {
    memory.release();
  }
}

const NOT_UTF8: Anomaly = { kind: "not-utf-8", at: 0, what: "the template is not valid UTF-8" };

function decoded(bytes: Uint8Array): { readonly source: string; readonly valid: boolean } {
  try {
    return { source: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), valid: true };
  } catch {
    return { source: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), valid: false };
  }
}

function read(source: string, found: readonly Anomaly[], memory: Memory, budget: Budget): Parsed<JinjaFacts> {
  const collector = new Collector(source);
  const segments = lex(source, memory, budget);
  const template = parseTemplate(segments, source.length, budget);
  const hidden = findHidden(source, segments, budget);
  const complaints = template.complaints.toSorted((a, b) => a.at - b.at);
  const places = placesOf(
    source,
    complaints.map((each) => each.at),
  );
  const syntax = complaints.map(({ what }, i): Anomaly => ({ kind: "syntax", at: places[i]?.at ?? 0, what: `${what}, line ${places[i]?.line}` }));
  const anomalies = [...found, ...syntax];
  const [first] = anomalies;
  let limit: string | null = null;
  try {
    observe(template, collector, budget);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    limit = error.message;
    noteNames(segments, collector);
  }
  const rendering = limit === null ? probed(source, memory, budget) : null;
  const facts: JinjaFacts = { characters: source.length, uses: collector.uses(), left: collector.left, hidden, rendering, pickleAtEnd: null };
  if (limit !== null) return { kind: "limit", facts, anomalies, at: 0, why: limit };
  return first === undefined ? { kind: "parsed", facts, anomalies } : { kind: "broken", facts, anomalies, at: first.at, why: first.what };
}

function probed(source: string, memory: Memory, budget: Budget): Rendering {
  try {
    return probe(source, memory, budget);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return unfinished(error.message);
  }
}

/** What can be said of a template that costs too much to follow: the names that are written in it, so that padding hides none of them. */
function noteNames(segments: readonly Segment[], collector: Collector): void {
  for (const segment of segments) {
    if (segment.kind === "data") continue;
    for (const { at, name } of namesUsed(segment.tokens)) collector.add({ kind: "name", access: "unparsed", name, built: false }, at);
  }
}

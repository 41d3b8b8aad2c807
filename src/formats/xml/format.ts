import type { ByteSource } from "../../bytes.ts";
import type { ChildRef, Format, Parsed } from "../../format.ts";
import { Budget, DEFAULT_LIMITS, LimitError } from "../../limits.ts";
import { pickleAt } from "../pickle/pickle-at.ts";
import { pickleAtEnd } from "../text/pickle-at-end.ts";
import { XmlBreak } from "./break.ts";
import { type DecodedXml, decodeXml, placeIn } from "./decode.ts";
import type { XmlFacts } from "./facts.ts";
import { XmlReader } from "./read.ts";

/** Encodings in which markup is written in the bytes of ASCII, so that reading it as UTF-8 misses none. */
const LIKE_ASCII =
  /^(?:utf-?8|us-ascii|ascii|iso-?8859-\d{1,2}|latin-?1|windows-125\d|cp125\d|koi8-[ru]|gb2312|gbk|gb18030|euc-(?:jp|kr)|big5|shift_jis|tis-620)$/;

/**
 * XML as it stands in model repositories: OpenVINO graphs, PMML, SVG, property lists. What a parser would do with it is in the facts: entities and
 * where they come from, includes, stylesheets, scripts. Nothing is fetched and no entity is put in. https://www.w3.org/TR/xml/
 */
export const xmlFormat: Format<XmlFacts> = { id: "xml", parse: parseXml, children };

async function parseXml(source: ByteSource, budget: Budget): Promise<Parsed<XmlFacts>> {
  const { size } = source;
  if (size > budget.limits.maxHeaderBytes) return unread(size, `document of ${size} bytes is over maxHeaderBytes`);
  let held = 0;
  try {
    budget.hold(size * 2);
    held = size * 2;
    const decoded = decodeXml(await source.read(0, size));
    const pickle = await pickleAtEnd(source, budget);
    const parsed = read(decoded, size, budget);
    return { ...parsed, facts: { ...parsed.facts, pickleAtEnd: pickle } };
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return unread(size, error.message);
  } finally {
    budget.release(held);
  }
}

function unread(size: number, why: string): Parsed<XmlFacts> {
  const nothing: DecodedXml = { bytes: Buffer.alloc(0), encoding: "utf-8", valid: true };
  return { kind: "limit", facts: factsOf(new XmlReader(nothing.bytes, new Budget(DEFAULT_LIMITS)), nothing, size), anomalies: [], why };
}

function read(decoded: DecodedXml, size: number, budget: Budget): Parsed<XmlFacts> {
  const reader = new XmlReader(decoded.bytes, budget);
  let end: { readonly kind: "broken" | "limit"; readonly at: number; readonly why: string } | null = null;
  try {
    reader.read();
  } catch (error) {
    if (error instanceof XmlBreak) end = { kind: "broken", at: placeIn(decoded, error.at), why: error.message };
    else if (error instanceof LimitError) end = { kind: "limit", at: placeIn(decoded, reader.at), why: error.message };
    else throw error;
  }
  const { declaredEncoding, anomalies, entities } = reader;
  const facts = factsOf(reader, decoded, size);
  if (declaredEncoding !== null && !agrees(declaredEncoding, decoded))
    anomalies.add("encoding", 0, `the document says that it is ${JSON.stringify(declaredEncoding)} and is read as ${decoded.encoding}`);
  if (!decoded.valid && (declaredEncoding === null || /^utf/.test(declaredEncoding)))
    anomalies.add("encoding", 0, `bytes that are no ${decoded.encoding === "utf-8" ? "UTF-8" : "UTF-16"}`);
  if (entities.markup !== null)
    anomalies.add(
      "entity-markup",
      placeIn(decoded, entities.markup.at),
      `the entity ${JSON.stringify(entities.markup.name)} brings elements into the document`,
    );
  return end === null ? { kind: "parsed", facts, anomalies: anomalies.list } : { ...end, facts, anomalies: anomalies.list };
}

function agrees(declared: string, { encoding }: DecodedXml): boolean {
  return encoding === "utf-8" ? LIKE_ASCII.test(declared) : /^(?:utf-?16(?:le|be)?|ucs-2|iso-10646-ucs-2|unicode)$/.test(declared);
}

function factsOf(reader: XmlReader, decoded: DecodedXml, size: number): XmlFacts {
  const { collector, entities, doctype, declaredEncoding, endsAt } = reader;
  const place = <T extends { readonly at: number }>(item: T): T => ({ ...item, at: placeIn(decoded, item.at) });
  const { root, shape, elements, layers, constants, templates } = collector;
  return {
    size,
    declaredEncoding,
    encoding: decoded.encoding,
    root,
    shape,
    elements,
    doctype: doctype === null ? null : place(doctype),
    entities: entities.list.map(place),
    expansion: entities.expansion(),
    includes: collector.includes.map(place),
    stylesheets: collector.stylesheets.map(place),
    scripts: collector.scripts.map(place),
    functions: collector.functions.map(place),
    layers: layers.map(place),
    constants,
    templates,
    dropped: collector.dropped + entities.dropped,
    trailing: trailingOf(reader, decoded, size, endsAt),
    pickleAtEnd: null,
  };
}

/** What stands behind a document that ended, from its first byte that is no white space, comment or instruction. */
function trailingOf({ at }: XmlReader, decoded: DecodedXml, size: number, endsAt: number | null): XmlFacts["trailing"] {
  if (endsAt === null || at >= decoded.bytes.length) return null;
  const offset = placeIn(decoded, at);
  return offset >= size ? null : { offset, size: size - offset };
}

function children({ templates, trailing, pickleAtEnd: pickle }: XmlFacts): readonly ChildRef[] {
  return [
    ...templates.map(({ name, text }): ChildRef => ({ name, region: { in: "memory", bytes: text }, treatment: "examine", as: "jinja" })),
    ...(trailing === null ? [] : [{ name: "appended", region: { in: "slice", ...trailing }, treatment: "search" } as const]),
    ...(pickle === null || trailing !== null ? [] : [pickleAt(pickle)]),
  ];
}

import type { ByteSource } from "../../bytes.ts";
import type { ChildRef, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { childrenOfMember, childrenOfZip, parseZip } from "../zip/index.ts";
import { readNamed } from "../zip/named.ts";
import { SCHEMA } from "./detect.ts";
import type { SkopsFacts } from "./facts.ts";
import { Schemas } from "./read-schema.ts";

/**
 * scikit-learn models as skops writes them: a zip archive with a tree of objects in JSON, and their arrays beside it. The tree names types and
 * functions that are imported when the file is loaded; those are the facts. https://skops.readthedocs.io/en/stable/persistence.html
 */
export const skopsFormat: Format<SkopsFacts> = { id: "skops", parse: parseSkops, children };

async function parseSkops(source: ByteSource, budget: Budget): Promise<Parsed<SkopsFacts>> {
  const parsed = await parseZip(source, budget);
  const schemas = new Schemas();
  const read = new Set<number>();
  let stopped: LimitError | null = null;
  try {
    for await (const { index, bytes } of readNamed(source, parsed.facts, (name) => name === SCHEMA, budget, budget.limits.maxHeaderBytes)) {
      if (bytes === null) schemas.unread ??= "it cannot be unpacked, or is over maxHeaderBytes";
      else schemas.read(bytes, budget);
      read.add(index);
    }
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    stopped = error;
  }
  const { recognised, protocol, types, data, duplicates, unread, dropped } = schemas;
  const facts: SkopsFacts = { zip: parsed.facts, schemas: [...read], recognised, protocol, types, data, duplicates, unread, dropped };
  return stopped === null ? { ...parsed, facts } : { kind: "limit", facts, anomalies: parsed.anomalies, why: stopped.message };
}

/** The schema of skops is settled here; members of nodes for bytes are data that nobody reads, so they are searched; all else is examined. */
function children({ zip, schemas, recognised, data }: SkopsFacts): readonly ChildRef[] {
  const settled = new Set(recognised ? schemas : []);
  const raw = new Set(data);
  const members = zip.members.flatMap((member, index) => {
    if (settled.has(index)) return [];
    return childrenOfMember(member).map((child): ChildRef => (raw.has(child.name) ? { ...child, treatment: "search" } : child));
  });
  return [...members, ...childrenOfZip({ ...zip, members: [] })];
}

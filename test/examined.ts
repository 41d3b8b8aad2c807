import { bytesOf } from "../src/bytes.ts";
import type { Examined } from "../src/finding.ts";
import type { FormatId, Parsed } from "../src/format.ts";
import { jsonFormat } from "../src/formats/json/format.ts";
import type { Json } from "../src/json.ts";
import { Budget, DEFAULT_LIMITS } from "../src/limits.ts";
import { examinersOf } from "../src/scan/loaded.ts";

type Said = Required<Pick<Examined, "findings" | "unexamined" | "references">>;

/** What all examiners of a format say of one subject, with the parts that are loaded when its facts need them. */
export async function examined(id: FormatId, parsed: Parsed<unknown>, path: string, size: number): Promise<Said> {
  const subject = { path, name: path.slice(path.lastIndexOf("/") + 1), size, containers: [] };
  const all = (await examinersOf(id, parsed.facts)).map((examiner) => examiner.examine(parsed as Parsed<never>, subject)); // whoever calls pairs the two
  return {
    findings: all.flatMap(({ findings }) => findings),
    unexamined: all.flatMap(({ unexamined = [] }) => unexamined),
    references: all.flatMap(({ references = [] }) => references),
  };
}

/** The same of a JSON document; a string is the document's text. */
export async function examinedJson(document: Json, path = "config.json"): Promise<Said> {
  const text = Buffer.from(typeof document === "string" ? document : JSON.stringify(document));
  return examined("json", await jsonFormat.parse(bytesOf(text), new Budget(DEFAULT_LIMITS)), path, text.length);
}

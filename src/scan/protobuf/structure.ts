import { type Finding, findingOf, type Rule } from "../../finding.ts";
import type { Anomaly } from "../../format.ts";
import type { MessageLayout } from "../../formats/protobuf/walked.ts";

/** Unknown fields up to this size in sum may come from a newer version of the schema; what is larger than that is nobody's. */
const SMALL_BYTES = 1024;

/** What a message holds besides its schema: one finding for unknown fields, one for fields that stand twice. */
export function structureFindings(rule: Rule, layout: MessageLayout, anomalies: readonly Anomaly[], path: string): readonly Finding[] {
  const findings: Finding[] = [];
  const [first] = layout.unknown;
  if (first !== undefined) {
    const { unknownCount: count, unknownBytes: bytes } = layout;
    const more = count === 1 ? "" : ` and ${count - 1} more`;
    findings.push(
      findingOf(rule, {
        severity: bytes > SMALL_BYTES ? "medium" : "info",
        where: { path, offset: first.at },
        title: `Field ${first.field}${more}, ${bytes} bytes in all, ${count === 1 ? "is" : "are"} in no published schema`,
        proof: { fields: [...new Set(layout.unknown.map(({ field }) => field))].slice(0, 20), count, bytes },
      }),
    );
  }
  const twice = anomalies.filter(({ kind }) => kind === "repeated-field");
  const [repeated] = twice;
  if (repeated !== undefined)
    findings.push(
      findingOf(rule, {
        severity: "low",
        where: { path, offset: repeated.at },
        title: `${repeated.what}${twice.length === 1 ? "" : ", and more like it"}`,
        proof: { at: twice.slice(0, 16).map(({ at }) => at) },
      }),
    );
  return findings;
}

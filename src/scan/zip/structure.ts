import { type Finding, findingOf, type Rule } from "../../finding.ts";
import type { Anomaly } from "../../format.ts";
import { ZIP_RULES } from "./rules.ts";

/** Which rule an anomaly of the parser falls under; what is not here is structure. */
const RULES: Readonly<Record<string, Rule>> = {
  "bad-crc": ZIP_RULES.checksum,
  "bad-size": ZIP_RULES.checksum,
  "broken-data": ZIP_RULES.checksum,
  "flag-lies": ZIP_RULES.flags,
  "flag-mismatch": ZIP_RULES.flags,
};

const TITLES: Readonly<Record<string, string>> = {
  prepended: "Bytes before the first entry",
  appended: "Bytes behind the archive",
  gap: "Bytes between the entries",
};

/** Everything that lets two readers of the archive see different things, medium each. */
export function structureFindings(anomalies: readonly Anomaly[], path: string): readonly Finding[] {
  return anomalies.map(({ kind, at, what }) =>
    findingOf(RULES[kind] ?? ZIP_RULES.structure, {
      severity: "medium",
      where: { path, offset: at },
      title: TITLES[kind] === undefined ? capitalised(what) : `${TITLES[kind]}: ${what}`,
      proof: { kind },
    }),
  );
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

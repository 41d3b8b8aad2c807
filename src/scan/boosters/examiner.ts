import type { Examiner } from "../../finding.ts";
import type { FormatId } from "../../format.ts";
import type { BoosterFacts } from "../../formats/boosters/facts.ts";
import { appendedFinding } from "../inert/appended.ts";
import { INERT_RULES } from "../inert/rules.ts";
import { type Meaning, tamperingFindings } from "../tampering.ts";
import { BOOSTER_RULES as RULES } from "./rules.ts";

const STRUCTURE: Meaning = { rule: RULES.structure, severity: "medium" };
const NEWER: Meaning = { rule: RULES.structure, severity: "low" };
/** Fields of a newer release of CatBoost, and what they own; those bytes are searched. */
const MEANINGS: Readonly<Record<string, Meaning>> = { "unknown-field": NEWER, unowned: NEWER };

/** Trees are numbers: nothing in them runs. What does not belong to them is said. */
export function boosterExaminer(reads: FormatId): Examiner<BoosterFacts> {
  return {
    id: reads,
    version: 1,
    reads,
    rules: [RULES.structure, INERT_RULES.appended],
    examine: ({ facts, anomalies }, { path }) => ({
      findings: [...tamperingFindings(anomalies, MEANINGS, STRUCTURE, path), ...appendedFinding(facts.endsAt, facts.size, "the model", path)],
    }),
  };
}

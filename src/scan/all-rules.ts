import type { Rule } from "../finding.ts";
import { byCodePoint } from "../path-encoding.ts";
import { ENCODED_RULES } from "./encoded/rules.ts";
import { LICENCE_RULES } from "./licence/disagreement.ts";
import { REFERENCE_RULES } from "./references.ts";
import { EXAMINERS } from "./registry.ts";
import { WALK_RULES } from "./rules.ts";
import { LEAK_RULES } from "./secrets/rules.ts";
import { TREE_RULES } from "./tree-findings.ts";

/** Every rule there is, by id. Loads all examiners: for documentation and reports, not for scanning. */
export async function allRules(): Promise<readonly Rule[]> {
  const examiners = (await Promise.all(Object.values(EXAMINERS).map((load) => load()))).flat();
  const rules = [
    ...[WALK_RULES, TREE_RULES, REFERENCE_RULES, LEAK_RULES, LICENCE_RULES, ENCODED_RULES].flatMap((table): readonly Rule[] => Object.values(table)),
    ...examiners.flatMap((examiner) => examiner.rules),
  ];
  return [...new Map(rules.map((rule) => [rule.id, rule])).values()].sort((a, b) => byCodePoint(a.id, b.id));
}

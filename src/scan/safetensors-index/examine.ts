import { type Examined, type Examiner, type Finding, findingOf, type Rule } from "../../finding.ts";
import type { IndexFacts } from "../../formats/safetensors-index/parse.ts";
import { type Meaning, tamperingFindings } from "../tampering.ts";
import { targetDanger } from "../target-danger.ts";

export const INDEX_RULES = {
  traversal: {
    id: "index-path-traversal",
    summary: "a shard index that names a file outside of the model",
    gain: "The loader reads a file of the attacker's choice (or fetches one), outside of what was examined; a pickle there runs. transformers and accelerate join the name to a local folder without a check; no release with one is known.",
    check: "Search weight_map for the name given: every value must be a plain file name in the same folder.",
    references: ["https://github.com/huggingface/transformers/issues/47176", "https://cwe.mitre.org/data/definitions/22.html"],
  },
  malformed: {
    id: "index-malformed",
    summary: "a shard index that is not what the frameworks write",
    gain: "Two loaders read different indexes, so what was checked is not what is loaded: transformers and accelerate take the last of two values, other parsers the first.",
    check: "Give the file to a strict JSON parser; weight_map must map each tensor once to a file name.",
    references: [],
  },
} as const satisfies Record<string, Rule>;

const MALFORMED: Meaning = { rule: INDEX_RULES.malformed, severity: "medium" };
const MEANINGS: Readonly<Record<string, Meaning>> = { "byte-order-mark": { rule: INDEX_RULES.malformed, severity: "info" } };

/** What an index does is to make a loader open the files that it names. */
export const indexExaminer: Examiner<IndexFacts> = {
  id: "safetensors-index",
  version: 1,
  reads: "safetensors-index",
  rules: Object.values(INDEX_RULES),
  examine({ facts, anomalies }, { path }): Examined {
    return {
      findings: [
        ...facts.shards.flatMap((shard) => traversal(shard.target, shard.at, path)),
        ...tamperingFindings(anomalies, MEANINGS, MALFORMED, path),
      ],
      references: facts.shards.map(({ target }) => ({ kind: "shard", target })),
    };
  },
};

function traversal(target: string, at: number, path: string): readonly Finding[] {
  const danger = targetDanger(target);
  if (danger === null) return [];
  const shown = target.slice(0, 120);
  return [
    findingOf(INDEX_RULES.traversal, {
      severity: "high",
      where: { path, offset: at },
      title: `The index makes a loader open ${JSON.stringify(shown)}, which ${danger}`,
      proof: { target: shown },
    }),
  ];
}

import type { Rule } from "../../finding.ts";

export const BOOSTER_RULES = {
  structure: {
    id: "booster-structure",
    summary: "a model of decision trees with parts that its format does not have",
    gain: "Readers skip what they do not know, or take one of two values: something can be hidden there. No release of XGBoost, LightGBM or CatBoost is known that acts on it.",
    check: "Load the model with the current release in a sandbox, save it again, and compare.",
    references: [],
  },
} as const satisfies Record<string, Rule>;

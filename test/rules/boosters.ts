import { ubjson } from "../fixtures/boosters/writers.ts";
import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

const MODEL = { learner: { attributes: {}, gradient_booster: { name: "gbtree", model: { trees: [] } } }, version: [2, 1, 1] };
const booster = (bytes: Uint8Array): Files => ({ "model.ubj": bytes });

export const BOOSTER_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "booster-structure",
    severity: "medium",
    fires: {
      what: "A model of XGBoost with the member `learner` twice.",
      files: booster(Buffer.concat([ubjson(MODEL).subarray(0, -1), Buffer.from("i\x07learnerZ}", "latin1")])),
    },
    silent: { what: "A model of XGBoost with each member once.", files: booster(ubjson(MODEL)) },
  },
];

import { bytesOf } from "../../src/bytes.ts";
import { modelCard } from "../../src/formats/model-card/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import type { FuzzTarget } from "./target.ts";

const PARTS = [
  "- ",
  "-\n",
  "a:\n",
  "  ",
  "\n",
  "license: mit\n",
  "[a, b]\n",
  "[",
  "]",
  '"',
  "'",
  "|\n",
  ">-\n",
  "# x\n",
  "&a ",
  "model-index:\n- results:\n  - metrics:\n    - value: 1\n",
  "---\n",
  "\r\n",
  "{",
  ": ",
];

const target: FuzzTarget = {
  name: "model-card",
  async seeds() {
    return [Buffer.from("---\nlicense: mit\nbase_model:\n- a\n---\n"), Buffer.from("---\ntags: [a, 'b']\nx: |\n  y\n---\n")];
  },
  mutate(seed, random) {
    const at = random.below(seed.length + 1);
    return Buffer.concat([seed.subarray(0, at), Buffer.from(random.pick(PARTS)), seed.subarray(at)]).subarray(0, 4096);
  },
  async check(bytes) {
    const budget = new Budget(DEFAULT_LIMITS);
    const { kind, facts } = await modelCard.parse(bytesOf(bytes), budget);
    if (kind === "limit") throw new Error("a small card meets a limit");
    if (DEFAULT_LIMITS.maxSteps - budget.stepsLeft > 100 + 20 * bytes.length) throw new Error("too much work");
    const texts = [...facts.licences, ...facts.baseModels, ...facts.tags, ...facts.datasets, ...facts.languages];
    if (texts.length > 250 || texts.some((text) => typeof text !== "string" || text.length > 200)) throw new Error("a list beyond its bounds");
    budget.hold(DEFAULT_LIMITS.maxMemoryBytes); // all was given back
  },
};
export default target;

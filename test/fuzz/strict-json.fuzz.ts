import { memberOf, plainJson } from "../../src/formats/strict-json/node.ts";
import { readJson, readMembers } from "../../src/formats/strict-json/read.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import type { FuzzTarget } from "./target.ts";

const PIECES = [
  '"a"',
  '"\\u00e9"',
  '"\\ud83d',
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  "1e5",
  "-0",
  "null",
  "NaN",
  '"a":1,',
  "\u00e9",
  "[[[[[[[[",
  '{"__proto__":',
];

/** Whatever JSON.parse accepts must be read to the same value; all else must be answered. */
const target: FuzzTarget = {
  name: "strict-json",
  async seeds() {
    return ['{"a":[1,-2.5e3,"x\\u00e9é",true],"b":{"c":null,"c":{}}}', '["\\ud83d\\ude00", Infinity, 9007199254740993]', '{"":{"":[[],[{}]]}}'].map(
      (text) => Buffer.from(text),
    );
  },
  mutate(seed, random) {
    const text = Buffer.from(seed).toString("latin1");
    const at = random.below(text.length + 1);
    return Buffer.from(text.slice(0, at) + Buffer.from(random.pick(PIECES)).toString("latin1") + text.slice(at + random.below(4)), "latin1");
  },
  async check(bytes) {
    const parsed = readJson(bytes, new Budget({ ...DEFAULT_LIMITS, maxSteps: 1_000_000 }));
    if (parsed.facts.root !== null) plainJson(parsed.facts.root);
    memberOf(parsed.facts.root, "a");
    let visited = 0;
    readMembers(bytes, new Budget({ ...DEFAULT_LIMITS, maxSteps: 1_000_000 }), () => visited++);
    const accepted = accept(new TextDecoder().decode(bytes));
    if (accepted === undefined) return;
    if (parsed.kind === "limit") return;
    if (parsed.facts.root === null || parsed.kind !== "parsed") throw new Error(`JSON.parse reads it, we say ${parsed.kind} at ${parsed.at}`);
    if (JSON.stringify(plainJson(parsed.facts.root)) !== JSON.stringify(accepted.value))
      throw new Error("read as another value than JSON.parse reads");
  },
};

function accept(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

export default target;

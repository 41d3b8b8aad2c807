import { readFileSync } from "node:fs";
import { bytesOf } from "../../src/bytes.ts";
import { npy } from "../../src/formats/npy/format.ts";
import { parseNpy } from "../../src/formats/npy/parse.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { npyExaminer } from "../../src/scan/npy/examine.ts";
import { npyOf } from "../fixtures/tensors/writers.ts";
import type { FuzzTarget } from "./target.ts";
import { checkChildren } from "./tensor-invariants.ts";

const NAMES = ["f8", "scalar", "fields", "dates-v2", "unicode-v3", "python2", "objects"];
const WORDS = [
  "'descr'",
  "'|O'",
  "'<f8'",
  "(",
  ")",
  "[",
  "{",
  ":",
  ",",
  "True",
  "lambda",
  "__import__('os')",
  "+",
  "99999999999999999999",
  "-1",
  "\\x41",
  "\\U0010ffff",
  "'",
];

/** The header is changed word by word; children must lie in the file, and an array of objects always has its pickle. */
const target: FuzzTarget = {
  name: "npy",
  async seeds() {
    return NAMES.map((name) => readFileSync(new URL(`../fixtures/tensors/${name}.npy`, import.meta.url)));
  },
  mutate(seed, random) {
    const text = Buffer.from(seed.subarray(10, 128)).toString("latin1").trimEnd();
    const at = random.below(text.length + 1);
    return npyOf(text.slice(0, at) + random.pick(WORDS) + text.slice(at + random.below(8)), seed.subarray(128));
  },
  async check(bytes) {
    const parsed = await parseNpy(bytesOf(bytes), new Budget({ ...DEFAULT_LIMITS, maxSteps: 1_000_000 }));
    npyExaminer.examine(parsed, { path: "x", name: "x", size: bytes.length, containers: [] });
    const children = npy.children?.(parsed.facts) ?? [];
    checkChildren(children, bytes.length);
    if (parsed.facts.objects && !children.some((child) => child.as === "pickle")) throw new Error("an array of objects without its pickle");
  },
};

export default target;

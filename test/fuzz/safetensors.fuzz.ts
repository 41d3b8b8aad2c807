import { readFileSync } from "node:fs";
import { bytesOf } from "../../src/bytes.ts";
import { safetensors } from "../../src/formats/safetensors/format.ts";
import { parseSafetensors } from "../../src/formats/safetensors/parse.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { safetensorsExaminer } from "../../src/scan/safetensors/examine.ts";
import { safetensorsOf, withHeader } from "../fixtures/tensors/writers.ts";
import type { FuzzTarget, Random } from "./target.ts";
import { checkChildren, type Facts } from "./tensor-invariants.ts";

const WORDS = [
  '"__metadata__"',
  '"dtype"',
  '"shape"',
  '"data_offsets"',
  '"F4"',
  "-1",
  "1e400",
  "9007199254740993",
  "18446744073709551615",
  "[",
  "}",
  '"../x"',
  "\0",
  " ",
];

/** Every byte of a file that is read to its end has an owner, is searched, or is the subject of an anomaly. */
const target: FuzzTarget = {
  name: "safetensors",
  async seeds() {
    return [
      readFileSync(new URL("../fixtures/tensors/plain.safetensors", import.meta.url)),
      safetensorsOf([
        { name: "a", begin: 0, end: 4 },
        { name: "b", begin: 4, end: 9 },
      ]),
      withHeader('{"__metadata__":{"a":"https://x"},"t":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', new Uint8Array(4)),
    ];
  },
  mutate(seed, random) {
    const prefix = Buffer.from(seed.subarray(0, 8));
    const length = prefix.length < 8 ? 0 : Number(prefix.readBigUInt64LE() % BigInt(seed.length + 1));
    const header = Buffer.from(seed.subarray(8, 8 + length)).toString("latin1");
    return withHeader(Buffer.from(changed(header, random), "latin1").toString("utf8"), seed.subarray(8 + length));
  },
  async check(bytes) {
    const parsed = await parseSafetensors(bytesOf(bytes), new Budget({ ...DEFAULT_LIMITS, maxSteps: 1_000_000 }));
    safetensorsExaminer.examine(parsed, { path: "x", name: "x", size: bytes.length, containers: [] });
    checkChildren(safetensors.children?.(parsed.facts) ?? [], bytes.length);
    if (parsed.kind !== "parsed" || parsed.anomalies.length > 0) return;
    const spans: Facts = parsed.facts.tensors.map(({ begin, end }) => [begin, end]);
    if (spans.reduce((sum, [begin, end]) => sum + end - begin, 0) !== bytes.length - parsed.facts.dataStart)
      throw new Error("bytes without an owner, and nothing said");
  },
};

/** Puts a word of the format into the header, or changes one number. */
function changed(header: string, random: Random): string {
  const at = random.below(header.length + 1);
  if (random.below(2) === 0) return header.slice(0, at) + random.pick(WORDS) + header.slice(at + random.below(6));
  return header.replace(/\d+/g, (number) => (random.below(6) === 0 ? String(random.pick([0, 1, 4, 2 ** 31, 2 ** 53, Number(number) + 1])) : number));
}

export default target;

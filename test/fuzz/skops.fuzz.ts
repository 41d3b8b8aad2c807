import { bytesOf } from "../../src/bytes.ts";
import { skopsFormat } from "../../src/formats/skops/format.ts";
import { torchMarFormat } from "../../src/formats/torch-mar/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { skopsExaminer } from "../../src/scan/skops/index.ts";
import { torchMarExaminer } from "../../src/scan/torch-mar/index.ts";
import { writeZip } from "../fixtures/containers/zip-writer.ts";
import type { FuzzTarget } from "./target.ts";

/** The first byte of an input says what its text is the index of: the archive around it is written anew, so that the text is what changes. */
const SEEDS = [
  'S{"__class__":"Pipeline","__module__":"sklearn.pipeline","__loader__":"ObjectNode","protocol":2,"content":[{"__class__":"system","__module__":"os","__loader__":"FunctionNode"}]}',
  'S{"__loader__":"MethodNode","__class__":"a","__module__":"b","content":{"func":"__globals__","obj":{}},"file":"x.bin"}',
  'M{"model":{"handler":"x.py","requirementsFile":"r.txt","extraFiles":"a,../b"}}',
];
const PIECES = [
  '"__class__":',
  '"__module__":',
  '"__loader__":"',
  "MethodNode",
  "OperatorFuncNode",
  '"content":',
  "{",
  "}",
  "[",
  "]",
  ",",
  '"',
  "\\u0000",
  "os.system",
  "__",
  ".",
  '"handler":"',
  "..",
  "/",
  ":",
];
const SUBJECT = { path: "a", name: "a", size: 1, containers: [] };

const target: FuzzTarget = {
  name: "skops",
  async seeds() {
    return SEEDS.map((text) => Buffer.from(text));
  },
  mutate(seed, random) {
    let text = Buffer.from(seed).toString("latin1");
    for (let n = 1 + random.below(4); n > 0; n--) {
      const at = 1 + random.below(text.length);
      text = text.slice(0, at) + random.pick(PIECES) + text.slice(at + random.below(4));
    }
    return Buffer.from(text, "latin1");
  },
  async check(bytes) {
    const index = bytes.subarray(1);
    const skops = bytes[0] === 0x53;
    const archive = writeZip([
      { name: skops ? "schema.json" : "MAR-INF/MANIFEST.json", data: index },
      { name: skops ? "x.bin" : "r.txt", data: index },
    ]);
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 2_000_000 });
    if (skops) {
      const parsed = await skopsFormat.parse(bytesOf(archive), budget);
      skopsExaminer.examine(parsed, SUBJECT);
      skopsFormat.children?.(parsed.facts);
    } else {
      const parsed = await torchMarFormat.parse(bytesOf(archive), budget);
      torchMarExaminer.examine(parsed, SUBJECT);
      torchMarFormat.children?.(parsed.facts);
    }
    budget.hold(DEFAULT_LIMITS.maxMemoryBytes); // everything that was held is given back
  },
};

export default target;

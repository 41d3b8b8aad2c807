import { bytesOf } from "../../src/bytes.ts";
import { kerasConfig } from "../../src/formats/keras/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { kerasExaminer } from "../../src/scan/keras/examine.ts";
import { LAMBDA_NESTED, LAMBDA_OS, marshalled } from "../fixtures/keras/code.ts";
import type { FuzzTarget, Random } from "./target.ts";

const CODE = (["2.7", "3.4", "3.8", "3.12"] as const).map((version) =>
  marshalled(version, { names: ["os", "system"], texts: ["x"], inner: { names: ["y"], texts: [] } }),
);
const KEYS = [
  "class_name",
  "config",
  "module",
  "registered_name",
  "function",
  "function_type",
  "layers",
  "loss",
  "vocabulary",
  "value",
  "code",
  "spec_name",
];
const NAMES = [
  "Dense",
  "Lambda",
  "__lambda__",
  "function",
  "Custom>Adam",
  "TFOpLambda",
  "__typespec__",
  "os.system",
  "builtins",
  "keras.layers",
  ">",
  ".",
  "",
];

/** Configurations with changed keys, names and bytecode: a result and never an exception, memory given back, findings inside the document. */
const target: FuzzTarget = {
  name: "keras",
  async seeds() {
    const layers = [
      { module: "keras.layers", class_name: "Dense", config: { activation: "relu" }, registered_name: null },
      { class_name: "Lambda", config: { function: [LAMBDA_OS, null, null], function_type: "lambda" } },
      { class_name: "__lambda__", config: { value: LAMBDA_NESTED } },
      ...CODE.map((code) => ({ class_name: "__lambda__", config: { code: code.toString("base64") } })),
      { class_name: "TFOpLambda", config: { function: "io.read_file" } },
      { class_name: "StringLookup", config: { vocabulary: "a" } },
    ];
    return [...layers, { class_name: "Sequential", config: { layers }, compile_config: { loss: { a: "b" } } }].map((config) =>
      Buffer.from(JSON.stringify(config)),
    );
  },
  mutate(seed, random) {
    const text = Buffer.from(seed).toString("latin1");
    const kind = random.below(4);
    if (kind === 0) return Buffer.from(text.replace(random.pick(KEYS), random.pick(KEYS)), "latin1");
    if (kind === 1) return Buffer.from(text.replace(/"(?:[A-Z]\w*|keras\.layers)"/, JSON.stringify(random.pick(NAMES))), "latin1");
    if (kind === 2)
      return Buffer.from(
        text.replace(/[A-Za-z0-9+/]{60,}={0,2}/, () => changedCode(random)),
        "latin1",
      );
    const bytes = Buffer.from(seed);
    for (let n = 1 + random.below(3); n > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
    return bytes;
  },
  async check(bytes) {
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 300_000, maxMemoryBytes: 8 * 1024 * 1024 });
    const parsed = await kerasConfig.parse(bytesOf(bytes), budget);
    budget.hold(8 * 1024 * 1024); // throws unless all was given back
    const { findings } = kerasExaminer.examine(parsed, { path: "c", name: "c", size: bytes.length, containers: ["hdf5"] });
    for (const { where } of findings)
      if ((where.offset ?? 0) > bytes.length) throw new Error(`a finding at ${where.offset} in ${bytes.length} bytes`);
  },
};

function changedCode(random: Random): string {
  const code = Buffer.from(random.pick(CODE));
  for (let n = random.below(4); n > 0; n--) code[random.below(code.length)] = random.below(256);
  return code.toString("base64");
}

export default target;

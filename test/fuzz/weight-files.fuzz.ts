import { bytesOf } from "../../src/bytes.ts";
import type { OwnedSpan } from "../../src/finding.ts";
import type { Format } from "../../src/format.ts";
import { milWeightsFormat } from "../../src/formats/mil-weights/format.ts";
import { paddleParamsFormat } from "../../src/formats/paddle/params/format.ts";
import { tensorDataFormat } from "../../src/formats/tensor-data/format.ts";
import { checkpointStateFormat } from "../../src/formats/tensorflow/checkpoint-state/format.ts";
import { tableFormat } from "../../src/formats/tensorflow/table/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { milWeights } from "../fixtures/protobuf/coreml.ts";
import { param } from "../fixtures/protobuf/paddle.ts";
import { bundle, slices, table } from "../fixtures/protobuf/tensorflow.ts";
import type { FuzzTarget } from "./target.ts";
import { checkChildren } from "./tensor-invariants.ts";

const LIMITS = { ...DEFAULT_LIMITS, maxSteps: 1_000_000, maxMemoryBytes: 8_000_000 };
const OWNS: readonly OwnedSpan[] = [
  { offset: 8, size: 100 },
  { offset: 0, size: 4 },
  { offset: 60, size: 90 },
  { offset: 200, size: null },
];
const FORMATS: readonly Format<unknown>[] = [tableFormat, paddleParamsFormat, milWeightsFormat, tensorDataFormat(OWNS), checkpointStateFormat];
const NUMBERS = [0n, 1n, 63n, 64n, 65n, 255n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];

/** The first byte of an input says which parser takes the rest. */
const target: FuzzTarget = {
  name: "weight-files",
  async seeds() {
    const seeds = [
      table(
        bundle(
          [
            { name: "a/b", shape: [2], offset: 0, size: 8 },
            { name: "a/c", offset: 8, size: 4 },
          ],
          2,
        ),
        { perBlock: 2 },
      ),
      Buffer.concat([param([2, 3], Buffer.alloc(24, 1)), param([2], Buffer.alloc(8, 2))]),
      milWeights([Buffer.alloc(100, 1), Buffer.alloc(64, 2)]),
      Buffer.alloc(260, 3),
      Buffer.from('model_checkpoint_path: "a" \'b\\056\'\n# c\nall_model_checkpoint_paths: "/d"; last_preserved_timestamp: 1.5\n'),
    ];
    const first = table(slices([["a", Buffer.alloc(16, 1)]]), { perBlock: 1 });
    return [...seeds, first].map((seed, i) => Buffer.concat([Buffer.from([i % seeds.length]), seed]));
  },
  mutate(seed, random) {
    const out = Buffer.from(seed);
    for (let n = 1 + random.below(3); n > 0 && out.length > 16; n--) {
      const value = random.pick(NUMBERS);
      const at = 1 + random.below(out.length - 9);
      if (random.below(3) === 0) out.writeBigUInt64LE(value, at);
      else if (random.below(2) === 0) out.writeUInt32LE(Number(value & 0xffffffffn), at);
      else out[at] = Number(value & 0xffn);
    }
    return random.below(4) === 0 ? Buffer.concat([out, out.subarray(1 + random.below(out.length))]) : out;
  },
  async check(input) {
    const content = input.subarray(1);
    const format = FORMATS[(input[0] ?? 0) % FORMATS.length];
    if (format === undefined) throw new Error("no format");
    const budget = new Budget(LIMITS);
    const parsed = await format.parse(bytesOf(content), budget);
    budget.hold(LIMITS.maxMemoryBytes); // all was given back
    checkChildren(format.children?.(parsed.facts) ?? [], content.length);
  },
};

export default target;

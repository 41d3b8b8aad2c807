import { bytesOf } from "../../src/bytes.ts";
import { msgpackDetector } from "../../src/formats/msgpack/detect.ts";
import { msgpackFormat } from "../../src/formats/msgpack/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { msgpackExaminer } from "../../src/scan/msgpack/index.ts";
import { ndarray, type Packed, pack } from "../fixtures/msgpack/pack.ts";
import type { FuzzTarget } from "./target.ts";

/** First bytes of all kinds, and lengths that lead out of bounds. */
const PIECES = [
  "81",
  "8f",
  "91",
  "a1",
  "c0",
  "c1",
  "c3",
  "c40a",
  "c6ffffffff",
  "c70501",
  "c9ffffffff01",
  "ca00000000",
  "cfffffffffffffffff",
  "d401",
  "d8ff",
  "d9ff",
  "dc0002",
  "ddffffffff",
  "de0001",
  "dfffffffff",
  "e0",
  "a26e64c3",
  "a464617461",
].map((hex) => Buffer.from(hex, "hex"));

const target: FuzzTarget = {
  name: "msgpack",
  async seeds() {
    const numpy = new Map<Packed, Packed>([
      ["nd", true],
      ["type", "<f4"],
      ["kind", Buffer.from("O")],
      ["shape", [2]],
      ["data", new Uint8Array(8)],
    ]);
    return [
      pack({
        params: { kernel: ndarray([4], "float32", new Uint8Array(16)) },
        step: 3,
        c: { code: 2, data: pack([1.5, 2.5]) },
        t: { code: -1, data: new Uint8Array(8) },
      }),
      pack({ array: numpy, list: [1, "x", new Uint8Array(20), { code: 42, data: new Uint8Array(9) }] }),
    ];
  },
  mutate(seed, random) {
    const at = random.below(seed.length + 1);
    return Buffer.concat([seed.subarray(0, at), random.pick(PIECES), seed.subarray(at + random.below(4))]);
  },
  async check(bytes) {
    await msgpackDetector.detect({ head: bytes.subarray(0, 4096), tail: bytes, size: bytes.length, at: async () => bytes });
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 1_000_000 });
    const parsed = await msgpackFormat.parse(bytesOf(bytes), budget);
    msgpackExaminer.examine(parsed, { path: "a", name: "a", size: bytes.length, containers: [] });
    for (const { region } of msgpackFormat.children?.(parsed.facts) ?? [])
      if (region.in === "slice" && region.offset + region.size > bytes.length) throw new Error("a child outside of the file");
    budget.hold(DEFAULT_LIMITS.maxMemoryBytes); // everything that was held is given back
  },
};

export default target;

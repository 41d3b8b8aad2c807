import { bytesOf } from "../../src/bytes.ts";
import { executorchFormat, flatTensorFormat } from "../../src/formats/executorch/format.ts";
import programFile from "../../src/formats/executorch/program.json" with { type: "json" };
import { schemaOf } from "../../src/formats/flatbuffers/index.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { executorchExaminer } from "../../src/scan/executorch/index.ts";
import { writeFlatBuffer } from "../fixtures/flatbuffers/writer.ts";
import type { FuzzTarget } from "./target.ts";

const NUMBERS = [0, 1, 4, 8, 0x7f, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

const target: FuzzTarget = {
  name: "executorch",
  async seeds() {
    const program = {
      execution_plan: [
        { name: "f", operators: [{ name: "aten::add", overload: "out" }], delegates: [{ id: "X", processed: { location: 1, index: 0 } }] },
      ],
      segments: [{ offset: 0, size: 16 }],
      constant_buffer: [{ storage: new Uint8Array(70) }],
    };
    const bytes = writeFlatBuffer(schemaOf(programFile), "ET12", program, 32);
    bytes.write("eh00", 8, "latin1");
    bytes.writeUInt32LE(24, 12);
    bytes.writeBigUInt64LE(BigInt(bytes.length), 16);
    bytes.writeBigUInt64LE(BigInt(bytes.length), 24);
    return [Buffer.concat([bytes, Buffer.alloc(16, 1)]), writeFlatBuffer(schemaOf(programFile), "FT01", program)];
  },
  mutate(seed, random) {
    const bytes = Buffer.from(seed);
    const at = random.below(Math.max(1, bytes.length - 4)) & ~1;
    if (at + 4 <= bytes.length) bytes.writeUInt32LE(random.pick(NUMBERS), at);
    return bytes;
  },
  async check(bytes) {
    for (const format of [executorchFormat, flatTensorFormat]) {
      const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 1_000_000 });
      const parsed = await format.parse(bytesOf(bytes), budget);
      executorchExaminer(format.id).examine(parsed, { path: "a", name: "a", size: bytes.length, containers: [] });
      for (const { region } of format.children?.(parsed.facts) ?? [])
        if (region.in === "slice" && (region.offset < 0 || region.offset + region.size > bytes.length))
          throw new Error("a child outside of the program");
      budget.hold(DEFAULT_LIMITS.maxMemoryBytes); // everything that was held is given back
    }
  },
};

export default target;

import { bytesOf } from "../../src/bytes.ts";
import { schemaOf } from "../../src/formats/flatbuffers/index.ts";
import { tfliteFormat } from "../../src/formats/tflite/format.ts";
import schemaFile from "../../src/formats/tflite/schema.json" with { type: "json" };
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { tfliteExaminer } from "../../src/scan/tflite/index.ts";
import { writeFlatBuffer } from "../fixtures/flatbuffers/writer.ts";
import type { FuzzTarget } from "./target.ts";

const SCHEMA = schemaOf(schemaFile);
/** Offsets and sizes that lead out of bounds, back to the start, or round. */
const NUMBERS = [0, 1, 4, 7, 0x7f, 0x80, 0xfffe, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff];

const target: FuzzTarget = {
  name: "tflite",
  async seeds() {
    const tensors = [
      { shape: [8], type: 0, buffer: 1, name: "a" },
      { shape: [2], type: 5, buffer: 2, sparsity: { dim_metadata: [{ array_segments: { union: "Uint8Vector", value: { values: [1] } } }] } },
    ];
    const operators = [
      { opcode_index: 0, inputs: [0], outputs: [1], builtin_options: { union: "WhileOptions", value: { body_subgraph_index: 0 } } },
      { opcode_index: 1, custom_options: new Uint8Array(80) },
    ];
    const model = {
      version: 3,
      operator_codes: [{ builtin_code: 9 }, { builtin_code: 32, custom_code: "FlexReadFile" }],
      subgraphs: [{ tensors, operators, inputs: [0], outputs: [1], name: "main" }],
      buffers: [{}, { data: new Uint8Array(32) }, { data: Buffer.from("PK\x03\x04 no archive") }, { offset: 64, size: 8 }],
      metadata: [{ name: "m", buffer: 3 }],
      signature_defs: [{ inputs: [{ name: "x", tensor_index: 0 }], signature_key: "s", subgraph_index: 0 }],
      external_buffer_groups: [{ name: "../x" }],
    };
    return [writeFlatBuffer(SCHEMA, "TFL3", model), writeFlatBuffer(SCHEMA, "TFL3", { version: 3, subgraphs: [{}] })];
  },
  mutate(seed, random) {
    const bytes = Buffer.from(seed);
    for (let n = 1 + random.below(3); n > 0; n--) {
      const at = random.below(Math.max(1, bytes.length - 4)) & ~1;
      if (at + 4 > bytes.length) continue;
      if (random.below(2) === 0) bytes.writeUInt32LE(random.pick(NUMBERS), at);
      else bytes.writeUInt16LE((bytes.readUInt16LE(at) + random.pick([2, 4, 8, 0xfffc])) & 0xffff, at);
    }
    return bytes;
  },
  async check(bytes) {
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 2_000_000 });
    const parsed = await tfliteFormat.parse(bytesOf(bytes), budget);
    tfliteExaminer.examine(parsed, { path: "a", name: "a", size: bytes.length, containers: [] });
    for (const { region } of tfliteFormat.children?.(parsed.facts) ?? [])
      if (region.in === "slice" && (region.offset < 0 || region.size < 0 || region.offset + region.size > bytes.length))
        throw new Error("a child outside of the model");
    budget.hold(DEFAULT_LIMITS.maxMemoryBytes); // everything that was held is given back
  },
};

export default target;

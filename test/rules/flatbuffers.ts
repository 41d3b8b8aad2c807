import programFile from "../../src/formats/executorch/program.json" with { type: "json" };
import { schemaOf } from "../../src/formats/flatbuffers/index.ts";
import schemaFile from "../../src/formats/tflite/schema.json" with { type: "json" };
import { type Written, writeFlatBuffer } from "../fixtures/flatbuffers/writer.ts";
import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

const TFLITE = schemaOf(schemaFile);
const LATER_SCHEMA = schemaOf({ ...schemaFile, tables: { ...schemaFile.tables, Model: [...schemaFile.tables.Model, "tomorrow 4"] } });

/** y = x · w. */
const MODEL = {
  version: 3,
  operator_codes: [{ deprecated_builtin_code: 9, builtin_code: 9, version: 1 }],
  subgraphs: [
    {
      name: "main",
      inputs: [0],
      outputs: [2],
      tensors: [
        { name: "x", shape: [1, 8], type: 0, buffer: 1 },
        { name: "w", shape: [8, 8], type: 0, buffer: 2 },
        { name: "y", shape: [1, 8], type: 0, buffer: 0 },
      ],
      operators: [{ opcode_index: 0, inputs: [0, 1, -1], outputs: [2] }],
    },
  ],
  buffers: [{}, {}, { data: new Uint8Array(256).fill(7) }],
} as const satisfies Written;

const tflite = (change: Written = {}, schema = TFLITE): Files => ({ "m.tflite": writeFlatBuffer(schema, "TFL3", { ...MODEL, ...change }) });
const custom = (name: string): Files => tflite({ operator_codes: [{ deprecated_builtin_code: 32, builtin_code: 32, custom_code: name }] });

const TFLITE_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "tflite-custom-operator",
    severity: "medium",
    fires: { what: "A model with the operator `AcmeRun`, which the runtime does not have.", files: custom("AcmeRun") },
    silent: { what: "A model with the operator `FULLY_CONNECTED`.", files: tflite() },
  },
  {
    rule: "tflite-flex-operator",
    severity: "high",
    fires: { what: "A model with the operator `FlexReadFile`.", files: custom("FlexReadFile") },
    silent: { what: "A model with the operator `FULLY_CONNECTED`.", files: tflite() },
  },
  {
    rule: "tflite-external-file",
    severity: "high",
    fires: { what: "A model with weights in `../w.bin`.", files: tflite({ external_buffer_groups: [{ name: "../w.bin" }] }) },
    silent: { what: "A model with its weights inside.", files: tflite() },
  },
  {
    rule: "tflite-structure",
    severity: "medium",
    fires: { what: "A model whose input is tensor 7 of 3.", files: tflite({ subgraphs: [{ ...MODEL.subgraphs[0], inputs: [7] }] }) },
    silent: { what: "A model whose input is tensor 0 of 3.", files: tflite() },
  },
  {
    rule: "tflite-unknown-field",
    severity: "low",
    fires: { what: "A model with a field behind those of the known schema.", files: tflite({ tomorrow: 1 }, LATER_SCHEMA) },
    silent: { what: "A model with fields of the known schema.", files: tflite() },
  },
];

/** A program of ExecuTorch without a header of its own: all data lies in its tables. */
const executorch = (operator: string, plan: Written = {}): Files => ({
  "m.pte": writeFlatBuffer(schemaOf(programFile), "ET12", {
    execution_plan: [
      {
        name: "forward",
        operators: [{ name: operator, overload: "out" }],
        values: [{ val: { union: "Tensor", value: { sizes: [1], data_buffer_idx: 1 } } }],
        chains: [{ inputs: [0], instructions: [] }],
        ...plan,
      },
    ],
    constant_buffer: [{}, { storage: new Uint8Array(100).fill(3) }],
    backend_delegate_data: [{ data: new Uint8Array(70).fill(4) }],
  }),
});
const delegate = (id: string, index = 0): Written => ({ delegates: [{ id, processed: { location: 0, index } }] });

const EXECUTORCH_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "executorch-operator",
    severity: "medium",
    fires: { what: "A program that calls the operator `acme::run.out`.", files: executorch("acme::run") },
    silent: { what: "A program that calls the operator `aten::add.out`.", files: executorch("aten::add") },
  },
  {
    rule: "executorch-delegate",
    severity: "medium",
    fires: { what: "A program with a part that was compiled for the backend `QnnBackend`.", files: executorch("aten::add", delegate("QnnBackend")) },
    silent: { what: "A program whose operators all run on the processor.", files: executorch("aten::add") },
  },
  {
    rule: "executorch-structure",
    severity: "medium",
    fires: {
      what: "A program with a part for a backend whose data is not in the file.",
      files: executorch("aten::add", delegate("XnnpackBackend", 7)),
    },
    silent: { what: "A program with a part for a backend whose data is in the file.", files: executorch("aten::add", delegate("XnnpackBackend")) },
  },
];

export const FLATBUFFER_EXAMPLES: readonly RuleExample[] = [...TFLITE_EXAMPLES, ...EXECUTORCH_EXAMPLES];

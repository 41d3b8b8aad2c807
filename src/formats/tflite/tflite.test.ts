import { describe, expect, it } from "vitest";
import { writeZip } from "../../../test/fixtures/containers/zip-writer.ts";
import { type Written, writeFlatBuffer } from "../../../test/fixtures/flatbuffers/writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { schemaOf } from "../flatbuffers/index.ts";
import { tfliteDetector } from "./detect.ts";
import { tfliteFormat } from "./format.ts";
import schemaFile from "./schema.json" with { type: "json" };

const SCHEMA = schemaOf(schemaFile);
const FLOATS = new Uint8Array(256).fill(7);
/** y = x · w, as the converter of TensorFlow writes it. */
const MODEL = {
  version: 3,
  description: "MLIR Converted.",
  operator_codes: [{ deprecated_builtin_code: 9, builtin_code: 9, version: 1 }],
  subgraphs: [
    {
      name: "main",
      inputs: [0],
      outputs: [2],
      tensors: [
        { name: "x", shape: [1, 8], type: 0, buffer: 1 },
        { name: "w", shape: [8, 8], type: 0, buffer: 2, quantization: { zero_point: [0], scale: [1] } },
        { name: "y", shape: [1, 8], type: 0, buffer: 0 },
      ],
      operators: [
        { opcode_index: 0, inputs: [0, 1, -1], outputs: [2], builtin_options: { union: "FullyConnectedOptions", value: { keep_num_dims: 1 } } },
      ],
    },
  ],
  buffers: [{}, {}, { data: FLOATS }, { data: Buffer.from("1.5.0\0\0\0\0\0\0\0\0\0\0\0") }],
  metadata: [{ name: "min_runtime_version", buffer: 3 }],
} as const satisfies Written;
const tflite = (change: Written = {}, head = 8) => writeFlatBuffer(SCHEMA, "TFL3", { ...MODEL, ...change }, head);
const parse = (bytes: Uint8Array, limits = DEFAULT_LIMITS) => tfliteFormat.parse(bytesOf(bytes), new Budget(limits));
const kinds = async (bytes: Uint8Array) => (await parse(bytes)).anomalies.map(({ kind, what }) => [kind, what]);
const children = async (bytes: Uint8Array) =>
  (tfliteFormat.children?.((await parse(bytes)).facts) ?? []).map(({ name, treatment }) => [name, treatment]);
const subgraph = (change: Written) => ({ subgraphs: [{ ...MODEL.subgraphs[0], ...change }] });

describe("tfliteFormat", () => {
  it("accounts for every byte of a model", async () => {
    const { kind, facts, anomalies } = await parse(tflite());
    expect([kind, anomalies, facts.unowned]).toEqual(["parsed", [], []]);
    expect(facts).toMatchObject({
      version: 3,
      description: "MLIR Converted.",
      operatorCodes: [{ builtin: 9, custom: null }],
      counts: { subgraphs: 1, tensors: 3, operators: 1, buffers: 4 },
      metadata: [{ name: "min_runtime_version", buffer: 3 }],
      parameters: 64,
    });
    expect(facts.buffers.map(({ index, size, owner, expected }) => [index, size, owner, expected])).toEqual([
      [2, 256, "tensor", 256],
      [3, 16, "metadata", null],
    ]);
    expect(await children(tflite())).toEqual([["buffer 2", "probe"]]);
  });

  it("searches what a buffer holds beyond its tensor, what no tensor owns, and what nobody owns", async () => {
    const buffers = [{}, { data: FLOATS }, { data: new Uint8Array(400) }, { data: FLOATS }];
    expect(await children(tflite({ buffers }))).toEqual([
      ["buffer 1 behind its tensor", "search"],
      ["buffer 2", "probe"],
      ["buffer 2 behind its tensor", "search"],
      ["buffer 3", "search"],
    ]);
    const bytes = tflite();
    expect(await children(Buffer.concat([bytes, Buffer.from("xyz")]))).toEqual([
      ["buffer 2", "probe"],
      [`unowned@${bytes.length}`, "search"],
    ]);
    expect((await parse(Buffer.concat([bytes, Buffer.alloc(100)]))).facts.unowned).toEqual([]);
  });

  it("takes the archive of associated files for what it is", async () => {
    const bytes = tflite();
    const zip = writeZip([{ name: "labels.txt", data: "cat\ndog\n" }]);
    for (const padding of [0, 5]) {
      const { facts } = await parse(Buffer.concat([bytes, Buffer.alloc(padding), zip]));
      expect(facts.associated).toEqual({ offset: bytes.length + padding, size: zip.length });
      expect(facts.unowned).toEqual([]);
    }
    expect((await parse(Buffer.concat([bytes, Buffer.from("!"), zip]))).facts).toMatchObject({
      associated: null,
      unowned: [{ offset: bytes.length, size: zip.length + 1 }],
    });
  });

  it("finds buffers and options behind the FlatBuffer", async () => {
    const outside = (offset: number) => tflite({ buffers: [{}, {}, { offset, size: 256 }], metadata: [] });
    const at = outside(9999).length;
    const bytes = Buffer.concat([outside(at), FLOATS]);
    const { facts, anomalies } = await parse(bytes);
    expect([anomalies, facts.unowned]).toEqual([[], []]);
    expect(facts.buffers).toEqual([{ index: 2, offset: at, size: 256, owner: "tensor", expected: 256 }]);
  });

  it("keeps the names of custom operators, and has their options searched", async () => {
    const codes = [{ builtin_code: 32, custom_code: "FlexReadFile" }];
    const operators = [{ opcode_index: 0, custom_options: new Uint8Array(80) }];
    const { facts } = await parse(tflite({ operator_codes: codes, ...subgraph({ operators }) }));
    expect(facts.operatorCodes).toMatchObject([{ builtin: 32, custom: "FlexReadFile" }]);
    expect(facts.customOptions.map(({ size }) => size)).toEqual([80]);
  });

  it("does not own string tensors and sparse ones by their shape", async () => {
    const tensors = [
      { shape: [1], type: 5, buffer: 1 },
      { shape: [64], type: 0, buffer: 2, sparsity: { dim_metadata: [{ array_segments: { union: "Uint8Vector", value: { values: [1] } } }] } },
    ];
    const { facts } = await parse(
      tflite({ ...subgraph({ tensors, operators: [], inputs: [], outputs: [] }), buffers: [{}, { data: FLOATS }, { data: FLOATS }] }),
    );
    expect(facts.buffers.map(({ expected }) => expected)).toEqual([null, null]);
  });
});

describe("#104 tables that do not hold together", () => {
  it.each([
    [
      "a tensor without its buffer",
      subgraph({ tensors: [{ name: "t", buffer: 9 }], operators: [], inputs: [], outputs: [] }),
      [["buffer-index", 'tensor "t" names buffer 9 of 4']],
    ],
    ["an operator without its code", subgraph({ operators: [{ opcode_index: 5 }] }), [["opcode-index", "an operator names code 5 of 1"]]],
    ["an operator without its tensor", subgraph({ operators: [{ inputs: [7] }] }), [["tensor-index", "inputs of a Operator lead to tensor 7 of 3"]]],
    [
      "an operator with a negative tensor",
      subgraph({ operators: [{ outputs: [-2] }] }),
      [["tensor-index", "outputs of a Operator lead to tensor -2 of 3"]],
    ],
    [
      "a loop without its body",
      subgraph({ operators: [{ builtin_options: { union: "WhileOptions", value: { cond_subgraph_index: 0, body_subgraph_index: 3 } } }] }),
      [["subgraph-index", "body_subgraph_index of a WhileOptions is 3 of 1 subgraphs"]],
    ],
    ["no subgraph", { subgraphs: [] }, [["no-subgraph", "a model without a subgraph"]]],
    ["another version", { version: 9 }, [["version", "schema version 9, not 3"]]],
    [
      "a tensor larger than its buffer",
      { buffers: [{}, {}, { data: new Uint8Array(100) }] },
      [
        ["short-buffer", "buffer 2 has 100 bytes for a tensor of 256"],
        ["buffer-index", "metadata names buffer 3 of 3"],
      ],
    ],
    [
      "a buffer outside of the file",
      { buffers: [{}, {}, { offset: 1 << 30, size: 9 }, {}] },
      [["outside", "9 bytes at 1073741824 lie outside of the file"]],
    ],
  ])("%s is an anomaly", async (_name, change, anomalies) => {
    expect((await kinds(tflite(change))).toSorted()).toEqual([...anomalies].toSorted());
  });

  it.each([
    ["a root outside", (bytes: Buffer) => bytes.writeUInt32LE(0x7fffffff, 0), "a table Model lies outside of the file"],
    ["a vtable outside", (bytes: Buffer) => bytes.writeInt32LE(1 << 30, bytes.readUInt32LE(0)), "the vtable of a Model lies outside of the file"],
    ["a vtable of odd size", (bytes: Buffer) => bytes.writeUInt16LE(7, vtableOf(bytes)), "a vtable of 7 bytes for a table of 28"],
    [
      "a field outside of its table",
      (bytes: Buffer) => bytes.writeUInt16LE(200, vtableOf(bytes) + 4),
      "field version of a Model lies outside of its table",
    ],
    [
      "a vector past the end",
      (bytes: Buffer) => bytes.writeUInt32LE(0xffffffff, vectorOf(bytes, 2)),
      "Model.subgraphs of 4294967295 elements lies outside of the file",
    ],
    ["a vtable that is all", (bytes: Buffer) => bytes.writeUInt16LE(0xfffe, vtableOf(bytes)), "the vtable of a Model lies outside of the file"],
  ])("%s ends the walk, and the whole file is searched", async (_name, change, why) => {
    const bytes = tflite();
    change(bytes);
    const parsed = await parse(bytes);
    expect([parsed.kind, parsed.why, parsed.facts.lost, parsed.facts.unowned]).toEqual(["broken", why, true, [{ offset: 0, size: bytes.length }]]);
  });

  it("a table that refers to what was walked already is not walked again", async () => {
    const bytes = tflite({ subgraphs: [MODEL.subgraphs[0], MODEL.subgraphs[0]] });
    const vector = vectorOf(bytes, 2);
    const second = vector + 8;
    bytes.writeUInt32LE(bytes.readUInt32LE(vector + 4) - 4, second); // both elements lead to the first table
    const { facts } = await parse(bytes);
    expect(facts.counts.operators).toBe(1);
    expect(facts.unowned.length).toBeGreaterThan(0); // the second one belongs to nobody now
  });
});

function vtableOf(bytes: Buffer): number {
  const root = bytes.readUInt32LE(0);
  return root - bytes.readInt32LE(root);
}

/** Where the vector of the root's n-th field begins. */
function vectorOf(bytes: Buffer, slot: number): number {
  const at = bytes.readUInt32LE(0) + bytes.readUInt16LE(vtableOf(bytes) + 4 + slot * 2);
  return at + bytes.readUInt32LE(at);
}

describe("bounds and detection", () => {
  it("stops at the bounds", async () => {
    expect(await parse(tflite(), { ...DEFAULT_LIMITS, maxSteps: 50 })).toMatchObject({ kind: "limit", facts: { lost: true } });
    expect(await parse(tflite(), { ...DEFAULT_LIMITS, maxMemoryBytes: 500 })).toMatchObject({ kind: "limit" });
  });

  it("is told by the identifier of schema 3", async () => {
    const detect = (bytes: Uint8Array) => tfliteDetector.detect({ head: bytes, tail: bytes, size: bytes.length, at: async () => bytes });
    expect(await detect(tflite())).toBe("yes");
    expect(await detect(Buffer.from("\0\0\0\0TFL2", "latin1"))).toBe("no");
    expect(await detect(Buffer.from("TFL3"))).toBe("no");
  });
});

formatContract(
  tfliteFormat,
  [
    tflite(),
    tflite({ operator_codes: [{ custom_code: "X", builtin_code: 32 }], ...subgraph({ operators: [{ custom_options: new Uint8Array(70) }] }) }),
  ],
  { truncateUpTo: 200 },
);

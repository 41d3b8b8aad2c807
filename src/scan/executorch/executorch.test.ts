import { describe, expect, it } from "vitest";
import { type Written, writeFlatBuffer } from "../../../test/fixtures/flatbuffers/writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { executorchDetector, flatTensorDetector } from "../../formats/executorch/detect.ts";
import flatTensorFile from "../../formats/executorch/flat-tensor.json" with { type: "json" };
import { executorchFormat, flatTensorFormat } from "../../formats/executorch/format.ts";
import programFile from "../../formats/executorch/program.json" with { type: "json" };
import { schemaOf } from "../../formats/flatbuffers/index.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { executorchExaminer } from "./examiner.ts";

const PROGRAM = schemaOf(programFile);
const plan = (backend: string, operator = "aten::add", location = 1): Written => ({
  name: "forward",
  operators: [{ name: operator, overload: "out" }],
  delegates: [{ id: backend, processed: { location, index: location === 1 ? 1 : 0 }, compile_specs: [{ key: "k", value: new Uint8Array(2) }] }],
  chains: [{ inputs: [0], instructions: [{ instr_args: { union: "DelegateCall", value: { delegate_index: 0 } } }] }],
  values: [{ val: { union: "Tensor", value: { sizes: [1], data_buffer_idx: 1 } } }],
});

/** As ExecuTorch 1.0 writes it: an extended header, tables, and segments from a page border on. */
function pte(execution: Written, segments: readonly Uint8Array[] = [new Uint8Array(80).fill(1), new Uint8Array(90).fill(2)], lie = 0): Buffer {
  let offset = 0;
  const placed = segments.map((bytes) => {
    const at = offset;
    offset += Math.ceil(bytes.length / 16) * 16;
    return { offset: at, size: bytes.length + lie };
  });
  const tables = writeFlatBuffer(
    PROGRAM,
    "ET12",
    { version: 0, execution_plan: [execution], segments: placed, constant_segment: { segment_index: 0, offsets: [0] } },
    32,
  );
  const base = Math.ceil(tables.length / 128) * 128;
  tables.write("eh00", 8, "latin1");
  tables.writeUInt32LE(24, 12);
  tables.writeBigUInt64LE(BigInt(tables.length), 16);
  tables.writeBigUInt64LE(BigInt(base), 24);
  const padded = segments.map((bytes) => Buffer.concat([bytes, Buffer.alloc((16 - (bytes.length % 16)) % 16)]));
  return Buffer.concat([tables, Buffer.alloc(base - tables.length), ...padded]);
}

const parse = (bytes: Uint8Array, limits = DEFAULT_LIMITS) => executorchFormat.parse(bytesOf(bytes), new Budget(limits));
async function seen(bytes: Uint8Array) {
  const parsed = await parse(bytes);
  const { findings } = executorchExaminer("executorch").examine(parsed, { path: "m.pte", name: "m.pte", size: bytes.length, containers: [] });
  return findings.map(({ rule, severity, title }) => [rule, severity, title]);
}

describe("ExecuTorch", () => {
  it("accounts for every byte of a program and its segments", async () => {
    const { kind, facts, anomalies } = await parse(pte(plan("XnnpackBackend")));
    expect([kind, anomalies, facts.unowned]).toEqual(["parsed", [], []]);
    expect(facts).toMatchObject({
      methods: ["forward"],
      operators: [{ name: "aten::add.out" }],
      tensors: [{ size: 80 }],
      delegates: [{ backend: "XnnpackBackend", bytes: { size: 90 } }],
    });
    expect(executorchFormat.children?.(facts).map(({ treatment }) => treatment)).toEqual(["probe", "search"]);
    expect(await seen(pte(plan("XnnpackBackend")))).toEqual([["executorch-delegate", "info", "The backend XnnpackBackend is given a graph"]]);
  });

  it("reads programs of before the extended header, with all data inside", async () => {
    const old = writeFlatBuffer(PROGRAM, "ET12", {
      execution_plan: [plan("XnnpackBackend", "aten::add", 0)],
      constant_buffer: [{}, { storage: new Uint8Array(100).fill(3) }],
      backend_delegate_data: [{ data: new Uint8Array(70).fill(4) }],
    });
    const { facts, anomalies } = await parse(old);
    expect([anomalies, facts.unowned]).toEqual([[], []]);
    expect(facts).toMatchObject({ tensors: [{ size: 100 }], delegates: [{ bytes: { size: 70 } }] });
  });

  it.each([
    ["QnnBackend", "aten::add", [["executorch-delegate", "medium", "The backend QnnBackend is given what was compiled for it"]]],
    [
      "XnnpackBackend",
      "mine::run",
      [
        ["executorch-delegate", "info", "The backend XnnpackBackend is given a graph"],
        ["executorch-operator", "medium", "The program calls mine::run.out: no list knows what registers it"],
      ],
    ],
  ])("names the backend %s and the operator %s", async (backend, operator, findings) => {
    expect(await seen(pte(plan(backend, operator)))).toEqual(findings);
  });

  it("#104 says what leads out of the file", async () => {
    expect((await seen(pte(plan("XnnpackBackend"), undefined, 5000))).map(([rule, severity, title]) => [rule, severity, title])).toEqual([
      ["executorch-structure", "medium", "Segment 0 of 5080 bytes at 640 lies outside of the file, and 1 more like it"],
      ["executorch-structure", "medium", 'The data of the delegate "XnnpackBackend" is not in the file'],
      ["executorch-delegate", "info", "The backend XnnpackBackend is given a graph"],
    ]);
    const header = pte(plan("x"));
    header.writeBigUInt64LE(1n << 60n, 16);
    expect(await parse(header)).toMatchObject({ kind: "broken", at: 8 });
    const vtable = pte(plan("x"));
    vtable.writeUInt32LE(0x7fffffff, 0);
    expect(await parse(vtable)).toMatchObject({ kind: "broken", facts: { unowned: [{ offset: 0, size: vtable.length }] } });
  });

  it("has searched what follows the last segment", async () => {
    const bytes = Buffer.concat([pte(plan("XnnpackBackend")), Buffer.from("tail")]);
    expect((await parse(bytes)).facts.unowned).toEqual([{ offset: bytes.length - 10, size: 10 }]);
  });

  it("reads tensors in a file of their own", async () => {
    const tables = writeFlatBuffer(
      schemaOf(flatTensorFile),
      "FT01",
      { version: 0, segments: [{ offset: 0, size: 64 }], named_data: [{ key: "w", segment_index: 0 }] },
      48,
    );
    tables.write("FH01", 8, "latin1");
    tables.writeUInt32LE(40, 12);
    tables.writeBigUInt64LE(BigInt(tables.length), 24);
    tables.writeBigUInt64LE(BigInt(tables.length), 32);
    const bytes = Buffer.concat([tables, new Uint8Array(64).fill(5)]);
    const { kind, facts, anomalies } = await flatTensorFormat.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
    expect([kind, anomalies, facts.unowned, facts.tensors]).toEqual(["parsed", [], [], [{ offset: tables.length, size: 64 }]]);
  });

  it("is told by its identifier, and stops at its bounds", async () => {
    const probe = (head: Uint8Array) => ({ head, tail: head, size: head.length, at: async () => head });
    expect(await executorchDetector.detect(probe(pte(plan("x"))))).toBe("yes");
    expect(await flatTensorDetector.detect(probe(pte(plan("x"))))).toBe("no");
    expect((await parse(pte(plan("x")), { ...DEFAULT_LIMITS, maxSteps: 20 })).kind).toBe("limit");
  });
});

formatContract(executorchFormat, [pte(plan("XnnpackBackend"))], { truncateUpTo: 150 });

import { describe, expect, it } from "vitest";
import { externalTensor, initializer, onnxOf, tensor } from "../../../test/fixtures/protobuf/onnx.ts";
import { bytes, number } from "../../../test/fixtures/protobuf/writer.ts";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

const walk = async (content: Uint8Array, name = "input_0.pb") => {
  const { formats, findings, references } = await walkFile(name, bytesOf(content), DEFAULT_LIMITS, () => {});
  return { formats, references, found: findings.map(({ rule, severity, title }) => `${severity} ${rule}: ${title}`) };
};
const PICKLE = Buffer.from("\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x94\x8c\x04true\x94\x85\x94R\x94.", "latin1");
const text = (content: Uint8Array, field: number) => Buffer.concat([number(1, 1), number(2, 8), bytes(8, "s"), bytes(field, content)]);
const floats = tensor("x", [2, 3], Buffer.alloc(24, 1));

describe("values of ONNX on their own", () => {
  it.each([
    ["a tensor", floats, "onnx-tensor"],
    ["a tensor of texts", text(Buffer.from("Call os.system, PK and MZ"), 6), "onnx-tensor"],
    ["a tensor with a doc_string", Buffer.concat([floats, bytes(12, "the first input")]), "onnx-tensor"],
    ["a sequence", Buffer.concat([bytes(1, "q"), number(2, 1), bytes(3, floats)]), "onnx-sequence"],
  ])("pass: %s", async (_, content, format) => {
    expect(await walk(content)).toEqual({ formats: [format], references: [], found: [] });
  });

  it("say which file beside them holds their bytes", async () => {
    const { found, references } = await walk(externalTensor("x", [2], { location: "x.bin", offset: "0", length: "8" }));
    expect(found).toEqual([]);
    expect(references).toMatchObject([{ kind: "tensor-data", target: "x.bin", owns: [{ offset: 0, size: 8 }] }]);
  });

  const hostile: readonly (readonly [string, Buffer])[] = [
    ["a path out of the folder", externalTensor("x", [2], { location: "../../etc/hostname" })],
    ["an entry of no specification", externalTensor("x", [2], { location: "x.bin", __class__: "os" })],
    ["foreign fields", Buffer.concat([floats, bytes(99, Buffer.alloc(3000))])],
    ["a size that lies", tensor("x", [2, 3], Buffer.alloc(30))],
    ["a pickle as raw bytes of a text", text(PICKLE, 9)],
    ["a pickle as a text", text(PICKLE, 6)],
    ["a pickle in doc_string", Buffer.concat([floats, bytes(12, PICKLE)])],
  ];

  it.each(hostile)("get the answers that a tensor in a model gets: %s", async (_, content) => {
    const alone = await walk(content);
    const inModel = await walk(onnxOf([initializer(content)]), "m.onnx");
    const plain = (found: readonly string[]) => found.filter((line) => !line.includes("pickle-unowned-bytes")).sort(); // how much follows differs
    expect(alone.formats).toEqual(["onnx-tensor"]);
    expect(alone.found.some((line) => /^(?:medium|high|critical) /.test(line))).toBe(true);
    expect(plain(alone.found)).toEqual(plain(inModel.found));
  });

  it("are held where a pickle follows", async () => {
    const { found } = await walk(Buffer.concat([floats, Buffer.from([0]), PICKLE]));
    expect(found.map((line) => line.split(":")[0])).toEqual(expect.arrayContaining(["medium malformed", "high hidden-content"]));
  });

  it("are a mismatch under a name of other weights", async () => {
    expect((await walk(floats, "model.safetensors")).found).toEqual([
      "medium extension-mismatch: model.safetensors claims to be safetensors and is ONNX tensor",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import {
  externalTensor,
  functionOf,
  graphAttribute,
  initializer,
  metadata,
  node,
  onnxOf,
  opset,
  tensor,
  textAttribute,
} from "../../../test/fixtures/protobuf/onnx.ts";
import { bytes } from "../../../test/fixtures/protobuf/writer.ts";
import { bytesOf } from "../../bytes.ts";
import { onnxFormat } from "../../formats/onnx/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";
import { onnxExaminer } from "./examine.ts";

const subject = { path: "m.onnx", name: "m.onnx", size: 0, containers: [] };
const examine = async (model: Uint8Array) => onnxExaminer.examine(await onnxFormat.parse(bytesOf(model), new Budget(DEFAULT_LIMITS)), subject);
const brief = async (model: Uint8Array) => (await examine(model)).findings.map(({ rule, severity, title }) => `${severity} ${rule}: ${title}`);
const walk = async (model: Uint8Array, name = "m.onnx") => {
  const { formats, findings, unexamined } = await walkFile(name, bytesOf(model), DEFAULT_LIMITS, () => {});
  return {
    formats,
    unexamined,
    found: findings.filter(({ severity }) => severity !== "info").map(({ rule, severity, where }) => `${severity} ${rule} ${where.path}`),
  };
};

const at = (location: string, more: Readonly<Record<string, string>> = {}) => onnxOf([initializer(externalTensor("w", [2], { location, ...more }))]);

describe("#95 external data of ONNX models", () => {
  it.each([
    ["../../../etc/hostname", "leads out of the model's folder"],
    ["weights/../../w.bin", "leads out of the model's folder"],
    ["weights/..%2f..%2fw.bin", "leads out of the model's folder"],
    ["..\\..\\w.bin", "leads out of the model's folder"],
    ["a/.. /w.bin", "leads out of the model's folder"],
    ["/etc/hostname", "is an absolute path"],
    ["\\\\server\\share\\w.bin", "is an absolute path"],
    ["C:\\Windows\\w.bin", "names a drive"],
    ["weights\\w.bin", "is a Windows path"],
    ["file:///etc/hostname", "is an address"],
    ["https://x.example/w.bin", "is an address"],
    ["~/w.bin", "names a home folder"],
    ["w.bin\0.txt", "holds control characters"],
    [".git/config", "lies in a folder of the download tool, which is no part of the artifact"],
    ["*/_ORT_MEM_ADDR_/*", "makes ONNX Runtime read the memory of its process"],
  ])("%j is high", async (location, why) => {
    expect(await brief(at(location))).toEqual([`high onnx-external-path: External data of tensor "w" is ${JSON.stringify(location)}, which ${why}`]);
  });

  it.each(["w.bin", "weights/w.bin", "model.onnx_data", "./w.bin", "..w.bin", "a..b/w.bin", "layer.0.weight"])(
    "%j is plain, and what it owns is said",
    async (location) => {
      const { findings, references } = await examine(at(location, { offset: "4096", length: "8" }));
      expect(findings).toEqual([]);
      expect(references).toEqual([{ kind: "tensor-data", target: location, owns: [{ offset: 4096, size: 8 }] }]);
    },
  );

  it("is found in a subgraph's constant, and where the last of two locations looks plain", async () => {
    const constant = Buffer.concat([
      bytes(1, "value"),
      bytes(
        5,
        externalTensor(
          "t",
          [1],
          [
            ["location", "../up"],
            ["location", "w.bin"],
          ],
        ),
      ),
    ]);
    const model = onnxOf([node("If", { attributes: [graphAttribute("then_branch", node("Constant", { attributes: [constant] }))] })]);
    expect(await brief(model)).toEqual([`high onnx-external-path: External data of tensor "t" is "../up", which leads out of the model's folder`]);
  });

  it("says once what a thousand tensors do", async () => {
    const model = onnxOf(Array.from({ length: 1000 }, (_, i) => initializer(externalTensor(`w${i}`, [2], { location: "../w" }))));
    expect(await brief(model)).toHaveLength(1);
  });

  it("without a location, with odd numbers or with keys of its own is structural", async () => {
    expect(await brief(onnxOf([initializer(externalTensor("w", [2], { offset: "0" }))]))).toEqual([
      `medium onnx-external-entry: Tensor "w" has external data without a location`,
    ]);
    expect(await brief(at("w.bin", { offset: "-1" }))).toEqual([
      `medium onnx-external-entry: External data of tensor "w" in "w.bin" has an offset or length that is no size`,
    ]);
    expect(await brief(at("w.bin", { __class__: "x" }))).toEqual([
      `medium onnx-external-entry: External data of tensor "w" has the key "__class__", which the specification does not have`,
    ]);
    expect(await brief(at("w.bin", { offset: "0", length: "8", checksum: "ab" }))).toEqual([]);
  });
});

describe("#96 operators of ONNX models", () => {
  it("of ONNX, its preview and ONNX Runtime pass, with a notice for what needs the runtime", async () => {
    const model = onnxOf(
      [node("MatMul"), node("ZipMap", { domain: "ai.onnx.ml" }), node("Adam", { domain: "ai.onnx.preview.training" })],
      opset("ai.onnx.ml", 3),
    );
    expect(await brief(model)).toEqual([]);
    expect(await brief(onnxOf([node("FusedMatMul", { domain: "com.microsoft" }), node("Gelu", { domain: "com.microsoft" })]))).toEqual([
      "info onnx-runtime-operator: The model uses 2 operators of ONNX Runtime: FusedMatMul, Gelu",
    ]);
    expect(await brief(onnxOf([node("BertTokenizer", { domain: "ai.onnx.contrib" })]))).toEqual([
      "info onnx-runtime-operator: The model uses 1 operators of ONNX Runtime Extensions: BertTokenizer",
    ]);
  });

  it.each([
    ["evil.ops", "ShellExec", "evil.ops.ShellExec"],
    ["", "ShellExec", "ShellExec"],
    ["ai.onnx.contrib", "RunPython", "ai.onnx.contrib.RunPython"],
    ["com.microsoft ", "Gelu", "com.microsoft .Gelu"],
  ])("of the domain %j that nobody publishes are review: %s", async (domain, operator, shown) => {
    expect(await brief(onnxOf([node(operator, { domain })]))).toEqual([
      `medium onnx-unknown-operator: The model needs the operator ${shown}, which neither ONNX nor ONNX Runtime publishes`,
    ]);
  });

  it("that the model defines itself pass, and the nodes in them are judged", async () => {
    const plain = onnxOf([node("Block", { domain: "pkg.torch.model" })], functionOf("pkg.torch.model", "Block", node("Relu")));
    expect(await brief(plain)).toEqual([]);
    const hollow = onnxOf([node("Block", { domain: "pkg.torch.model" })], functionOf("pkg.torch.model", "Block", node("Evil", { domain: "evil" })));
    expect(await brief(hollow)).toHaveLength(1);
  });

  it.each([
    ["ai.onnx.contrib", "PyOp", "medium"],
    ["com.microsoft.extensions", "PyOp", "medium"],
    ["com.microsoft", "PythonOp", "medium"],
    ["com.microsoft", "EPContext", "medium"],
    ["org.pytorch.aten", "ATen", "medium"],
    ["com.microsoft.extensions", "AzureTextToText", "high"],
  ])("that reach out are named: %s.%s is %s", async (domain, operator, severity) => {
    const model = onnxOf(
      [node(operator, { domain, attributes: [textAttribute("model_uri", "https://x.example")] })],
      functionOf(domain, operator, node("Relu")),
    );
    const [finding, ...more] = (await examine(model)).findings;
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      rule: "onnx-acting-operator",
      severity,
      proof: { domain, operator, attributes: [{ name: "model_uri", value: "https://x.example" }] },
    });
  });
});

describe("other parts of ONNX models", () => {
  it("a pickle in the metadata is named, an address is not", async () => {
    const pickle = "cos\nsystem\n(S'true'\ntR.";
    expect(await brief(onnxOf([node("Relu")], metadata("notes", pickle)))).toEqual(['medium onnx-metadata-content: Metadata "notes" holds a pickle']);
    expect(await brief(onnxOf([node("Relu")], metadata("url", "https://example.org eval( import os")))).toEqual([]);
  });

  it("fields of no schema are a note while they are small", async () => {
    expect(await brief(onnxOf([node("Relu")], bytes(99, "abc")))).toEqual([
      "info onnx-structure: Field ModelProto.99, 6 bytes in all, is in no published schema",
    ]);
    expect(await brief(onnxOf([node("Relu")], bytes(99, Buffer.alloc(3000))))).toEqual([
      "medium onnx-structure: Field ModelProto.99, 3004 bytes in all, is in no published schema",
    ]);
  });
});

const elf = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(200)]);
const pickle = Buffer.from("\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x94\x8c\x04true\x94\x85\x94R\x94.", "latin1");

describe("a walk through an ONNX file", () => {
  it("#97 goes by content, whatever the name", async () => {
    const model = onnxOf([node("Relu"), initializer(externalTensor("w", [2], { location: "../w" }))]);
    expect(await walk(model, "frozen.pb")).toEqual({ formats: ["onnx"], unexamined: [], found: ["high onnx-external-path frozen.pb"] });
    expect((await walk(model, "model.bin")).formats).toEqual(["onnx"]);
  });

  it("passes an ordinary model, with text and large tensors in it", async () => {
    const model = onnxOf([
      bytes(10, "Calls eval( and os.system; see https://example.org. PK MZ."),
      node("MatMul"),
      initializer(tensor("w", [3000], Buffer.alloc(12_000, 7))),
    ]);
    expect(await walk(model)).toEqual({ formats: ["onnx"], unexamined: [], found: [] });
  });

  it.each([
    ["behind the model", (hidden: Buffer) => Buffer.concat([onnxOf([node("Relu")]), Buffer.from([0]), hidden])],
    ["in a field of no schema", (hidden: Buffer) => onnxOf([node("Relu"), bytes(99, hidden)])],
    ["in the documentation of a graph", (hidden: Buffer) => onnxOf([node("Relu"), bytes(10, hidden)])],
    ["in an attribute", (hidden: Buffer) => onnxOf([node("Relu", { attributes: [textAttribute("a", hidden)] })])],
    [
      "behind 300 fields of no schema",
      (hidden: Buffer) => onnxOf([node("Relu"), ...Array.from({ length: 300 }, () => bytes(99, "x")), bytes(99, hidden)]),
    ],
    ["at the head of a tensor's content", (hidden: Buffer) => onnxOf([initializer(tensor("w", [1], hidden))])],
  ])("finds an executable and a pickle that calls %s", async (_, build) => {
    expect((await walk(build(elf))).found.filter((line) => line.startsWith("high hidden-content"))).toHaveLength(1);
    expect((await walk(build(pickle))).found.some((line) => /^(?:high|critical) /.test(line))).toBe(true);
  });

  it("finds a pickle at the head of a large tensor's content, and none in its middle", async () => {
    const content = (at: number) => {
      const bytes = Buffer.alloc(10_000);
      pickle.copy(bytes, at);
      return bytes;
    };
    const head = onnxOf([initializer(tensor("w", [2500], content(0)))]);
    const middle = onnxOf([initializer(tensor("w", [2500], content(5000)))]);
    expect((await walk(head)).found.some((line) => /^(?:high|critical) /.test(line))).toBe(true);
    expect((await walk(middle)).found).toEqual([]);
  });
});

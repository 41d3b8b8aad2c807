import { describe, expect, it } from "vitest";
import {
  bundle,
  functionDef,
  graphDef,
  kerasMetadata,
  metaGraph,
  nodeDef,
  savedModel,
  slices,
  table,
} from "../../../test/fixtures/protobuf/tensorflow.ts";
import { bytes } from "../../../test/fixtures/protobuf/writer.ts";
import { bytesOf } from "../../bytes.ts";
import { graphDefFormat } from "../../formats/tensorflow/graph-format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";
import data from "./data/operators.json" with { type: "json" };
import { graphExaminer } from "./graph.ts";

const brief = async (graph: Uint8Array) =>
  graphExaminer("tf-graphdef")
    .examine(await graphDefFormat.parse(bytesOf(graph), new Budget(DEFAULT_LIMITS)), { path: "g.pb", name: "g.pb", size: 0, containers: [] })
    .findings.map(({ rule, severity, title }) => `${severity} ${rule}: ${title}`);
const walk = async (content: Uint8Array | string, name = "saved_model.pb") => {
  const { formats, findings, unexamined, references } = await walkFile(name, bytesOf(Buffer.from(content)), DEFAULT_LIMITS, () => {});
  return {
    formats,
    unexamined,
    references,
    found: findings.filter(({ severity }) => severity !== "info").map(({ rule, severity, where }) => `${severity} ${rule} ${where.path}`),
  };
};
const of = (op: string) => graphDef([nodeDef("Placeholder"), nodeDef(op)]);

describe("#93 operators of TensorFlow graphs", () => {
  it.each([
    ["ReadFile", "reads any file of the machine into a tensor"],
    ["WriteFile", "writes any file of the machine"],
    ["MatchingFiles", "lists files of the machine"],
    ["PyFunc", "calls a Python function of the process"],
    ["PyFuncStateless", "calls a Python function of the process"],
    ["EagerPyFunc", "calls a Python function of the process"],
    ["LoadLibrary", "loads a native library into the process"],
    ["DatasetToTFRecord", "writes any file of the machine"],
    ["TryRpc", "sends a request to a network address that the graph gives"],
  ])("%s is high", async (op, does) => {
    expect(await brief(of(op))).toEqual([`high tf-acting-operator: The graph ${does}: operator ${op}`]);
  });

  it.each([
    "Save",
    "Print",
    "PrintV2",
    "DebugIdentityV2",
    "TFRecordDatasetV2",
    "WholeFileReaderV2",
    "XlaCallModule",
    "RemoteFusedGraphExecute",
    "CreateSummaryFileWriter",
    "Abort",
  ])("%s is review", async (op) => {
    const found = await brief(of(op));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^medium tf-acting-operator: /);
  });

  it.each([
    "SaveV2",
    "RestoreV2",
    "MergeV2Checkpoints",
    "ShardedFilename",
    "StatefulPartitionedCall",
    "MatMul",
    "HashTableV2",
    "_FusedConv2D",
    "DecodeJpeg",
    "ParseExampleV2",
    "TensorListStack",
  ])("%s is ordinary", async (op) => {
    expect(await brief(of(op))).toEqual([]);
  });

  it("nobody knows are review, a published library's are a notice", async () => {
    expect(await brief(of("ShellExec"))).toEqual([
      "medium tf-unknown-operator: The graph needs the operator ShellExec, which TensorFlow does not come with",
    ]);
    expect(await brief(of("readfile"))).toHaveLength(1);
    expect(await brief(of("SentencepieceOp"))).toEqual(["info tf-library-operator: The graph uses 1 operators of TensorFlow Text: SentencepieceOp"]);
    expect(await brief(of("TFText>FastWordpieceTokenizeWithOffsets"))).toEqual([
      "info tf-library-operator: The graph uses 1 operators of TensorFlow Text: TFText>FastWordpieceTokenizeWithOffsets",
    ]);
  });

  it("are judged in functions, however deep, and where an attribute calls them by name", async () => {
    const graph = graphDef(
      [nodeDef("PartitionedCall", { calls: { f: "a" } })],
      [functionDef("a", nodeDef("b")), functionDef("b", nodeDef("WriteFile"))],
    );
    expect(await brief(graph)).toEqual(["high tf-acting-operator: A function of the graph writes any file of the machine: operator WriteFile"]);
    expect(await brief(graphDef([nodeDef("SymbolicGradient", { calls: { f: "ReadFile" } })]))).toHaveLength(1);
    expect(await brief(graphDef([nodeDef("PartitionedCall", { calls: { f: "a" } })], [functionDef("a", nodeDef("Relu"))]))).toEqual([]);
  });

  it("keep their name where a function takes it", async () => {
    expect(
      await brief(graphDef([nodeDef("ReadFile"), nodeDef("Mine")], [functionDef("ReadFile", nodeDef("Relu")), functionDef("Mine", nodeDef("Relu"))])),
    ).toEqual(["high tf-acting-operator: The graph reads any file of the machine into a tensor: operator ReadFile"]);
  });

  it("that print or debug are high when they are sent to a place", async () => {
    const printing = (stream: string) => graphDef([nodeDef("PrintV2", { texts: { output_stream: stream } })]);
    expect(await brief(printing("file:///home/user/.profile"))).toEqual([
      'high tf-acting-operator: The graph prints what it computes, or appends it to a file: operator PrintV2 with "file:///home/user/.profile"',
    ]);
    expect(await brief(printing("stderr"))).toEqual([
      "medium tf-acting-operator: The graph prints what it computes, or appends it to a file: operator PrintV2",
    ]);
  });

  it("stand in one family of the table only", () => {
    const all = [...data.ordinary, ...data.published, ...data.acting].flatMap(({ operators }) => operators.split(" "));
    const twice = all.filter((name, i) => all.indexOf(name) !== i);
    expect(twice).toEqual([]);
    expect(all.every((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))).toBe(true);
  });
});

const ordinary = graphDef(
  [nodeDef("Placeholder"), nodeDef("StatefulPartitionedCall", { calls: { f: "f" } }), nodeDef("SaveV2")],
  [functionDef("f", nodeDef("MatMul"))],
);

describe("a walk through files of a SavedModel", () => {
  it("passes an ordinary one, with a large constant and documentation in it", async () => {
    const constant = nodeDef("Const", { content: Buffer.alloc(20_000, 3), shape: [5000] });
    expect(await walk(savedModel(metaGraph(graphDef([constant, nodeDef("MatMul")]), { assets: ["vocab.txt"] })))).toEqual({
      formats: ["tf-savedmodel"],
      unexamined: [],
      references: [{ kind: "asset", target: "assets/vocab.txt", from: "saved_model.pb" }],
      found: [],
    });
    expect(await walk(metaGraph(ordinary), "model.ckpt.meta")).toMatchObject({ formats: ["tf-metagraph"], unexamined: [], found: [] });
    expect(await walk(ordinary, "frozen.pb")).toMatchObject({ formats: ["tf-graphdef"], unexamined: [], found: [] });
  });

  it.each(["../../etc/passwd", "/etc/passwd", "..\\..\\x", "C:\\x", "gs://bucket/x", "\\\\server\\x"])("#94 finds the asset %j", async (filename) => {
    const { found, references } = await walk(savedModel(metaGraph(ordinary, { assets: [filename] })));
    expect([found, references]).toEqual([["high tf-asset-path saved_model.pb"], []]);
  });

  it.each([
    ["a script", "#!/bin/sh\ntrue\n"],
    ["an executable", Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(200)])],
    ["a pickle", Buffer.from("\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x94\x8c\x04true\x94\x85\x94R\x94.", "latin1")],
  ])("#94 an asset that is %s is not passed, and a vocabulary is", async (_, content) => {
    expect((await walk(content, "assets/vocab.txt")).found).not.toEqual([]);
    expect((await walk("[UNK]\nthe\n##ing\n", "assets/vocab.txt")).found).toEqual([]);
  });

  it.each([
    ["behind the model", (hidden: Buffer) => Buffer.concat([savedModel(metaGraph(ordinary)), Buffer.from([0]), hidden])],
    [
      "in a collection",
      (hidden: Buffer) => savedModel(Buffer.concat([metaGraph(ordinary), bytes(4, bytes(1, "c"), bytes(2, bytes(2, bytes(1, hidden))))])),
    ],
    [
      "in a text of a node",
      (hidden: Buffer) =>
        savedModel(
          metaGraph(
            graphDef([nodeDef("Const", { texts: { _class: hidden.toString("latin1") } }), Buffer.concat([bytes(2, "Const"), bytes(4, hidden)])]),
          ),
        ),
    ],
    ["in a field of no schema", (hidden: Buffer) => savedModel(Buffer.concat([metaGraph(ordinary), bytes(200, hidden)]))],
  ])("finds an executable %s", async (_, build) => {
    const { found } = await walk(build(Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(200)])));
    expect(found.some((line) => line.startsWith("high hidden-content"))).toBe(true);
  });

  it("#83 judges what Keras builds as it judges configurations elsewhere, and nothing asks about code", async () => {
    const dense = '{"class_name": "Dense", "name": "dense", "trainable": true, "config": {"name": "dense", "units": 2, "activation": "relu"}}';
    const lambda =
      '{"class_name": "Lambda", "config": {"function": {"class_name": "__lambda__", "config": {"code": "4wEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}}}';
    expect(await walk(kerasMetadata(["_tf_keras_layer", dense]), "keras_metadata.pb")).toMatchObject({
      formats: ["tf-keras-metadata"],
      unexamined: [],
      found: [],
    });
    expect(await walk(savedModel(metaGraph(ordinary, { objects: [["_tf_keras_layer", dense]] })))).toMatchObject({ unexamined: [], found: [] });
    expect((await walk(kerasMetadata(["_tf_keras_layer", lambda]), "keras_metadata.pb")).found.some((line) => line.startsWith("high keras-"))).toBe(
      true,
    );
    expect(
      (await walk(savedModel(metaGraph(ordinary, { objects: [["_tf_keras_layer", lambda]] })))).found.some((line) => line.startsWith("high keras-")),
    ).toBe(true);
  });
});

describe("checkpoints", () => {
  const index = table(
    bundle(
      [
        { name: "w", shape: [6], offset: 0, size: 24 },
        { name: "v", shape: [6], shard: 1, offset: 8, size: 24 },
      ],
      2,
    ),
  );

  it("an index owns its data files", async () => {
    expect(await walk(index, "variables/variables.index")).toEqual({
      formats: ["tf-table"],
      unexamined: [],
      references: [
        { kind: "tensor-data", target: "variables.data-00000-of-00002", owns: [{ offset: 0, size: 24 }], from: "variables/variables.index" },
        { kind: "tensor-data", target: "variables.data-00001-of-00002", owns: [{ offset: 8, size: 24 }], from: "variables/variables.index" },
      ],
      found: [],
    });
  });

  it("an index of another name owns none, and one that was changed is review", async () => {
    expect((await walk(index, "index.bin")).references).toEqual([]);
    expect((await walk(Buffer.from(index).fill(0x7a, 30, 31), "m.index")).found).toContain("medium tf-table-structure m.index");
    expect((await walk(table(bundle([]), { between: Buffer.from("words") }), "m.index")).found).toEqual(["medium tf-table-structure m.index"]);
  });

  it("of version 1 pass with their tensors, and are held with what is none", async () => {
    const weights = Buffer.from(Float32Array.from({ length: 50 }, (_, i) => Math.sin(i + 1)).buffer);
    expect(await walk(table(slices([["w", weights]])), "model.ckpt")).toMatchObject({ unexamined: [], found: [] });
    const elf = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(121)]);
    expect((await walk(table(slices([["w", elf]])), "model.ckpt")).found).toEqual(["high hidden-content model.ckpt!/bytes"]);
    expect((await walk(table([...slices([["w", weights]]), ["x", Buffer.alloc(9)]]), "model.ckpt")).found).toEqual([
      "medium tf-table-structure model.ckpt",
    ]);
  });

  it("that are compressed, and other tables, are not examined", async () => {
    expect((await walk(table(bundle([]), { compression: 1 }), "m.index")).unexamined).toHaveLength(1);
    expect((await walk(table([["k", Buffer.from("v")]]), "m.index")).unexamined).toHaveLength(1);
  });

  it.each([
    ['model_checkpoint_path: "model.ckpt-10"\n', []],
    ['model_checkpoint_path: "/home/user/train/model.ckpt-10"\n', ["low tf-checkpoint-path checkpoint"]],
    ['model_checkpoint_path: "C:\\\\train\\\\model.ckpt-10"\n', ["low tf-checkpoint-path checkpoint"]],
    ['model_checkpoint_path: "../../other/model.ckpt"\n', ["high tf-checkpoint-path checkpoint"]],
    ['model_checkpoint_path: "/home/../etc/x"\n', ["high tf-checkpoint-path checkpoint"]],
    ['model_checkpoint_path: "gs://bucket/model.ckpt"\n', ["high tf-checkpoint-path checkpoint"]],
    ['model_checkpoint_path: "\\\\\\\\server\\\\share"\n', ["high tf-checkpoint-path checkpoint"]],
    ['all_model_checkpoint_paths: "//server/share"\n', ["high tf-checkpoint-path checkpoint"]],
  ])("the text %j: %j", async (text, found) => {
    expect(await walk(text, "checkpoint")).toMatchObject({ formats: ["tf-checkpoint-state"], unexamined: [], found });
  });
});

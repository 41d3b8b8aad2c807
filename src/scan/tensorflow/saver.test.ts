import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { functionDef, graphDef, savedModel, saverGraph, saverNode } from "../../../test/fixtures/protobuf/tensorflow.ts";
import { bytes } from "../../../test/fixtures/protobuf/writer.ts";
import { bytesOf } from "../../bytes.ts";
import { graphDefFormat, metaGraphFormat, savedModelFormat } from "../../formats/tensorflow/graph-format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { graphExaminer } from "./graph.ts";

const FORMATS = { "tf-metagraph": metaGraphFormat, "tf-savedmodel": savedModelFormat, "tf-graphdef": graphDefFormat };
const found = async (content: Uint8Array, id: keyof typeof FORMATS = "tf-metagraph") =>
  graphExaminer(id)
    .examine(await FORMATS[id].parse(bytesOf(content), new Budget(DEFAULT_LIMITS)), { path: "m.meta", name: "m.meta", size: 0, containers: [] })
    .findings.filter(({ severity }) => severity !== "low") // of a message that stands twice
    .map(({ severity, title }) => `${severity} ${title}`);

/** As the savers of TensorFlow 0.7 to 1.15 write it. */
const MODEL = saverNode("save/Const", "Const", [], "model");
const NAMES = saverNode("save/save/tensor_names", "Const", [], "w");
const write = (name: string, fileName: string, op = "SaveSlices") => saverNode(name, op, [fileName, "save/save/tensor_names", "w"]);
const SAVE = write("save/save", "save/Const");
const RESTORE = saverNode("save/restore_slice", "RestoreSlice", ["save/Const", "n", "s"]);
const WRITES = "medium The graph writes files whose names the graph computes: operator SaveSlices";

describe("savers of meta graphs", () => {
  it.each([
    ["a constant that is fed", [MODEL, NAMES, SAVE, RESTORE]],
    ["nodes in another order", [SAVE, NAMES, MODEL]],
    ["the operator Save", [MODEL, write("save/save", "save/Const:0", "Save")]],
    ["a placeholder", [saverNode("save/Const", "Placeholder"), SAVE]],
    [
      "a placeholder with a default that is a placeholder with a default",
      [
        saverNode("save/filename/input", "Const", [], "model"),
        saverNode("save/filename", "PlaceholderWithDefault", ["save/filename/input"]),
        saverNode("save/Const", "PlaceholderWithDefault", ["save/filename"]),
        SAVE,
      ],
    ],
    [
      "shards",
      [
        MODEL,
        saverNode("save/ShardedFilename", "ShardedFilename", ["save/Const", "save/shard", "save/num_shards"]),
        saverNode("save/ShardedFilename_1", "ShardedFilename", ["save/Const", "save/shard_1", "save/num_shards"]),
        write("save/save", "save/ShardedFilename"),
        write("save/save_1", "save/ShardedFilename_1"),
      ],
    ],
    ["a name that is handed on", [MODEL, saverNode("i", "Identity", ["save/Const", "^save/x"]), write("save/save", "i")]],
    ["the operators of version 2", [MODEL, saverNode("s", "SaveV2", ["save/Const"]), saverNode("m", "MergeV2Checkpoints", ["a", "save/Const"])]],
  ])("pass with %s", async (_, nodes) => {
    expect(await found(saverGraph("save/Const:0", nodes))).toEqual([]);
  });

  it("passes in each meta graph of a SavedModel by itself", async () => {
    const one = saverGraph("save/Const:0", [MODEL, SAVE]);
    expect(await found(savedModel(one, one), "tf-savedmodel")).toEqual([]);
    const other = saverGraph("other:0", [MODEL, SAVE]);
    expect(await found(savedModel(one, other), "tf-savedmodel")).toEqual([WRITES]);
  });

  it.each([
    ["whose file name is another constant", [MODEL, saverNode("evil", "Const", [], "/etc/cron.d/x"), write("s", "evil")]],
    ["one of whose writers takes another name", [MODEL, SAVE, saverNode("evil", "Const", [], "x"), write("s", "evil")]],
    ["whose name, when nobody feeds it, is a path", [saverNode("save/Const", "Const", [], "../../.bashrc"), SAVE]],
    ["whose name, when nobody feeds it, is a file that Python runs", [saverNode("save/Const", "Const", [], "x.pth"), SAVE]],
    ["whose default is computed", [saverNode("r", "ReadVariableOp"), saverNode("save/Const", "PlaceholderWithDefault", ["r"]), SAVE]],
    ["whose name is computed", [saverNode("save/Const", "StringJoin", ["a", "b"]), SAVE]],
    ["whose name is joined with another", [MODEL, saverNode("j", "StringJoin", ["save/Const", "b"]), write("s", "j")]],
    ["whose writer takes another output of the named node", [MODEL, write("s", "save/Const:1")]],
    ["whose named node stands twice", [MODEL, saverNode("save/Const", "Const", [], "model"), SAVE]],
    ["whose writers hand on to one another", [saverNode("a", "Identity", ["b"]), saverNode("b", "Identity", ["a"]), write("s", "a")]],
    [
      "that holds several names",
      [Buffer.concat([saverNode("save/Const", "Const", [], "model"), bytes(5, bytes(1, "value"), bytes(2, bytes(8, bytes(8, "x"))))]), SAVE],
    ],
  ])("is review %s", async (_, nodes) => {
    expect(await found(saverGraph("save/Const:0", nodes))).toEqual([WRITES]);
  });

  it("is review in a function, and without a saver_def or with two", async () => {
    expect(await found(saverGraph("save/Const:0", [MODEL], [functionDef("f", MODEL, SAVE)]))).toEqual([
      "medium A function of the graph writes files whose names the graph computes: operator SaveSlices",
    ]);
    expect(await found(saverGraph("save/Const:0", [MODEL, SAVE], [functionDef("f", MODEL, SAVE)]))).toEqual([WRITES]);
    expect(await found(graphDef([MODEL, SAVE]), "tf-graphdef")).toEqual([WRITES]);
    expect(await found(Buffer.concat([saverGraph("other:0", [MODEL, SAVE]), bytes(3, bytes(1, "save/Const:0"))]))).toEqual([WRITES]);
  });

  it("says of other operators what it said", async () => {
    expect(await found(saverGraph("save/Const:0", [MODEL, SAVE, saverNode("save/Const_1", "WriteFile", ["save/Const"])]))).toEqual([
      "high The graph writes any file of the machine: operator WriteFile",
    ]);
  });
});

test.prop([fc.array(fc.constantFrom("save/Const", "a", "b", "c", "save/Const:1", "^save/Const"), { minLength: 1, maxLength: 6 })], { numRuns: 150 })(
  "a writer passes exactly where its name is handed on from the named one",
  async (chain) => {
    const nodes = chain.map((from, i) => saverNode(`n${i}`, "Identity", [i === 0 ? from : `n${i - 1}`]));
    const answer = await found(saverGraph("save/Const:0", [MODEL, ...nodes, write("s", `n${chain.length - 1}`)]));
    expect(answer).toEqual(chain[0] === "save/Const" ? [] : [WRITES]);
  },
);

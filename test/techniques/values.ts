import { zfile } from "../fixtures/joblib/zfile.ts";
import { assemble, global, PAYLOAD, str } from "../fixtures/pickle/assemble.ts";
import { externalTensor, tensor } from "../fixtures/protobuf/onnx.ts";
import { saverGraph, saverNode, slices, table } from "../fixtures/protobuf/tensorflow.ts";
import { bytes, number } from "../fixtures/protobuf/writer.ts";
import type { Files, Technique } from "./technique.ts";

const EVIL = assemble(["PROTO", 2], PAYLOAD, "STOP");
const floats = (size = 24) => tensor("x", [2, 3], Buffer.alloc(size, 0x3f));
const input = (content: Uint8Array): Files => ({ "test_data_set_0/input_0.pb": content });
const texts = (...elements: readonly (string | Uint8Array)[]) =>
  Buffer.concat([number(1, elements.length), number(2, 8), ...elements.map((element) => bytes(6, element))]);
const honest = input(floats());

const saver = (...nodes: readonly Buffer[]): Files => ({
  "model.ckpt.meta": saverGraph("save/Const:0", [saverNode("save/Const", "Const", [], "model"), ...nodes]),
});

/** A pickle of joblib 0.9 that names the file of its array. */
const names = (filename: string) =>
  zfile(
    assemble(
      ["PROTO", 3],
      global("joblib.numpy_pickle", "ZNDArrayWrapper"),
      "EMPTY_TUPLE",
      ...(["NEWOBJ", "EMPTY_DICT", str("filename"), str(filename), "SETITEM", "BUILD", "STOP"] as const),
    ),
  );
const numbers = zfile(Buffer.from(Float32Array.from({ length: 50 }, (_, i) => Math.sin(i + 1)).buffer));
const zpickle: Files = { "m.pkl": names("m.pkl_01.npy.z"), "m.pkl_01.npy.z": numbers };

/** What frameworks write beside a model: values of ONNX in files of their own, the graph of a checkpoint. */
export const VALUE_TECHNIQUES: readonly Technique[] = [
  {
    number: 95,
    title: "an input of test data that lies out of the folder",
    files: input(externalTensor("x", [2], { location: "../../../etc/hostname" })),
    least: "block",
    names: "/etc/hostname",
    nearMiss: { ...input(externalTensor("x", [2], { location: "x.bin" })), "test_data_set_0/x.bin": Buffer.from("0000803f0000803f", "hex") },
  },
  {
    number: 0,
    title: "an input of test data with a pickle as one of its texts",
    files: input(texts("a", EVIL)),
    least: "block",
    names: "os.system",
    nearMiss: input(texts("a", "pickle, os.system and eval(")),
  },
  { number: 0, title: "an input of test data with more bytes than its shape asks for", files: input(floats(64)), least: "review", nearMiss: honest },
  {
    number: 0,
    title: "an input of test data with bytes behind it",
    files: input(Buffer.concat([floats(), Buffer.of(0), EVIL])),
    least: "block",
    names: "os.system",
    nearMiss: honest,
  },
  {
    number: 0,
    title: "a sequence with a field that no schema has",
    files: input(Buffer.concat([number(2, 1), bytes(3, floats()), bytes(200, Buffer.alloc(3000, 0x41))])),
    least: "review",
    names: "SequenceProto.200",
    nearMiss: input(Buffer.concat([number(2, 1), bytes(3, floats())])),
  },
  {
    number: 93,
    title: "a saver that writes a file which the graph names",
    files: saver(saverNode("name", "Const", [], "/etc/cron.d/x"), saverNode("save/save", "SaveSlices", ["name"])),
    least: "review",
    names: "SaveSlices",
    nearMiss: saver(
      saverNode("save/ShardedFilename", "ShardedFilename", ["save/Const"]),
      saverNode("save/save", "SaveSlices", ["save/ShardedFilename"]),
    ),
  },
  {
    number: 0,
    title: "a pickle in the place of a tensor in a checkpoint of version 1",
    files: { "model.ckpt": table(slices([["w", Buffer.concat([EVIL, Buffer.alloc(-EVIL.length & 3)])]])) },
    least: "block",
    names: "os.system",
    nearMiss: { "model.ckpt": table(slices([["w", Buffer.alloc(40, 0x3f)]])) },
  },
  {
    number: 0,
    title: "a pickle in a compressed file of joblib before 0.10",
    files: { "m.pkl": zfile(EVIL) },
    least: "block",
    names: "os.system",
    nearMiss: zpickle,
  },
  {
    number: 0,
    title: "a compressed file of joblib whose header is none but for Python",
    files: { "m.pkl": zfile(EVIL, { length: " +1_0" }) },
    least: "block",
    names: "os.system",
    nearMiss: { "m.pkl": zfile(assemble(["PROTO", 2], "EMPTY_DICT", "STOP"), { wide: true }) },
  },
  {
    number: 0,
    title: "a pickle in the place of an array of joblib",
    files: { ...zpickle, "m.pkl_01.npy.z": zfile(EVIL) },
    least: "block",
    names: "os.system",
    nearMiss: zpickle,
  },
  {
    number: 0,
    title: "data beside a pickle of joblib that it does not name",
    files: { ...zpickle, "m.pkl_02.npy.z": numbers },
    least: "review",
    nearMiss: zpickle,
  },
];

import { readFileSync } from "node:fs";
import { joblibWrapper } from "../fixtures/joblib/array.ts";
import { assemble, call, PAYLOAD, type Piece, str } from "../fixtures/pickle/assemble.ts";
import { write7z } from "../fixtures/sevenzip/writer.ts";
import { checkpoint, writeTorch } from "../fixtures/torch/torch-writer.ts";
import type { Files, Technique } from "./technique.ts";

const EVIL = assemble(["PROTO", 2], PAYLOAD, "STOP");
const HONEST = assemble(["PROTO", 2], call("collections", "OrderedDict"), "STOP");
const sevenZip = (content: Uint8Array, name = "model.7z"): Files => ({ [name]: write7z({ files: [{ name: "archive/data.pkl", content }] }) });
const fixture = (name: string) => readFileSync(new URL(`../fixtures/sevenzip/${name}.7z`, import.meta.url));
const torch: Files = {
  "model.pt": writeTorch(checkpoint("model", readFileSync(new URL("../fixtures/torch/state_dict.pkl", import.meta.url)))),
};
const noise = (seed: number) => Buffer.from(Array.from({ length: 400 }, (_, i) => ((i + seed) * 7919) % 251));
const unknown = (magic: string): Files => ({ "model.pt": Buffer.concat([Buffer.from(magic, "latin1"), noise(3)]) });

/** The bytes of eight numbers that a disassembler which knows nothing of arrays takes for opcodes and ends at: STOP first. */
const NUMBERS = Buffer.from(Float64Array.from({ length: 8 }, (_, i) => Math.sin(i + 1)).buffer);
const STOPPING = Buffer.concat([Buffer.from("."), Buffer.alloc(63, 0xff)]);
const joblib = (...pieces: readonly Piece[]): Files => ({ "model.joblib": assemble(["PROTO", 4], ...pieces, "STOP") });
const array = (bytes: Uint8Array) => Buffer.concat([joblibWrapper("f8", [8]), bytes]);
const objects = (pickle: Uint8Array) => Buffer.concat([joblibWrapper("O8", [1], "|"), pickle]);

/** Content in a wrapper that a scanner has to open, or to say that it did not. */
export const WRAPPED_TECHNIQUES: readonly Technique[] = [
  { number: 61, title: "a pickle in a 7z archive", files: sevenZip(EVIL), least: "block", names: "os.system", nearMiss: sevenZip(HONEST) },
  {
    number: 61,
    title: "a pickle in a 7z archive under the name of a checkpoint",
    files: sevenZip(EVIL, "model.pt"),
    least: "block",
    names: "os.system",
    nearMiss: torch,
  },
  {
    number: 61,
    title: "a pickle in a solid 7z archive packed with LZMA",
    files: { "model.7z": fixture("evil") },
    least: "block",
    names: "os.system",
    nearMiss: { "model.7z": fixture("solid") },
  },
  {
    number: 61,
    title: "an encrypted 7z archive",
    files: { "model.7z": fixture("encrypted") },
    least: "review",
    names: "encrypted",
    nearMiss: sevenZip(HONEST),
  },
  {
    number: 71,
    title: "a member of a 7z archive that leads out",
    files: { "model.7z": write7z({ files: [{ name: "../../.bashrc", content: HONEST }] }) },
    least: "block",
    names: "../../.bashrc",
    nearMiss: { "model.7z": write7z({ files: [{ name: "a/..b/model.pkl", content: HONEST }] }) },
  },
  {
    number: 62,
    title: "a RAR archive under the name of a checkpoint",
    files: unknown("Rar!\x1a\x07\x01\0"),
    least: "review",
    names: "RAR archive",
    nearMiss: torch,
  },
  { number: 62, title: "bytes of no known format under the name of a checkpoint", files: unknown("\x01\x02"), least: "review", nearMiss: torch },
  {
    number: 76,
    title: "a call behind an array that joblib wrote into the stream",
    files: joblib(array(NUMBERS), PAYLOAD, "TUPLE2"),
    least: "block",
    names: "os.system",
    nearMiss: joblib(array(NUMBERS), call("collections", "OrderedDict"), "TUPLE2"),
  },
  {
    number: 76,
    title: "a call behind an array whose bytes say STOP",
    files: joblib(array(STOPPING), PAYLOAD, "TUPLE2"),
    least: "block",
    names: "os.system",
    nearMiss: joblib(array(STOPPING), str("os.system"), "TUPLE2"),
  },
  {
    number: 76,
    title: "a call in the pickle of an array of objects",
    files: joblib(objects(EVIL)),
    least: "block",
    names: "os.system",
    nearMiss: joblib(objects(HONEST)),
  },
];

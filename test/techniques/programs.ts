import { writeZip } from "../fixtures/containers/zip-writer.ts";
import { assemble, PAYLOAD } from "../fixtures/pickle/assemble.ts";
import { GgufEncoder, ggufOf } from "../fixtures/tensors/writers.ts";
import { writeTorch } from "../fixtures/torch/torch-writer.ts";
import type { Files, Technique } from "./technique.ts";

/** The headers of a library for Linux and of a program for Windows, without a section. */
const ELF = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(9), Buffer.from([3, 0, 62, 0]), Buffer.alloc(44)]);
const PE = Buffer.alloc(512);
PE.write("MZ", 0);
PE.writeUInt32LE(64, 60);
PE.write("PE\0\0", 64);
PE.writeUInt16LE(0x8664, 68);
PE.writeUInt16LE(0x20b, 88);
const ENGINE = Buffer.concat([Buffer.from("ptrt"), Buffer.alloc(300, 1), Buffer.alloc(10)]);

const settings: Files = { "config.json": '{"model_type":"llama"}' };
const compiled = (...parts: readonly (readonly [string, Uint8Array | string])[]): Files => ({
  "model.pt2": writeTorch([["m/archive_format", "pt2"], ["m/archive_version", "0"], ["m/models/model.json", "{}"], ...parts]),
});
const native = (title: string, files: Files, nearMiss: Files, names = "native code"): Technique => ({
  number: 110,
  title,
  files,
  least: "review",
  names,
  nearMiss,
});

/** A program that carries its model: a llamafile. */
const APE = Buffer.concat([
  Buffer.from("MZqFpD='\n\0"),
  Buffer.alloc(54),
  Buffer.from('\'\nexec "$0.ape"\n#!/bin/sh\nexit\n'),
  Buffer.alloc(900, 0x90),
]);
const e = new GgufEncoder();
const gguf = (template: string) => ggufOf({ metadata: [["tokenizer.chat_template", e.textValue(template)]] });
const TEMPLATE = "{% for m in messages %}{{ m.content }}{% endfor %}";
const ESCAPE = "{{ messages.__class__.__mro__ }}";
const bundle = (name: string, data: Uint8Array) => writeZip([{ name, data }], { prefix: APE, absolute: true });
const carried = (title: string, name: string, evil: Uint8Array, honest: Uint8Array, names: string): Technique => ({
  number: 111,
  title,
  files: { "model.llamafile": bundle(name, evil) },
  least: "block",
  names,
  nearMiss: { [name]: honest },
});

/** Machine code among the files of a model. */
export const PROGRAM_TECHNIQUES: readonly Technique[] = [
  native("a library under its own name", { ...settings, "libops.so": ELF }, { ...settings, "libops.txt": "libops.so is built by make\n" }),
  native("a library for Windows under its own name", { ...settings, "ops.dll": PE }, { ...settings, "ops.txt": "ops.dll is built by make\n" }),
  native("a TensorRT engine", { "model.engine": ENGINE }, settings, "TensorRT engine"),
  native(
    "a library that AOTInductor compiled",
    compiled(["m/data/aotinductor/model/c.wrapper.so", ELF]),
    compiled(["m/extra/notes.txt", "c.wrapper.so is built by torch\n"]),
  ),
  native(
    "a library as the weights of AOTInductor",
    compiled(["m/data/weights/weight_0", ELF]),
    compiled(["m/extra/notes.txt", "c.wrapper.so is built by torch\n"]),
    "ELF shared library",
  ),
  {
    number: 111,
    title: "a program that carries its model",
    files: { "model.llamafile": bundle("model.gguf", gguf(TEMPLATE)) },
    least: "review",
    names: "Actually Portable Executable",
    nearMiss: { "model.gguf": gguf(TEMPLATE) },
  },
  carried("an escape in the template of a model that a program carries", "model.gguf", gguf(ESCAPE), gguf(TEMPLATE), "__class__"),
  carried("a pickle that a program carries", "x.pkl", assemble(["PROTO", 2], PAYLOAD, "STOP"), assemble(["PROTO", 2], "NONE", "STOP"), "os.system"),
];

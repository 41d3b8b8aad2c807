import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { FALCON, HERON } from "./texts.ts";

// node examples/make.ts [FOLDER]: writes the two bundled models. Both are a few kilobytes and harmless; the same bytes every time.

const folder = process.argv[2] ?? import.meta.dirname;
writeModel(join(folder, "clean-heron"), {
  ...HERON,
  "model.safetensors": safetensors([
    ["model.embed_tokens.weight", [16, 8]],
    ["model.layers.0.self_attn.q_proj.weight", [8, 8]],
    ["model.layers.0.self_attn.o_proj.weight", [8, 8]],
    ["model.layers.0.mlp.down_proj.weight", [8, 16]],
    ["model.norm.weight", [8]],
  ]),
});
writeModel(join(folder, "trapped-falcon"), {
  ...FALCON,
  // What torch.load would run. The command only prints a line; scanning never runs it.
  "pytorch_model.bin": reducePickle("posix", "system", "echo This line was printed by a model file while it was being loaded."),
  // A pickle under the name of a format that cannot carry code.
  "adapter_model.safetensors": reducePickle("builtins", "exec", "print('a safetensors file that is none')"),
});

function writeModel(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  rmSync(root, { recursive: true, force: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** A safetensors file of float32 tensors with small weights from a fixed sequence. */
function safetensors(tensors: readonly (readonly [name: string, shape: readonly number[]])[]): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  const values: number[] = [];
  for (const [name, shape] of tensors) {
    const begin = values.length * 4;
    const count = shape.reduce((product, n) => product * n, 1);
    for (let i = 0; i < count; i++) values.push(Math.sin(values.length * 0.7) / 10);
    header[name] = { dtype: "F32", shape, data_offsets: [begin, values.length * 4] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, " ")]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, Buffer.from(Float32Array.from(values).buffer)]);
}

/** Protocol 2: GLOBAL module name, one string argument, REDUCE, STOP. */
function reducePickle(module: string, name: string, argument: string): Uint8Array {
  const text = Buffer.from(argument);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(text.length);
  return Buffer.concat([Buffer.from(`\x80\x02c${module}\n${name}\nX`, "latin1"), size, text, Buffer.from("\x85R.", "latin1")]);
}

import { describe, expect, it } from "vitest";
import { bytesOf } from "../../bytes.ts";
import { parseIndex } from "../../formats/safetensors-index/parse.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { targetDanger } from "../target-danger.ts";
import { indexExaminer } from "./examine.ts";

const subject = { path: "model.safetensors.index.json", name: "model.safetensors.index.json", size: 0, containers: [] };
const examine = async (text: string) => indexExaminer.examine(await parseIndex(bytesOf(Buffer.from(text)), new Budget(DEFAULT_LIMITS)), subject);

describe("targetDanger", () => {
  it.each([
    ["../../etc/passwd", "leads out of the model's folder"],
    ["shards/../../x", "leads out of the model's folder"],
    ["..\\x.bin", "leads out of the model's folder"],
    ["a/.. /x", "leads out of the model's folder"],
    ["%2e%2e/x", "leads out of the model's folder"],
    ["..%2Fx", "leads out of the model's folder"],
    ["/etc/passwd", "is an absolute path"],
    ["\\\\host\\share\\x", "is an absolute path"],
    ["C:x.bin", "names a drive"],
    ["c:\\x.bin", "names a drive"],
    ["https://x.example/a.bin", "is an address"],
    ["file:x", "is an address"],
    ["~/x", "names a home folder"],
    ["a\\b.bin", "is a Windows path"],
    [".git/x.bin", "lies in a folder of the download tool, which is no part of the artifact"],
    ["./.cache/huggingface/x.bin", "lies in a folder of the download tool, which is no part of the artifact"],
    ["a\0.bin", "holds control characters"],
    ["", "is no file name"],
    ["..", "is no file name"],
    ["./", "is no file name"],
    ["model-00001-of-00002.safetensors", null],
    ["unet/diffusion_pytorch_model.bin", null],
    ["a..b.safetensors", null],
    [".github/x.bin", null],
    ["模型.safetensors", null],
    ["./model.safetensors", null],
  ])("%j", (target, danger) => {
    expect(targetDanger(target)).toBe(danger);
  });
});

describe("indexExaminer", () => {
  it("hands on the files of an ordinary index", async () => {
    expect(await examine('{"metadata": {"total_size": 8}, "weight_map": {"a": "m-1.safetensors", "b": "m-2.safetensors"}}')).toEqual({
      findings: [],
      references: [
        { kind: "shard", target: "m-1.safetensors" },
        { kind: "shard", target: "m-2.safetensors" },
      ],
    });
  });

  it("names the file that leads out, at its place", async () => {
    const { findings } = await examine('{"weight_map": {"a": "m.bin", "b": "../x.bin"}}');
    expect(findings.map(({ rule, severity, where, title, proof }) => [rule, severity, where.offset, title, proof])).toEqual([
      ["index-path-traversal", "high", 35, `The index makes a loader open "../x.bin", which leads out of the model's folder`, { target: "../x.bin" }],
    ]);
  });

  it("takes what frameworks do not write as tampering", async () => {
    const { findings } = await examine('{"weight_map": {"a": "m.bin"}, "auto_map": {}}');
    expect(findings.map(({ rule, severity, title }) => [rule, severity, title])).toEqual([
      ["index-malformed", "medium", 'The index has a member "auto_map"'],
    ]);
  });
});

import { describe, expect, it } from "vitest";
import type { Tree } from "../artifact/tree.ts";
import type { Reference } from "../finding.ts";
import type { FileReport } from "./file-report.ts";
import { crossExamine } from "./references.ts";

const report = (path: string, references: readonly Reference[] = []): FileReport => ({
  path,
  formats: ["json"],
  findings: [],
  unexamined: [],
  references: references.map((reference) => ({ ...reference, from: path })),
  parameters: 0,
  licences: [],
  card: null,
});

function cross(...reports: readonly FileReport[]) {
  const files = reports.map(({ path }) => ({ path, location: Buffer.from(path), size: 1 }));
  const tree: Tree = { single: false, files, others: [], foreignNames: false };
  return { said: crossExamine(tree, reports).map(({ rule, where, title }) => `${rule} ${where.path}: ${title}`) };
}

describe("what files of one artifact say about each other", () => {
  it("names a file that is referred to and not there, and none that is", () => {
    const { said } = cross(
      report("a/index.json", [
        { kind: "shard", target: "one.safetensors" },
        { kind: "shard", target: "two.safetensors" },
        { kind: "base-model", target: "org/base" },
      ]),
      report("a/one.safetensors"),
    );
    expect(said).toEqual(["missing-file a/index.json: Refers to two.safetensors, which is not in the artifact"]);
  });

  it("looks beside the file that refers, and never above it", () => {
    const target = "../secret.safetensors";
    expect(cross(report("a/index.json", [{ kind: "shard", target }]), report("secret.safetensors")).said).toHaveLength(1);
  });

  it("goes by the path in the manifest, and past a dot", () => {
    const { said } = cross(
      report("m.onnx", [
        { kind: "tensor-data", target: "./w !.bin" },
        { kind: "asset", target: "assets/v.txt" },
      ]),
      report("w %21.bin"),
    );
    expect(said).toEqual(["missing-file m.onnx: Refers to assets/v.txt, which is not in the artifact"]);
  });

  it("counts what is beyond a thousand files of one index", () => {
    const { said } = cross(
      report(
        "index.json",
        Array.from({ length: 1500 }, (_, i) => ({ kind: "shard", target: `${i}.bin` }) as const),
      ),
    );
    expect(said).toHaveLength(1001);
    expect(said.at(-1)).toBe("findings-cut index.json: 500 more findings in this file");
  });
});

import { describe, expect, it } from "vitest";
import { safetensorsOf, withHeader } from "../../../test/fixtures/tensors/writers.ts";
import { bytesOf } from "../../bytes.ts";
import { parseSafetensors } from "../../formats/safetensors/parse.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { safetensorsExaminer } from "./examine.ts";
import { contentOf } from "./metadata-content.ts";
import { nameDanger } from "./tensor-name.ts";

const subject = { path: "model.safetensors", name: "model.safetensors", size: 0, containers: [] };
async function examine(bytes: Uint8Array) {
  return safetensorsExaminer.examine(await parseSafetensors(bytesOf(bytes), new Budget(DEFAULT_LIMITS)), subject);
}
const brief = async (bytes: Uint8Array) => (await examine(bytes)).findings.map(({ rule, severity, title }) => [rule, severity, title]);

describe("the structure", () => {
  it("says nothing of an ordinary file, and counts its parameters", async () => {
    const bytes = withHeader('{"__metadata__":{"format":"pt"},"w":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]}}', new Uint8Array(12));
    expect(await examine(bytes)).toEqual({ findings: [], unexamined: [], parameters: 6 });
  });

  it("reports one finding for each kind of fault, at the first place", async () => {
    const bytes = safetensorsOf(
      [
        { name: "a", begin: 0, end: 2 },
        { name: "b", begin: 4, end: 6 },
        { name: "c", begin: 8, end: 10 },
      ],
      new Uint8Array(12),
    );
    const at = bytes.length - 10;
    const { findings } = await examine(bytes);
    expect(findings.map(({ rule, severity, where, title }) => [rule, severity, where.offset, title])).toEqual([
      ["safetensors-unowned-bytes", "medium", at, `2 bytes at ${at} belong to no tensor, and 1 more like it`],
      ["safetensors-unowned-bytes", "medium", bytes.length - 2, "2 bytes follow the last tensor"],
    ]);
    expect(findings[0]?.explanation).toContain("the reference loader refuses such a file");
  });

  it("takes an unknown dtype as a note, and says what was not checked", async () => {
    const { findings, unexamined } = await examine(safetensorsOf([{ name: "a", dtype: "F3", begin: 0, end: 2 }]));
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([["safetensors-dtype", "info"]]);
    expect(unexamined).toEqual(["the sizes of tensors of an unknown dtype"]);
  });

  it("takes a member beside the three as low, and a header that is not strict JSON as medium", async () => {
    const extra = withHeader('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":0}}', Uint8Array.of(0));
    expect((await brief(extra)).map(([rule, severity]) => [rule, severity])).toEqual([["safetensors-header-text", "low"]]);
    const control = withHeader('{"a\u0001":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', Uint8Array.of(0));
    expect((await brief(control)).map(([rule, severity]) => [rule, severity])).toEqual([
      ["safetensors-header-text", "medium"],
      ["safetensors-tensor-name", "medium"],
    ]);
  });
});

describe("tensor names", () => {
  it.each([
    ["../../etc/cron.d/x", "leads out of a folder"],
    ["a\\..\\b", "leads out of a folder"],
    ["/etc/passwd", "is an absolute path"],
    ["C:\\Windows\\x", "is an absolute path"],
    ["\\\\host\\share", "is an absolute path"],
    ["~/.ssh/authorized_keys", "is an absolute path"],
    ["a\0b", "holds control characters"],
    ["__reduce__", "is a name that the language itself gives a meaning"],
    ["model.__class__.__init__", "is a name that the language itself gives a meaning"],
    ["__proto__", "is a name that the language itself gives a meaning"],
    ["model.layers.0.weight", null],
    ["encoder/layer_0/kernel:0", null],
    ["a..b", null],
    ["C:0", null],
    ["_orig_mod.weight", null],
    ["__index_timestep_zero__", null],
    ["权重", null],
  ])("%j", (name, danger) => {
    expect(nameDanger(name)).toBe(danger);
  });
});

describe("metadata", () => {
  it.each([
    ["pt", null],
    ["A model trained on 4 GPUs; import of data took 3 h. Evaluation (of all) follows.", null],
    ['{"learning_rate": "1e-4", "output_name": "style: anime"}', null],
    ["see https://example.org/card", { kind: "address", what: "the address https://example.org/card", calls: false }],
    ["data:image/jpeg;base64,AAAA", { kind: "address", what: "the address data:image/jpeg;", calls: false }],
    ["import os; os.system('id')", { kind: "script", what: "text that reads like a script", calls: false }],
    ["#!/bin/sh\nid", { kind: "script", what: "text that reads like a script", calls: false }],
    ["<script>alert(1)</script>", { kind: "script", what: "text that reads like a script", calls: false }],
    ["cos\nsystem\n(S'id'\ntR.", { kind: "pickle", what: "a pickle", calls: true }],
    ["c0ffee c0ffee c0ffee c0ffee", null],
  ])("%j", (text, content) => {
    expect(contentOf(text)).toEqual(content);
  });

  it("that is a pickle is known though its end was cut off, and what was passed over is said", async () => {
    const long = `cos\nsystem\n(S'${"a".repeat(80_000)}`;
    expect(await brief(withHeader(JSON.stringify({ __metadata__: { k: long } })))).toEqual([
      ["safetensors-metadata-content", "medium", 'Metadata "k" holds a pickle'],
    ]);
    const many = Object.fromEntries(Array.from({ length: 140 }, (_, i) => [`k${i}`, "a ".repeat(40_000)]));
    expect((await examine(withHeader(JSON.stringify({ __metadata__: many })))).unexamined).toEqual([
      "13 entries of the metadata, beyond 8 MiB of them",
    ]);
  });

  it("is a note where it holds an address, and more where it holds a pickle that calls", async () => {
    const header = (value: string) => withHeader(JSON.stringify({ __metadata__: { k: value } }));
    expect(await brief(header("https://x.example/"))).toEqual([
      ["safetensors-metadata-content", "info", 'Metadata "k" holds the address https://x.example/'],
    ]);
    expect(await brief(header("cos\nsystem\n(S'id'\ntR."))).toEqual([["safetensors-metadata-content", "medium", 'Metadata "k" holds a pickle']]);
  });
});

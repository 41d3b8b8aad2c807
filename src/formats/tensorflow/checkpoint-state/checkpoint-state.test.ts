import { describe, expect, it } from "vitest";
import { formatContract } from "../../../../test/format-contract.ts";
import { bytesOf } from "../../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../../limits.ts";
import { checkpointStateDetector } from "./detect.ts";
import { checkpointStateFormat } from "./format.ts";

const parse = (text: string) => checkpointStateFormat.parse(bytesOf(Buffer.from(text)), new Budget(DEFAULT_LIMITS));
const detect = (text: string) => {
  const head = Buffer.from(text);
  return checkpointStateDetector.detect({ head, tail: head, size: head.length, at: async () => head });
};
const ordinary =
  'model_checkpoint_path: "model.ckpt-10"\nall_model_checkpoint_paths: "model.ckpt-5"\nall_model_checkpoint_paths: "model.ckpt-10"\nall_model_checkpoint_timestamps: 1700000000.5\nlast_preserved_timestamp: 1.7e9\n';

describe("checkpointStateFormat", () => {
  it("reads the paths and where they stand", async () => {
    expect(await parse(ordinary)).toEqual({
      kind: "parsed",
      facts: {
        paths: [
          { field: "model_checkpoint_path", path: "model.ckpt-10", at: 0 },
          { field: "all_model_checkpoint_paths", path: "model.ckpt-5", at: 39 },
          { field: "all_model_checkpoint_paths", path: "model.ckpt-10", at: 82 },
        ],
        unknown: [],
      },
      anomalies: [],
    });
  });

  it.each([
    ["single quotes", "model_checkpoint_path: '../a'", "../a"],
    ["pieces behind one another", `model_checkpoint_path: "." '.' "/a";`, "../a"],
    ["octal and hexadecimal escapes", `model_checkpoint_path: "\\056\\x2e/a"`, "../a"],
    ["a comment before and between", `# words\nmodel_checkpoint_path: "../a" # more\n`, "../a"],
    ["UTF-8", `model_checkpoint_path: "é"`, "é"],
    ["UTF-8 in escapes", `model_checkpoint_path: "\\303\\251"`, "é"],
    ["no white space", `model_checkpoint_path:"../a"`, "../a"],
  ])("reads %s", async (_, text, path) => {
    const { kind, facts } = await parse(text);
    expect([kind, facts.paths.map((named) => named.path)]).toEqual(["parsed", [path]]);
  });

  it("counts fields that the message does not have", async () => {
    expect((await parse(`${ordinary}command: "x"\n`)).facts.unknown).toEqual(["command"]);
  });

  it.each([
    ["words", `${ordinary}and so on`, ordinary.length],
    ["a string without an end", `model_checkpoint_path: "a`, 0],
    ["a message", `model_checkpoint_path { a: 1 }`, 0],
  ])("stops at %s with what it read", async (_, text, at) => {
    expect(await parse(text)).toMatchObject({ kind: "broken", at });
  });
});

it.each([
  [ordinary, "yes"],
  ["\n# c\nall_model_checkpoint_paths: 'a'", "yes"],
  ["model_checkpoint_path is a field", "no"],
  ["# model_checkpoint_path: 'a'", "no"],
])("detects %j: %s", async (text, answer) => {
  expect(await detect(text)).toBe(answer);
});

formatContract(checkpointStateFormat, [Buffer.from(ordinary)]);

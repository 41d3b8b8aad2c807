import { describe, expect, it } from "vitest";
import { claimedFormats, extensionOf, mayBeEmpty, roleOf, treatAs } from "./index.ts";

describe("claimedFormats", () => {
  it.each([
    ["model.safetensors", "safetensors"],
    ["MODEL.SAFETENSORS", "safetensors"],
    ["archive.tar.gz", "gzip"],
    ["pytorch_model.bin", "pickle"],
    ["x.ckpt", "torch-zip"],
    ["model.safetensors.index.json", "safetensors-index"],
    ["logo.png", "jpeg"],
  ])("%s may be %s", (name, format) => {
    expect(claimedFormats(name)).toContain(format);
  });

  it.each(["README.md", "notes.txt", "LICENSE", ".gitattributes", ".json", "x.constructor", "x.unheard-of", ""])("%s claims nothing", (name) => {
    expect(claimedFormats(name)).toBeNull();
  });

  it("does not let a weight be an executable or a script", () => {
    for (const name of ["a.bin", "a.pt", "a.model", "a.safetensors"]) {
      expect(claimedFormats(name)).not.toContain("executable");
      expect(claimedFormats(name)).not.toContain("script");
    }
  });
});

describe("an empty file", () => {
  it.each(["__init__.py", "run.sh", "config.yaml", "setup.cfg", "index.html", "train.jsonl", "train.csv", "README.md", ".gitkeep", "LICENSE"])(
    "%s is whole",
    (name) => {
      expect(mayBeEmpty(name)).toBe(true);
    },
  );

  it.each([
    "model.safetensors",
    "w.pkl",
    "config.json",
    "tokenizer.model",
    "o200k.tiktoken",
    "source.vocab",
    "a.zip",
    "logo.png",
    "libx.so",
    "model.onnx",
  ])("%s lacks what its name claims", (name) => {
    expect(mayBeEmpty(name)).toBe(false);
  });
});

it.each([
  ["a.b", "b"],
  [".gitignore", ""],
  [".a.b", "b"],
  ["a", ""],
  ["a.", ""],
])("extensionOf(%j) is %j", (name, extension) => {
  expect(extensionOf(name)).toBe(extension);
});

it.each([
  ["chat_template.jinja", "jinja"],
  ["CHAT_TEMPLATE.JINJA", "jinja"],
  ["rag.jinja2", "jinja"],
  ["chat_template", "jinja"],
  ["chat_template_tool.txt", "jinja"],
  ["chat_template.py", null],
  ["chat_template.json", null],
  ["readme.md", null],
])("treatAs(%j) is %j", (name, format) => {
  expect(treatAs(name)).toBe(format);
});

it.each([
  ["model.safetensors", "model"],
  ["pytorch_model", "model"],
  ["tokenizer.model", "tokenizer"],
  ["tokenizer", "tokenizer"],
  ["vocab.txt", "tokenizer"],
  ["config.json", "config"],
  ["config", "config"],
  ["anything.yaml", "config"],
  ["tokenizer.py", "code"],
  ["libmodel.so", "native"],
  ["config.exe", "native"],
  ["README.md", "document"],
  ["run", null],
  ["models", null],
])("roleOf(%j) is %j", (name, role) => {
  expect(roleOf(name)).toBe(role);
});

it.each([
  ["model_best.pth.tar", true],
  ["checkpoint.PT.TAR", true],
  ["last.ckpt.tar", true],
  ["checkpoint.tar", false],
  ["x.pthtar", null],
])("claimedFormats(%j) has what torch.save writes: %s", (name, has) => {
  expect(claimedFormats(name)?.includes("torch-zip") ?? null).toBe(has);
  expect(claimedFormats(name)?.includes("torch-legacy") ?? null).toBe(has);
});

it.each([
  ["tsconfig.json", true],
  ["devcontainer.json", true],
  ["config.json", false],
])("claimedFormats(%j) has text with comments: %s", (name, has) => {
  expect(claimedFormats(name)?.includes("text")).toBe(has);
});

import { describe, expect, it } from "vitest";
import type { TextFacts } from "../../formats/text/format.ts";
import { textExaminer } from "./examiner.ts";

const plain: TextFacts = { encoding: "utf-8", lines: 1, shebang: null, code: null, shape: null, hidden: [], pickleAtEnd: null };

function why(path: string, facts: Partial<TextFacts> = {}): string | null {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const examined = textExaminer.examine({ kind: "parsed", facts: { ...plain, ...facts }, anomalies: [] }, { path, name, size: 10, containers: [] });
  expect(examined.findings).toEqual([]);
  return examined.unexamined?.[0] ?? null;
}

describe("textExaminer", () => {
  it.each([
    "README.md",
    "README",
    "readme.txt",
    "README_zh.md",
    "README.zh-CN.md",
    "LICENSE",
    "LICENCE.txt",
    "LICENSE-MODEL",
    "LICENSE-Apache-2.0",
    "COPYING",
    "NOTICE",
    "USE_POLICY.md",
    "docs/usage.MD",
    "vocab.txt",
    "vocab",
    "vocabulary.txt",
    "vocab.bpe",
    "merges.txt",
    "source.vocab",
    ".gitattributes",
    ".gitignore",
    "labels.txt",
    "MODEL_LICENSE",
    "model-license.md",
    "CODEOWNERS",
    "MODEL_CARD",
    "CITATION.bib",
    "docs/usage.rst",
    "coco.names",
    "training.log",
    "model.pt!/archive/version",
    "model.pt!/archive/.data/serialization_id",
    "model.pt!/archive/.format_version",
  ])("%s is inert", (path) => {
    expect(why(path)).toBeNull();
  });

  it.each([
    ["setup.py", "installation"],
    ["modeling_x.py", "imports it"],
    ["README.py", "imports it"],
    ["README-notes.py", "imports it"],
    ["LICENSE.sh", "shell script"],
    ["model_license.py", "imports it"],
    ["training.log.sh", "shell script"],
    ["LICENSE-x.yaml", "YAML"],
    ["README.html", "markup"],
    ["hook.pth", ".pth"],
    ["run.sh", "shell script"],
    ["requirements.txt", "pip installs"],
    ["dev-requirements.txt", "pip installs"],
    ["requirements/base.txt", "pip installs"],
    ["constraints.txt", "pip installs"],
    ["packages.txt", "installs"],
    ["CMakeLists.txt", "CMake"],
    ["x.dist-info/entry_points.txt", "entry points"],
    ["config.yaml", "YAML"],
    ["Dockerfile", "image"],
    ["Makefile", "recipe"],
    ["model.pmml", "markup"],
    ["data.jsonl", "JSON lines"],
    ["config.json", "is none"],
    [".gitmodules", "Git acts"],
    ...["a.ipy", "a.mts", "a.hta", "a.wsf", "a.applescript", "run.nf", "x.cmake", "build.gradle", "analysis.Rmd"].map((name): [string, string] => [
      name,
      "",
    ]),
    ["Snakefile", "recipe"],
    ["SConstruct", "recipe"],
    ["meson.build", "recipe"],
    ["PKGBUILD", "recipe"],
    ["BUILD.bazel", "recipe"],
    [".Rprofile", "when it starts in the folder"],
    [".pdbrc", "when it starts in the folder"],
    [".gdbinit", "when it starts in the folder"],
    [".vimrc", "when it starts in the folder"],
    [".htaccess", "when it starts in the folder"],
    [".zshenv", "a shell"],
    [".bash_login", "a shell"],
    [".envrc", "a shell"],
    ["page.mako", "template"],
    ["page.erb", "template"],
    ["model.safetensors", "promises something else"],
    ["pytorch_model.bin", "promises something else"],
  ])("%s is not examined, and the reason says what would act on it", (path, reason) => {
    expect(why(path)).toContain(reason);
  });

  it.each(["labels", ".editorconfig", "dev.conllu", "model.arpa", "notes"])("%s is inert, unless it reads like a program", (path) => {
    expect(why(path)).toBeNull();
    expect(why(path, { code: "import os" })).toBe('text that reads like a program: "import os"');
  });

  it.each(["train.log", "README.md", "notes.txt"])("%s may quote one", (path) => expect(why(path, { code: "import os" })).toBeNull());

  it("takes no shebang for a description", () => {
    expect(why("README.md", { shebang: "/bin/sh" })).toBe("a script for /bin/sh: code is not examined yet");
  });

  it("says that a Git LFS pointer is not the file", () => {
    expect(why("model.safetensors", { shape: "git-lfs-pointer" })).toContain("was not downloaded");
  });

  it.each(["tiktoken", "lightgbm", "sentencepiece-vocab", "checksums"] as const)(
    "takes %s data under a neutral name as inert, but not under a name that is loaded as code",
    (shape) => {
      expect(why("tokenizer.model", { shape })).toBeNull();
      expect(why("model.py", { shape })).toContain("Python");
      expect(why("model.yaml", { shape })).toContain("YAML");
    },
  );

  it("notes what a reader does not see, with count and place", () => {
    const hidden = [
      { kind: "bidi-control", count: 2, at: 7 },
      { kind: "control", count: 1, at: 9 },
    ] as const;
    const { findings, unexamined } = textExaminer.examine(
      { kind: "parsed", facts: { ...plain, hidden }, anomalies: [] },
      { path: "README.md", name: "README.md", size: 9, containers: [] },
    );
    expect(unexamined).toBeUndefined();
    expect(findings.map(({ rule, severity, where, title }) => [rule, severity, where, title])).toEqual([
      ["invisible-characters", "info", { path: "README.md", offset: 7 }, "2 bidirectional controls in text"],
    ]);
  });
});

describe("text that is compressed by itself", () => {
  const ask = (path: string, containers: readonly string[]) =>
    textExaminer.examine({ kind: "parsed", facts: plain, anomalies: [] }, { path, name: path.slice(path.lastIndexOf("/") + 1), size: 9, containers })
      .unexamined;

  it.each(["bpe_simple_vocab_16e6.txt.gz!/data", "a/README.md.zst!/data", "x.zip!/sub/labels.txt.gz!/data"])(
    "%s has the name of its file",
    (path) => {
      expect(ask(path, ["gzip"])).toBeUndefined();
    },
  );

  it.each([
    ["setup.py.gz!/data", ["gzip"], "Python code that runs on installation, in tests or at every start of Python; this is not examined yet"],
    ["weights.gz!/data", ["gzip"], "text under a name that promises something else"],
    ["setup.py.zip!/run.py", ["zip"], "Python code: it runs when a loader imports it; this is not examined yet"],
  ])("%s in %s is not inert", (path, containers, why) => {
    expect(ask(path, containers)).toEqual([why]);
  });
});

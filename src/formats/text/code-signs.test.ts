import { describe, expect, it } from "vitest";
import { CodeSigns } from "./code-signs.ts";

function signs(text: string): string | null {
  const code = new CodeSigns();
  for (const line of text.split("\n")) code.see(line);
  return code.line;
}

describe("text that reads like a program", () => {
  it.each([
    ["Python", "import os\nimport sys\nprint(1)", "import os"],
    ["Python without imports of note", "x = 1\ndef f(a):\n    for b in a:\n        b()", "def f(a):"],
    ["a class", "class A(B):\n  @property()\n  x", "class A(B):"],
    ["one call", "os.system('id')", "os.system('id')"],
    ["a shell", "set -e\ncd x\nif [ -f y ]\nthen", "set -e"],
    ["a pipe into a shell", "hello\ncurl https://x.example/i | sh", "curl https://x.example/i | sh"],
    ["C", "#include <stdio.h>", "#include <stdio.h>"],
    ["JavaScript", "const a = 1;\nfunction f(b) {", "const a = 1;"],
    ["R", "library(stats)\nf <- function(x) x", "library(stats)"],
    ["Lua", "local x = 1\nlocal function f(a)", "local x = 1"],
    ["PHP", "<?php echo 1;", "<?php echo 1;"],
  ])("%s", (_language, text, first) => expect(signs(text)).toBe(first));

  it.each([
    ["labels", "cat\ndog\nimport\nclass\nset top box\nfor sale"],
    ["prose", "This model was trained from scratch.\nimport it with care.\nFor more, see below:\nclass 1: cats"],
    ["a bibliography", "@article{a,\n  title={B},\n  year={2024}\n}"],
    ["tokens with tags", "import\tNN\nfrom\tIN\nos\tNN\ndef\tVB"],
    ["a language model of words", "\\data\\\nngram 1=3\n\\1-grams:\n-1.2 import -0.3"],
    ["what a training said", "epoch 1: loss = 0.3\nepoch 2: loss = 0.2\nsaved model = best.pt"],
    ["subtitles", "1\n00:00:01,000 --> 00:00:02,000\nimport os, he said."],
    ["one line of an example", "Use it so:\nimport transformers\nand no more."],
    ["settings of an editor", "root = true\n[*]\nindent_style = space"],
    ["numbers", "0.1 0.2\n0.3 0.4"],
  ])("is not %s", (_what, text) => expect(signs(text)).toBeNull());

  it("is looked for in the first lines only", () => {
    expect(signs(`${"a\n".repeat(5000)}import os\nimport sys`)).toBeNull();
  });
});

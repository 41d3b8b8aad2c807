import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { parseTorchScriptCode, torchscriptCode } from "./format.ts";
import { tokenize } from "./tokenize.ts";

const encoder = new TextEncoder();

function linesOf(source: string) {
  return tokenize(source, new Budget(DEFAULT_LIMITS), () => {}).lines.map((line) => [line.indent, line.tokens.map((token) => token.text).join(" ")]);
}

async function parse(source: string) {
  return parseTorchScriptCode(bytesOf(encoder.encode(source)), new Budget(DEFAULT_LIMITS));
}

describe("tokens", () => {
  it("joins the lines that brackets span, and drops comments", () => {
    expect(linesOf("def f(a: int,\n    b: int) -> int: # c\n\n  return a\n")).toEqual([
      [0, "def f ( a : int , b : int ) -> int :"],
      [2, "return a"],
    ]);
  });

  it("reads strings with quotes, brackets and escapes inside", () => {
    expect(linesOf(`a = "(\\"'"\nb = '''x\ny'''\n`)).toEqual([
      [0, `a = (\\"'`],
      [0, "b = x\ny"],
    ]);
  });

  it("reads the numbers that are written", () => {
    expect(linesOf("2. -1 1e-05 9223372036854775807 .5 0x1f 1.j")).toEqual([[0, "2. - 1 1e-05 9223372036854775807 .5 0x1f 1.j"]]);
  });

  it("goes on behind a character that begins no token", async () => {
    expect(await parse("é = 1 $ 2\nimport os\n")).toMatchObject({
      kind: "broken",
      at: 7,
      facts: { uses: [{ kind: "loose-statement" }, { kind: "import", module: "os" }] },
    });
  });
});

describe("uses", () => {
  it("notes paths, free names and definitions with their places", async () => {
    const { facts } = await parse("def f(x: Tensor) -> int:\n  y = torch.add(x, z)\n  return ops.a.b(y.__c__)\n");
    expect(facts.uses.map(({ near: _near, ...use }) => use)).toEqual([
      { at: 9, line: 1, kind: "free-name", name: "Tensor" },
      { at: 20, line: 1, kind: "free-name", name: "int" },
      { at: 31, line: 2, kind: "torch", path: "add" },
      { at: 44, line: 2, kind: "free-name", name: "z" },
      { at: 56, line: 3, kind: "ops", path: "a.b" },
      { at: 66, line: 3, kind: "dunder", name: "__c__", as: "attribute" },
    ]);
  });

  it("keeps the names of a function to that function", async () => {
    const { facts } = await parse("def f(a):\n  return a\ndef g(b):\n  return a\n");
    expect(facts.uses).toMatchObject([{ kind: "free-name", name: "a", line: 4 }]);
  });
});

test.prop(
  [
    fc.array(
      fc.constantFrom(
        "def",
        "class",
        "f",
        "(",
        ")",
        ":",
        "\n",
        "  ",
        "=",
        "x",
        ".",
        "torch",
        "getattr",
        '"0"',
        ",",
        "for",
        "in",
        "with",
        "as",
        "import",
        "#",
        "'",
        "[",
        "]",
      ),
      { maxLength: 60 },
    ),
  ],
  {
    numRuns: 300,
  },
)("answers any sequence of tokens", async (pieces) => {
  expect(["parsed", "broken"]).toContain((await parse(pieces.join(" "))).kind);
});

formatContract(torchscriptCode, [
  encoder.encode(
    'class A(Module):\n  __parameters__ = ["w", ]\n  w : Tensor\n  def forward(self: __torch__.A,\n    x: Tensor) -> Tensor:\n    a, b, = torch.chunk(x, 2)\n    return getattr(self, "0")\n',
  ),
]);

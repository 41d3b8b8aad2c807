import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shared, withoutShared } from "../../../test/shared.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import type { Statement } from "./ast.ts";
import { lex } from "./lex.ts";
import { decodeLiteral } from "./literal.ts";
import { Memory } from "./memory.ts";
import { parseTemplate } from "./statements.ts";

function parse(source: string) {
  const budget = new Budget(DEFAULT_LIMITS);
  return parseTemplate(lex(source, new Memory(budget), budget), source.length, budget);
}

/** A tree without positions and heights, small enough to compare. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, member]) => key !== "at" && key !== "height" && !(key === "escapedLetters" && member === 0))
      .map(([key, member]) => [key, shape(member)]),
  );
}

function outputOf(source: string): unknown {
  const [statement] = parse(`{{ ${source} }}`).body;
  return statement?.type === "output" ? shape(statement.value) : statement;
}

const name = (text: string) => ({ type: "name", name: text });
const number = (value: number) => ({ type: "number", value, integer: Number.isInteger(value) });

describe("string literals", () => {
  it.each([
    [String.raw`\x5f\x5f`, "__"],
    [String.raw`\137`, "_"],
    [String.raw`\u005fa`, "_a"],
    [String.raw`\U0000005f`, "_"],
    [String.raw`\N{LOW LINE}\N{latin small letter c}`, "_c"],
    [String.raw`\n\t\'\q`, "\n\t'\\q"],
    ["a\\\nb", "ab"],
  ])("decodes %s", (inside, text) => {
    expect(decodeLiteral(inside).text).toBe(text);
  });

  it("counts letters that were written as escapes, not control characters", () => {
    expect(decodeLiteral(String.raw`\x61\x62\n`).escapedLetters).toBe(2);
  });
});

describe("expressions", () => {
  it("binds the minus looser than a filter and tighter than a power", () => {
    expect(outputOf("-a|b ** 2")).toEqual({
      type: "operation",
      first: { type: "filter", of: { type: "unary", op: "-", of: name("a") }, name: "b", args: { positional: [], named: [], spread: [] } },
      rest: [{ op: "**", right: number(2) }],
    });
  });

  it("keeps a chain of one precedence in one node", () => {
    expect(outputOf("a ~ b ~ c")).toEqual({
      type: "operation",
      first: name("a"),
      rest: [
        { op: "~", right: name("b") },
        { op: "~", right: name("c") },
      ],
    });
  });

  it("reads not in, is not, and a choice without else", () => {
    expect(outputOf("a not in b if c is not defined")).toEqual({
      type: "choice",
      test: { type: "unary", op: "not", of: { type: "test", of: name("c"), name: "defined", args: { positional: [], named: [], spread: [] } } },
      yes: { type: "operation", first: name("a"), rest: [{ op: "not in", right: name("b") }] },
      no: null,
    });
  });

  it("reads slices, tuples, dicts, keyword and star arguments", () => {
    expect(outputOf("f(*a, k=1, **b)")).toMatchObject({
      type: "call",
      args: { positional: [], named: [{ name: "k" }], spread: [name("a"), name("b")] },
    });
    expect(outputOf("x[1::-1]")).toMatchObject({ type: "slice", bounds: [number(1), null, { type: "unary" }] });
    expect(outputOf("()")).toEqual({ type: "tuple", items: [] });
    expect(outputOf("{'a': {}}")).toMatchObject({ type: "dict", entries: [[{ text: "a" }, { type: "dict", entries: [] }]] });
    expect(outputOf("x is divisibleby 3")).toMatchObject({ type: "test", name: "divisibleby", args: { positional: [number(3)] } });
  });

  it("writes adjacent literals as a concatenation, because they are pieces", () => {
    expect(outputOf("'a' 'b'")).toMatchObject({ type: "operation", rest: [{ op: "~", right: { text: "b" } }] });
  });
});

describe("statements", () => {
  const texts = (body: readonly Statement[]) => body.map((each) => (each.type === "data" ? each.text : each.type));

  it("trims blocks as chat templates are rendered", () => {
    expect(texts(parse("a\n  {% if x %}\n  b\n{%- endif +%}\nc {{- d -}}\n e").body)).toEqual(["a\n", "if", "\nc", "output", "e"]);
  });

  it("keeps raw blocks as text and drops comments", () => {
    expect(texts(parse("{% raw %}{{ x }}{% endraw %}{# {{ y }} #}").body)).toEqual(["{{ x }}"]);
  });

  it("reads loops with a filter, an else and recursion", () => {
    const [loop] = parse("{% for a, (b, c) in d if e recursive %}{% break %}{% else %}x{% endfor %}").body;
    expect(loop).toMatchObject({ type: "for", recursive: true, test: { name: "e" }, body: [{ type: "jump" }], otherwise: [{ text: "x" }] });
  });

  it.each([
    ["{% set a.b = 1 %}", "set"],
    ["{% set a | trim %}x{% endset %}", "set-block"],
    ["{% macro m(a, b=1) %}{% endmacro m %}", "macro"],
    ["{% call(x) m(1) %}{{ x }}{% endcall %}", "call"],
    ["{% filter upper|trim %}x{% endfilter %}", "filter"],
    ["{% generation %}x{% endgeneration %}", "tag"],
    ["{% from 'a' import b as c with context %}", "tag"],
    ["{% include ['a', 'b'] ignore missing %}", "tag"],
    ["{% with a=1, b=2 %}{% endwith %}", "tag"],
    ["{% block b scoped %}{% endblock b %}", "tag"],
  ])("reads %s", (source, type) => {
    const { body, complaints } = parse(source);
    expect(complaints).toEqual([]);
    expect(body.map((each) => each.type)).toEqual([type]);
  });

  it("goes on behind a tag that does not parse, and keeps its names", () => {
    const { body, complaints } = parse("{% frob x.__class__ %}{{ y }}");
    expect(complaints).toEqual([{ at: 0, what: "an unknown tag frob" }]);
    expect(body).toMatchObject([{ type: "unparsed", names: [{ name: "__class__" }] }, { type: "output" }]);
  });

  it.each(["{% if x %}", "{% endif %}", "{{ 'x }}", "{{ a b }}", "{# x", "{% for x %}{% endfor %}", "{{ (a] }}", "{% else %}", "{{ }}"])(
    "complains about %s",
    (source) => {
      expect(parse(source).complaints).toHaveLength(source === "{% for x %}{% endfor %}" ? 2 : 1);
    },
  );

  it("refuses nesting beyond its bounds and does not overflow", () => {
    for (const deep of [
      `{{ ${"(".repeat(5000)}1${")".repeat(5000)} }}`,
      `{{ ${"not ".repeat(5000)}1 }}`,
      `{{ x${".a".repeat(5000)} }}`,
      `{{ x${"|f".repeat(5000)} }}`,
    ]) {
      expect(parse(deep).complaints).toHaveLength(1);
    }
    expect(parse("{% if x %}".repeat(100) + "{% endif %}".repeat(100)).complaints.length).toBeGreaterThan(0);
    expect(parse(`{{ ${"a ~ ".repeat(50_000)}a }}`).complaints).toEqual([]);
  });
});

describe.skipIf(withoutShared)("real templates (needs ../shared)", () => {
  it("parses all of them, and every hostile one, without a complaint", () => {
    for (const kind of ["benign", "malicious"]) {
      const folder = shared(`corpus/templates/${kind}`);
      for (const file of readdirSync(folder).filter((each) => each.endsWith(".jinja"))) {
        expect(parse(readFileSync(`${folder}/${file}`, "utf8")).complaints, file).toEqual([]);
      }
    }
  });
});

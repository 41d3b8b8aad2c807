import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import type { Deed, JinjaFacts } from "./facts.ts";
import { jinja, parseJinja } from "./format.ts";

const encoder = new TextEncoder();

async function factsOf(source: string): Promise<JinjaFacts> {
  return (await parseJinja(bytesOf(encoder.encode(source)), new Budget(DEFAULT_LIMITS))).facts;
}

/** What a template does, without places. */
async function deeds(source: string): Promise<Deed[]> {
  return (await factsOf(source)).uses.map(({ at: _at, line: _line, near: _near, ...deed }) => deed as Deed); // a Use is a Place and a Deed
}

async function namesBehind(source: string): Promise<string[]> {
  return (await deeds(source)).flatMap((deed) => (deed.kind === "name" && deed.access === "item" ? deed.name : []));
}

describe("names that are put together", () => {
  it.each([
    ["'__cla' 'ss__'"],
    ["'_' ~ '_cla' ~ 'ss_' ~ '_'"],
    ["'__ssalc__'[::-1]"],
    ["'__ssalc__'|reverse"],
    ["['_','_','class','_','_']|join"],
    ["'class'.join(['__','__'])"],
    ["'@@class@@'|replace('@','_')"],
    ["'%s%sclass%s%s'|format('_','_','_','_')"],
    ["'%c%cclass%c%c' % (95,95,95,95)"],
    ["'{0}class{0}'.format('__')"],
    ["'__CLASS__'|lower"],
    ["'__class__,x'.split(',')|first"],
    ["('_' * 2) ~ 'class' ~ '__'"],
    ["' __class__ '|trim"],
    ["{'a': '__class__'}.a"],
    ["dict(__class__=1)|list|first"],
    [String.raw`"\x5f\137class\u005f\N{LOW LINE}"`],
    ["'a__class__'[1:]"],
    ["['u','__class__'|upper]|last|lower"],
    ["['__class__']|map('lower')|first"],
  ])("folds %s", async (expression) => {
    expect(await namesBehind(`{{ x[${expression}] }}`)).toContain("__class__");
  });

  it.each([
    ["a variable", "{% set u = '__' %}{{ x[u ~ 'class' ~ u] }}"],
    ["a block", "{% set n %}__cla{{ 'ss' }}__{% endset %}{{ x[n] }}"],
    ["a parameter", "{% macro m(k) %}{{ x[k] }}{% endmacro %}{{ m('__class__') }}"],
    ["a default", "{% macro m(k='__class__') %}{{ x[k] }}{% endmacro %}"],
    ["a macro's text", "{% macro u() %}__{% endmacro %}{{ x[u() ~ 'class' ~ u()] }}"],
    ["a namespace", "{% set ns = namespace(k='a') %}{% set ns.k = '__class__' %}{{ x[ns.k] }}"],
    ["another name of a namespace", "{% set ns = namespace(k='a') %}{% set b = ns %}{% set b.k = '__class__' %}{{ x[ns.k] }}"],
    ["a loop", "{% for k in ['a', '__class__'] %}{{ x[k] }}{% endfor %}"],
    ["an unpacked tuple", "{% set a, b = 1, '__class__' %}{{ x[b] }}"],
    ["a branch", "{{ x['a' if y else '__class__'] }}"],
    ["a use before the assignment", "{% for i in y %}{{ x[ns.k] }}{% set ns.k = '__class__' %}{% endfor %}{% set ns = namespace() %}"],
  ])("follows the name through %s", async (_what, source) => {
    expect(await namesBehind(source)).toContain("__class__");
  });

  it("keeps the pieces of what it cannot fold", async () => {
    const source = "{% set ns = namespace(s='') %}{% for c in y %}{% set ns.s = ns.s ~ '_' ~ c %}{% endfor %}{{ x[ns.s] }}";
    expect(await deeds(source)).toContainEqual(
      expect.objectContaining({ kind: "computed-name", from: "built", pieces: expect.arrayContaining(["_"]) }),
    );
  });

  it("finds names in arguments of filters, in format fields and through map", async () => {
    const source = "{{ x|map(attribute='a.__b') }}{{ x|groupby('c') }}{{ '{0.d[e]}'.format(x) }}{{ x|map('attr', 'f') }}";
    const names = (await deeds(source)).flatMap((deed) => (deed.kind === "name" ? [[deed.access, deed.name]] : []));
    expect(names).toEqual([
      ["filter-argument", "a"],
      ["filter-argument", "__b"],
      ["filter-argument", "c"],
      ["format-field", "d"],
      ["format-field", "e"],
      ["attr-filter", "f"],
    ]);
  });

  it("takes no note of an index, a key of an iterated mapping by name, or a name in text", async () => {
    expect(await namesBehind("{{ x[0] }}{{ x[loop.index0 - 1] }}{{ x[y|length - 1] }}__class__{{ 'a __class__ in prose' }}")).toEqual([]);
    expect(await deeds("{% for k in x %}{{ x[k] }}{% endfor %}")).toContainEqual({ kind: "computed-name", access: "item", from: "key", pieces: [] });
  });
});

describe("cost", () => {
  it.each([
    ["{{ range(99999) }}", { kind: "range", size: 99999 }],
    ["{{ range(5, 100005, 2) }}", { kind: "range", size: 50000 }],
    ["{% for a in range(500) %}{% for b in range(500) %}{% endfor %}{% endfor %}", { kind: "rounds", rounds: 250_000 }],
    ["{{ 'ab' * 5000 }}", { kind: "repeat", times: 5000, size: 2 }],
    ["{{ 9 ** 9 ** 9 }}", { kind: "power", huge: true }],
    ["{{ 'x'|center(20000) }}", { kind: "width", by: "center", width: 20000 }],
    ["{{ '%*d' % (20000, 1) }}", { kind: "width", by: "%", width: 20000 }],
    ["{{ '{:>20000}'.format(1) }}", { kind: "width", by: "format", width: 20000 }],
    ["{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{% endmacro %}", { kind: "macro-cycle", name: "f", how: "unconditional" }],
    ["{% macro f(n) %}{% if n %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}{% endmacro %}", { kind: "macro-cycle", name: "f", how: "counting" }],
    ["{% macro f(n) %}{% if n %}{{ f(n) }}{{ f(false) }}{% endif %}{% endmacro %}", { kind: "macro-cycle", name: "f", how: "branching" }],
    ["{% set l = [1] %}{% for x in l %}{% set _ = l.append(x) %}{% endfor %}", { kind: "endless-loop", name: "l" }],
    [
      "{{ m|replace('a', 'aaaaaaaaaa')|replace('a', 'aaaaaaaaaa')|replace('', 'aaaaaaaaa')|replace('a', 'aaaaaaaaaa') }}",
      { kind: "repeat", times: 10_000, size: 1 },
    ],
    [`{% set x = [1] %}${"{% set x = x + x %}".repeat(14)}{{ x }}`, { kind: "growth", name: "x", factor: 16_384, looped: false }],
    [`{% set x %}a{% endset %}${"{% set x %}{{ x }}{{ x }}{% endset %}".repeat(14)}`, { kind: "growth", name: "x", factor: 16_384, looped: false }],
    [
      "{% macro f() %}{% for a in range(900) %}x{% endfor %}{% endmacro %}{% for b in range(20) %}{{ f() }}{% endfor %}",
      { kind: "calls", name: "f", calls: 18_020 },
    ],
    [
      Array.from({ length: 14 }, (_, i) => `{% macro m${i}() %}{{ m${i + 1}() }}{{ m${i + 1}() }}{% endmacro %}`).join("") +
        "{% macro m14() %}x{% endmacro %}{{ m0() }}",
      { kind: "calls", name: "m0", calls: 32_767 },
    ],
    ["{% for x in y recursive %}{{ loop(x) }}{% endfor %}", { kind: "recursive-loop", descends: true }],
    ["{% for x in y recursive %}{% if x.a %}{{ loop(y) }}{% endif %}{% endfor %}", { kind: "recursive-loop", descends: false }],
    ["{% for a in m %}{% for b in m %}{% for c in m %}{% endfor %}{% endfor %}{% endfor %}", { kind: "nested-loops", over: "m", depth: 3 }],
  ])("sees %s", async (source, deed) => {
    expect(await deeds(source)).toContainEqual(deed);
  });

  it.each([
    ["ns.s ~ ns.s"],
    ["[ns.s, ns.s]|join"],
    ["'%s%s'|format(ns.s, ns.s)"],
    ["ns.s * 2"],
    ["ns.s|replace('a', 'aa')"],
    ["(ns.s if y else ns.s + ns.s)"],
  ])("sees that %s grows in a loop", async (expression) => {
    const source = `{% set ns = namespace(s='a') %}{% for i in y %}{% set ns.s = ${expression} %}{% endfor %}`;
    expect(await deeds(source)).toContainEqual({ kind: "growth", name: "s", factor: 2, looped: true });
  });

  it("lets macros call macros as templates do", async () => {
    const source =
      "{% macro t(x) %}{{ x }}{% endmacro %}{% macro u(x) %}{{ t(x) }}{{ t(x) }}{% for y in x %}{{ u(y) }}{% endfor %}{% endmacro %}{% for m in n %}{{ u(m) }}{% endfor %}{{ 'a' * 80 }}";
    expect((await deeds(source)).filter(({ kind }) => kind === "calls" || kind === "growth")).toEqual([]);
  });

  it.each([["ns.s ~ i"], ["(ns.s ~ 'a' if y else ns.s ~ 'b')"], ["ns.s if ns.s else 'x'"], ["ns.n + ns.n"]])(
    "lets %s grow steadily",
    async (expression) => {
      const source = `{% set ns = namespace(s='a', n=1) %}{% for i in y %}{% set ns.${expression.startsWith("ns.n") ? "n" : "s"} = ${expression} %}{% endfor %}`;
      expect((await deeds(source)).filter((deed) => deed.kind === "growth")).toEqual([]);
    },
  );

  it("lets a macro descend into its data", async () => {
    const source = "{% macro f(n) %}{% for k in n.p %}{{ f(n.p[k]) }}{{ f(k) }}{% endfor %}{% endmacro %}";
    expect((await deeds(source)).filter((deed) => deed.kind === "macro-cycle")).toEqual([]);
  });
});

describe("hidden text", () => {
  it("reads what tag characters spell, with its offset in bytes", async () => {
    const tags = [..."Hi"].map((c) => String.fromCodePoint(0xe0000 + c.charCodeAt(0))).join("");
    expect((await factsOf(`é\n${tags}x`)).hidden).toEqual([
      { at: 3, line: 2, near: `${tags}x`, what: "tag characters", count: 2, text: "Hi", escaped: false },
    ]);
  });

  it("sees a control that is written as an escape", async () => {
    expect((await factsOf(String.raw`{{ 'a\u202eb' }}`)).hidden).toMatchObject([{ what: "bidirectional controls", text: "U+202E", escaped: true }]);
  });

  it("leaves joiners inside emoji and Persian words, variation selectors of emoji and a byte order mark alone", async () => {
    expect((await factsOf("\ufeff👩\u200d💻 ❤\ufe0f می\u200cخواهم")).hidden).toEqual([]);
    expect((await factsOf("a\u200db")).hidden).toHaveLength(1);
  });
});

describe("results", () => {
  it("says where a template stops making sense, and keeps the rest", async () => {
    const parsed = await parseJinja(bytesOf(encoder.encode("é\n{{ a b }}{{ c.__d }}")), new Budget(DEFAULT_LIMITS));
    expect(parsed).toMatchObject({ kind: "broken", at: 8, why: "more than the tag can hold, line 2" });
    expect(parsed.facts.uses).toContainEqual({
      kind: "name",
      access: "attribute",
      name: "__d",
      built: false,
      at: 16,
      line: 2,
      near: "{{ a b }}{{ c.__d }}",
    });
  });

  it("reads bytes that are not UTF-8 and says so", async () => {
    expect(await parseJinja(bytesOf(Uint8Array.of(0x7b, 0xff)), new Budget(DEFAULT_LIMITS))).toMatchObject({
      kind: "broken",
      anomalies: [{ kind: "not-utf-8" }],
    });
  });

  it("still names what is written in a template that costs too much to follow", async () => {
    const source = `{{ x.__class__ }}${"{{ a ~ 'b' }}".repeat(200)}`;
    // too few for the probes, which would come behind
    const steps = 1_000_000;
    const full = new Budget({ ...DEFAULT_LIMITS, maxSteps: steps });
    await parseJinja(bytesOf(encoder.encode(source)), full);
    const parsed = await parseJinja(bytesOf(encoder.encode(source)), new Budget({ ...DEFAULT_LIMITS, maxSteps: steps - full.stepsLeft - 1 }));
    expect(parsed.kind).toBe("limit");
    expect(parsed.facts.uses).toContainEqual(expect.objectContaining({ kind: "name", access: "unparsed", name: "__class__" }));
  });

  it("keeps what it saw when a limit ends it, and gives its memory back", async () => {
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 2000 });
    const parsed = await parseJinja(bytesOf(encoder.encode("{{ a.b }}".repeat(2000))), budget);
    expect(parsed.kind).toBe("limit");
    budget.hold(DEFAULT_LIMITS.maxMemoryBytes);
  });
});

const PIECES = [
  "{{",
  "}}",
  "{%",
  "%}",
  "{#",
  "#}",
  "-",
  " ",
  "x",
  ".",
  "[",
  "]",
  "(",
  ")",
  "'",
  "if",
  "for",
  "in",
  "set",
  "macro",
  "endif",
  "endfor",
  "|",
  "join",
  "~",
  "+",
  "*",
  "=",
  ",",
  "1",
  "__a",
  "\\",
  "{",
  "}",
  "is",
  "not",
  "else",
  "ns",
  "caller",
  "\n",
];

test.prop([fc.array(fc.constantFrom(...PIECES), { maxLength: 60 })], { numRuns: 300 })("answers any sequence of tokens", async (pieces) => {
  expect(["parsed", "broken"]).toContain((await parseJinja(bytesOf(encoder.encode(pieces.join(""))), new Budget(DEFAULT_LIMITS))).kind);
});

formatContract(jinja, [
  encoder.encode(
    "{%- set ns = namespace(a=[]) -%}{% for m in messages if m %}{{ m['role'] ~ m.content|trim }}{% set ns.a = ns.a + [m] %}{% endfor %}",
  ),
  encoder.encode(
    "{% macro f(a, b='x') %}{{ caller() }}{% endmacro %}{% call(x) f(1, *y, **z) %}{{ x[1:2] is not none and 'a' in x }}{% endcall %}{# c #}{% raw %}r{% endraw %}",
  ),
]);

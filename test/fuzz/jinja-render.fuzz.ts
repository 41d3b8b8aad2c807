import assert from "node:assert/strict";
import { Memory } from "../../src/formats/jinja/memory.ts";
import { probe } from "../../src/formats/jinja/probe/probe.ts";
import { clockAt } from "../../src/formats/jinja/render/globals.ts";
import { RENDER_LIMITS } from "../../src/formats/jinja/render/meter.ts";
import { render, templateOf } from "../../src/formats/jinja/render/render.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import type { FuzzTarget, Random } from "./target.ts";

const VALUES =
  "m.content m.role messages tools 'a,b' '<x>' 1 0 -3 2.5 none true [1,'b',[2]] {'k':1,'j':[2]} (1,2) x ns.a zz loop loop.index range(3) namespace(a=1) ''".split(
    " ",
  );
const FILTERS =
  "abs attr('a') batch(2) capitalize center(9) count d('x') default('y',true) dictsort e escape first float format(1) groupby('role') indent(2) int items join('-') last length list lower map('upper') map(attribute='role') max min reject rejectattr('role') replace('a','bb') reverse round safe select('string') selectattr('role','equalto','user') slice(2) sort string striptags sum title tojson tojson(indent=2) trim truncate(4) unique upper urlencode wordcount wordwrap(3) from_json filesizeformat".split(
    " ",
  );
const METHODS =
  "split('a') split() rsplit(',',1) strip() lstrip('a') startswith('u') endswith(('a','b')) find('b') replace('a','') join(['x','y']) upper() title() format(1,a=2) items() get('k') keys() pop() append(1) index('a') count('a') zfill(5) splitlines() partition('a') update({}) cycle(1,2)".split(
    " ",
  );
const TESTS = "defined none string mapping iterable sequence number even divisibleby(2) eq(1) in([1]) sameas(none) lower".split(" ");
const OPERATORS = "+ - * / // % ~ ** == != < <= > >= in and or".split(" ");
const CLOCK = clockAt(new Date(0));
const DATA = {
  messages: [
    { role: "user", content: "a,b" },
    { role: "assistant", content: "é😀" },
  ],
  tools: null,
  x: 3,
  add_generation_prompt: true,
};

/** An expression of the grammar, so that most inputs run and do not only fail to parse. */
function expression(random: Random, depth: number): string {
  if (depth === 0) return random.pick(VALUES);
  const inner = () => expression(random, random.below(depth));
  switch (random.below(8)) {
    case 0:
      return `(${inner()} ${random.pick(OPERATORS)} ${inner()})`;
    case 1:
    case 2:
      return `${inner()}|${random.pick(FILTERS)}`;
    case 3:
      return `(${inner()}).${random.pick(METHODS)}`;
    case 4:
      return `(${inner()} is ${random.pick(TESTS)})`;
    case 5:
      return `(${inner()})[${random.pick(["0", "-1", "'k'", "1:", "::-1", ":2", inner()])}]`;
    case 6:
      return `(${inner()} if ${inner()} else ${inner()})`;
    default:
      return random.pick([`[${inner()}, ${inner()}]`, `{'k': ${inner()}}`, `f(${inner()})`, `strftime_now(${inner()})`]);
  }
}

function statement(random: Random, depth: number): string {
  const value = () => expression(random, 1 + random.below(3));
  const body = () => (depth === 0 ? `{{ ${value()} }}` : statements(random, depth - 1));
  switch (random.below(9)) {
    case 0:
      return `{% if ${value()} %}${body()}{% elif ${value()} %}${body()}{% else %}${body()}{% endif %}`;
    case 1:
      return `{% for m in ${random.pick(["messages", value()])} ${random.pick(["", `if ${value()}`])} %}${body()}{% if x %}${random.pick(["{% break %}", "{% continue %}", ""])}{% endif %}{% endfor %}`;
    case 2:
      return `{% set ${random.pick(["x", "ns.a", "x, y"])} = ${value()} %}`;
    case 3:
      return `{% set x %}${body()}{% endset %}`;
    case 4:
      return `{% macro f(m, x=1) %}${body()}{{ caller() if caller else '' }}{% endmacro %}{{ f(${value()}) }}`;
    case 5:
      return `{% call f(${value()}) %}${body()}{% endcall %}`;
    case 6:
      return `{% filter ${random.pick(FILTERS)} %}${body()}{% endfilter %}`;
    default:
      return `{{${random.pick(["-", ""])} ${value()} }}`;
  }
}

function statements(random: Random, depth: number): string {
  return Array.from({ length: 1 + random.below(3) }, () => statement(random, depth)).join(random.pick(["", "\n", " t "]));
}

/** Whatever a template does, rendering ends within its bounds, twice with the same result, and the probes keep their facts small. */
const target: FuzzTarget = {
  name: "jinja-render",
  async seeds() {
    return [
      "{% for m in messages %}{{ m.role ~ m.content }}{% endfor %}",
      "{% set ns = namespace(a=1) %}{% macro f(m) %}{{ m }}{% endmacro %}{{ f(1) }}",
    ].map((seed) => new TextEncoder().encode(seed));
  },
  mutate(seed, random) {
    const made = `{% set ns = namespace(a='q') %}${statements(random, 2)}`;
    const old = new TextDecoder().decode(seed);
    const text = random.below(4) === 0 ? old.slice(0, random.below(old.length + 1)) + made : made;
    return new TextEncoder().encode(text.slice(0, 4000));
  },
  async check(bytes) {
    const source = new TextDecoder().decode(bytes);
    const budget = new Budget(DEFAULT_LIMITS);
    const memory = new Memory(budget);
    const template = templateOf(source, memory, budget);
    const limits = { ...RENDER_LIMITS, maxSteps: 20_000, maxText: 100_000 };
    for (const mutable of [false, true]) {
      const first = render(template, DATA, budget, { clock: CLOCK, mutable, limits });
      assert.ok(first.kind !== "text" || first.text.length <= limits.maxText);
      assert.ok(first.steps <= limits.maxSteps + limits.maxText);
      assert.deepEqual(render(template, DATA, budget, { clock: CLOCK, mutable, limits }), first);
    }
    if (bytes.length % 16 === 0) assert.ok(JSON.stringify(probe(source, memory, budget)).length < 2_000_000);
    memory.release();
    budget.hold(DEFAULT_LIMITS.maxMemoryBytes);
  },
};

export default target;

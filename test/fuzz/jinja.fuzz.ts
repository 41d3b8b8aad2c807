import assert from "node:assert/strict";
import { bytesOf } from "../../src/bytes.ts";
import { parseJinja } from "../../src/formats/jinja/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { jinjaTemplate } from "../../src/scan/jinja/examine.ts";
import type { FuzzTarget, Random } from "./target.ts";

const SEEDS = [
  "{%- set ns = namespace(a=[], s='') -%}{% for m in messages if m recursive %}{{- m['role'] ~ m.content|trim(chars='x') }}{% set ns.s = ns.s ~ m %}{% else %}x{% endfor %}",
  "{% macro f(a, b='x') %}{{ caller(a) }}{{ f(a, b) }}{% endmacro %}{% call(x) f(1, *y, **z) %}{{ x[1:2:-1] is not none and 'a' not in x }}{% endcall %}",
  "{# c #}{% raw %}r{% endraw %}{{ '%s%c'|format('_', 95) ~ '\\x5f\\137\\N{LOW LINE}' }}{{ x|attr('_' ~ 'a')|map(attribute='b.c')|join(',') }}",
  "{% import 'a' as b %}{% filter upper|trim %}x{% endfilter %}{% set t %}__{{ 'a' }}{% endset %}{{ x[t] if y else [1, (2, 3), {'a': -1 ** 2}][0] }}{{ range(10) * 3 // 2 }}",
  "{% macro d(s) %}{{ caller(s ~ s) }}{% for c in s recursive %}{{ c }}{{ loop(c) }}{% endfor %}{% set ns.x = d(ns.x) %}{% endmacro %}{% set f = d %}{% for m in range(9) %}{% call(t) f(*m, s=x) %}{% set x|replace('a', 'aa') %}{{ t }}{{ '{0}{0}'.format(t) }}{% endset %}{% endcall %}{% endfor %}",
];
const WORDS =
  "{{ }} {% %} {# #} -%} {%- | . [ ] ( ) { } ' \" ~ + - * ** // % == != <= in not is if elif else for endfor endif set endset macro endmacro call endcall filter import include ns.x x _ __class__ 'a' '_' 1 99999 range namespace attr map join format replace [::-1] caller loop \u200b \n".split(
    " ",
  );

/** Any text is answered within the budget, and what was parsed can be judged. */
const target: FuzzTarget = {
  name: "jinja",
  async seeds() {
    return SEEDS.map((seed) => new TextEncoder().encode(seed));
  },
  mutate(seed, random) {
    let text = new TextDecoder().decode(seed);
    for (let n = 1 + random.below(5); n > 0; n--) text = changed(text, random);
    return new TextEncoder().encode(text);
  },
  async check(bytes) {
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 20_000_000 });
    const parsed = await parseJinja(bytesOf(bytes), budget);
    assert.ok(parsed.facts.uses.every((use) => use.at >= 0 && use.line >= 1));
    assert.ok(JSON.stringify(parsed.facts).length < 4_000_000);
    const { findings } = jinjaTemplate.examine(parsed, { path: "t", name: "t", size: bytes.length, containers: [] });
    assert.ok(findings.every((finding) => finding.title.length < 400));
    budget.hold(DEFAULT_LIMITS.maxMemoryBytes);
  },
};

function changed(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const length = random.below(12);
  switch (random.below(4)) {
    case 0:
      return `${text.slice(0, at)} ${random.pick(WORDS)} ${text.slice(at)}`;
    case 1:
      return text.slice(0, at) + random.pick(WORDS) + text.slice(at + length);
    case 2:
      return text.slice(0, at + length) + text.slice(at, at + length).repeat(random.below(20)) + text.slice(at + length);
    default:
      return text.slice(0, at) + text.slice(at + length);
  }
}

export default target;

import { describe, expect, it } from "vitest";
import { bytesOf } from "../../bytes.ts";
import { parseJinja } from "../../formats/jinja/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { jinjaTemplate } from "./examine.ts";

async function verdicts(source: string): Promise<string[]> {
  const parsed = await parseJinja(bytesOf(new TextEncoder().encode(source)), new Budget(DEFAULT_LIMITS));
  const { findings } = jinjaTemplate.examine(parsed, { path: "t.jinja", name: "t.jinja", size: source.length, containers: [] });
  return findings.filter(({ rule }) => rule === "template-resource-exhaustion").map(({ severity, rule }) => `${severity} ${rule}`);
}

const times = (text: (i: number) => string, count: number) => Array.from({ length: count }, (_, i) => text(i)).join("");
const nested = (open: string, inside: string, close: string, depth = 30) => open.repeat(depth) + inside + close.repeat(depth);
const TWICE = "{% macro d() %}{{ caller() }}{{ caller() }}{% endmacro %}";
const DOUBLE = "{% macro d(s) %}{{ s }}{{ s }}{% endmacro %}";
/** A namespace whose attribute becomes what is given, once for each message. */
const eachRound = (set: string, before = "") => `${before}{% set ns = namespace(x='a', y='b') %}{% for m in messages %}${set}{% endfor %}{{ ns.x }}`;
/** The same statement many times. */
const run = (set: string, before = "") => `${before}{% set x = 'a' %}${set.repeat(30)}{{ x }}`;

const BOMBS: Readonly<Record<string, string>> = {
  "call blocks inside each other": TWICE + nested("{% call d() %}", "x", "{% endcall %}"),
  "call blocks that write nothing": TWICE + nested("{% call d() %}", "", "{% endcall %}"),
  "call blocks in macros": `${TWICE}${times((i) => `{% macro m${i + 1}() %}{% call d() %}{{ m${i}() }}{% endcall %}{% endmacro %}`, 30)}{% macro m0() %}x{% endmacro %}{{ m30() }}`,
  "callers handed on": `{% macro a0() %}{{ caller() }}{{ caller() }}{% endmacro %}${times((i) => `{% macro a${i + 1}() %}{% call a${i}() %}{{ caller() }}{{ caller() }}{% endcall %}{% endmacro %}`, 29)}{% call a29() %}x{% endcall %}`,
  "callers in loops": `{% macro l() %}{% for i in range(1000) %}{{ caller() }}{% endfor %}{% endmacro %}${nested("{% call l() %}", "x", "{% endcall %}", 3)}`,
  "callers in loops over messages": `{% macro l() %}{% for i in messages %}{{ caller() }}{% endfor %}{% endmacro %}${nested("{% call l() %}", "x", "{% endcall %}", 6)}`,
  "a caller under another name": `{% macro d() %}{% set c = caller %}{{ c() }}{{ c() }}{% endmacro %}${nested("{% call d() %}", "x", "{% endcall %}")}`,
  "a caller's text twice": `{% macro d() %}{% set c = caller() %}{{ c }}{{ c }}{% endmacro %}${nested("{% call d() %}", "x", "{% endcall %}")}`,
  "a macro that calls itself through a block":
    "{% macro f(n) %}{% call g() %}{{ f(n) }}{% endcall %}{% endmacro %}{% macro g() %}{{ caller() }}{% endmacro %}{{ f(0) }}",
  "a countdown through a block": `${TWICE}{% macro f(n) %}{% if n > 0 %}{% call d() %}{{ f(n - 1) }}{% endcall %}{% endif %}{% endmacro %}{{ f(40) }}`,
  "a countdown": "{% macro f(n) %}{% if n > 0 %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(40) }}",
  "a macro of a macro of a macro": `${DOUBLE}{{ ${nested("d(", "'x'", ")")} }}`,
  "a macro under another name": `${DOUBLE}{% set f = d %}{{ ${nested("f(", "'x'", ")")} }}`,
  "a macro that hands a longer text on": `{% macro m0(s) %}{{ s }}{% endmacro %}${times((i) => `{% macro m${i + 1}(s) %}{{ m${i}(s ~ s) }}{% endmacro %}`, 29)}{{ m29('x') }}`,
  "a macro that changes a namespace": eachRound("{{ g() }}", "{% macro g() %}{% set ns.x = ns.x ~ ns.x %}{% endmacro %}"),
  "macros in a run": run("{% set x = d(x) %}", DOUBLE),
  "macros in a loop": eachRound("{% set ns.x = d(ns.x) %}", DOUBLE),
  "call blocks in a run": run("{% set x %}{% call d() %}{{ x }}{% endcall %}{% endset %}", TWICE),
  "blocks that write their parameter twice": run(
    "{% set x %}{% call(t) d(x) %}{{ t }}{{ t }}{% endcall %}{% endset %}",
    "{% macro d(s) %}{{ caller(s) }}{% endmacro %}",
  ),
  "filter blocks": nested("{% filter replace('x', 'xx') %}", "x", "{% endfilter %}"),
  "filter blocks in a loop": eachRound("{% set ns.x %}{% filter replace('a', 'aa') %}{{ ns.x }}{% endfilter %}{% endset %}"),
  "set blocks with a filter": run("{% set x|replace('a', 'aa') %}{{ x }}{% endset %}"),
  "set blocks over characters": run("{% set x %}{% for c in x %}{{ c }}{{ c }}{% endfor %}{% endset %}"),
  "set blocks between characters": run("{% set x %}{% for c in x %}{{ c }}b{% endfor %}{% endset %}"),
  "a namespace set inside a set block": eachRound("{% set t %}{% set ns.x = ns.x ~ ns.x %}{% endset %}"),
  "a namespace made anew too late": eachRound("{% set ns.x = ns.x ~ ns.x %}{% set ns = namespace(x='') %}"),
  "two attributes in turn": eachRound("{% set t = ns.x %}{% set ns.x = ns.y ~ ns.y %}{% set ns.y = t %}"),
  "two attributes that feed each other": eachRound("{% set ns.x = ns.x ~ ns.y %}{% set ns.y = ns.x %}"),
  "a field twice": eachRound("{% set ns.x = '{0}{0}'.format(ns.x) %}"),
  "a named field twice": eachRound("{% set ns.x = '{a}{a}'.format(a=ns.x) %}"),
  "a directive twice": eachRound("{% set ns.x = '%(a)s%(a)s' % {'a': ns.x} %}"),
  "quotes in quotes": eachRound("{% set ns.x = ns.x|tojson %}"),
  "a separator between characters": eachRound("{% set ns.x = 'ab'.join(ns.x) %}"),
  "a longer separator": eachRound("{% set ns.x = ns.x.split('a')|join('aa') %}"),
  "a filter around it": eachRound("{% set ns.x = (ns.x ~ ns.x)|title|wordwrap(9) %}"),
  "a list of itself": eachRound("{% set ns.x = [ns.x ~ ns.x]|first %}"),
  "a list that takes itself in": "{% set l = [] %}{% for i in range(60) %}{% set _ = l.append(l ~ l) %}{% endfor %}",
  "a range in a variable": "{% set r = range(5000) %}{% for a in r %}{% for b in r %}x{% endfor %}{% endfor %}",
  "a long text in a loop": "{% set s = 'x' * 5000 %}{% for a in s %}{% for b in s %}x{% endfor %}{% endfor %}",
  "a list of a range, repeated": "{{ (range(99999)|list * 99999)|length }}",
  "six loops over the messages": nested("{% for a in messages %}", "x", "{% endfor %}", 6),
  "a recursive loop over the same": "{% for x in messages recursive %}{{ loop(messages) }}{% endfor %}",
};

describe("templates that use up time or memory", () => {
  it.each(Object.entries(BOMBS))("%s: high", async (_, source) => {
    expect(await verdicts(source)).toContain("high template-resource-exhaustion");
  });
});

const HARMLESS: Readonly<Record<string, string>> = {
  "call blocks once each, thirty deep": `{% macro d() %}<b>{{ caller() }}</b>{% endmacro %}${nested("{% call d() %}", "x", "{% endcall %}")}`,
  "one caller or the other": `{% macro d(a) %}{% if a %}{{ caller() }}{% else %}({{ caller() }}){% endif %}{% endmacro %}${nested("{% call d(y) %}", "x", "{% endcall %}")}`,
  "doubling, five deep": TWICE + nested("{% call d() %}", "x", "{% endcall %}", 5),
  "a block for each message":
    "{% macro each(l) %}{% for i in l %}{{ caller(i) }}{% endfor %}{% endmacro %}{% call(m) each(messages) %}{% for t in m.tools %}{{ t.name }}{% endfor %}{% endcall %}",
  "a macro that writes its parameter thrice":
    "{% macro t(s) %}<{{ s }}>{{ s.content }}</{{ s }}>{{ s }}{% endmacro %}{% for m in messages %}{{ t(m) }}{% endfor %}",
  "a macro that wraps": run("{% set x = t(x) %}", "{% macro t(s) %}[{{ s }}]{% endmacro %}"),
  "a macro with a namespace of its own":
    "{% macro r(c) %}{% if c is string %}{{ c }}{% else %}{% set ns = namespace(out='') %}{% for i in c %}{% set ns.out = ns.out ~ i.text %}{% endfor %}{{ ns.out }}{% endif %}{% endmacro %}" +
    "{% set ns = namespace(out='') %}{% for m in messages %}{% set ns.out = ns.out ~ r(m.content) %}{% endfor %}{{ ns.out }}",
  "three filters": nested("{% filter replace('x', 'xx') %}", "x", "{% endfilter %}", 3),
  "a text that grows by each message": eachRound("{% set ns.x %}{{ ns.x }}{{ m.content }}{% endset %}"),
  "a text that grows by another that grows": eachRound("{% set ns.y = ns.y ~ m.content %}{% set ns.x = ns.x ~ ns.y %}"),
  "fields that are named once": eachRound("{% set ns.x = '{}{}'.format(ns.x, m.role) %}"),
  "parts of a text": eachRound("{% set ns.x = ns.x.split('</t>')[0] ~ m.content.split('</t>')[-1] %}"),
  "a list without its first": eachRound("{% set ns.x = [ns.x[0]] + ns.x[1:] + [m] %}"),
  "a list of texts, joined at the end": `${eachRound("{% set ns.x = ns.x + [m.content|trim] %}")}{{ ns.x|join('\\n') }}`,
  "tools in JSON": eachRound("{% set ns.x = ns.x ~ (m|tojson) %}"),
  "a schema":
    "{% macro r(s) %}{% if s.p %}{% for k, v in s.p.items() %}{{ k }}: {{ r(v) }}{% endfor %}{% else %}{{ r(s['items']) }}{% endif %}{% endmacro %}{{ r(tool) }}",
};

describe("templates that do not", () => {
  it.each(Object.entries(HARMLESS))("%s: nothing", async (_, source) => {
    expect(await verdicts(source)).toEqual([]);
  });

  it("a loop over a tree is held for review, as before", async () => {
    expect(await verdicts("{% for x in tree recursive %}{{ x.name }}{{ loop(x.children) }}{% endfor %}")).toEqual([
      "medium template-resource-exhaustion",
    ]);
  });
});

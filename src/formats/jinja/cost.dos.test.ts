import { expect, it } from "vitest";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { parseJinja } from "./format.ts";

async function stepsOf(source: string): Promise<number> {
  const budget = new Budget(DEFAULT_LIMITS);
  await parseJinja(bytesOf(new TextEncoder().encode(source)), budget);
  return DEFAULT_LIMITS.maxSteps - budget.stepsLeft;
}

const times = (text: (i: number) => string, count: number) => Array.from({ length: count }, (_, i) => text(i)).join("");

it.each([
  ["nested loops", `${"{% for x in y %}".repeat(60)}{% set ns.a = ns.a ~ ns.b %}${"{% endfor %}".repeat(60)}`, 20_000],
  ["nested set blocks", `${"{% set a %}{% if x %}".repeat(30)}x${"{% endif %}{% endset %}".repeat(30)}`, 20_000],
  ["a ring of macros", times((i) => `{% macro m${i}(a) %}{{ m${(i + 1) % 1000}(a) }}{% endmacro %}`, 1000), 900_000],
  ["a chain of variables", times((i) => `{% set v${i + 1} = v${i} ~ 'x' %}`, 2000), 1_1_500_000],
  ["a chain of macros that call twice", times((i) => `{% macro m${i}(a) %}{{ m${i + 1}(a) }}{{ m${i + 1}(a) }}{% endmacro %}`, 2000), 1_200_000],
  ["a chain of macros, the last one first", times((i) => `{% macro m${2000 - i}(a) %}{{ m${1999 - i}(a) }}{% endmacro %}`, 2000), 900_000],
  ["a chain of call blocks", times((i) => `{% macro m${i + 1}() %}{% call m${i}() %}{{ caller() }}{% endcall %}{% endmacro %}`, 2000), 900_000],
  [
    "macros with many parameters",
    `{% macro m(${times((i) => `a${i},`, 60)}z) %}${times((i) => `{{ a${i} }}`, 60)}{% endmacro %}${times(() => `{{ m(${times((i) => `x${i},`, 60)}1) }}`, 100)}`,
    1_200_000,
  ],
  [
    "macros that change many attributes",
    `${times((i) => `{% set n${i} = namespace(x='a') %}`, 60)}{% macro m() %}${times((i) => `{% set n${i}.x = n${i}.x ~ n${(i + 1) % 60}.x %}`, 60)}{% endmacro %}${times(() => "{{ m() }}", 1000)}`,
    900_000,
  ],
  ["comparisons inside each other", `{% if ${"(".repeat(60)}messages|length${" == 1)".repeat(60)} %}x{% endif %}`, 200_000],
  [
    "variables that are made twice of each other",
    `${times((i) => `{% set v${i + 1} = v${i} %}{% set v${i + 1} = v${i} %}`, 3000)}{% if 'a' in v3000 %}x{% endif %}`,
    4_000_000,
  ],
  ["a chain of variables before a condition", `${times((i) => `{% set v${i + 1} = v${i} %}`, 8000)}{% if v8000 == 'a' %}x{% endif %}`, 6_000_000],
  ["a condition of many operands", `{% if ${"m.a == 'b' or ".repeat(10_000)}x %}x{% endif %}`, 30_000_000],
  ["conditions without end", times((i) => `{% if a${i} %}b{% endif %}`, 3000), 30_000_000],
  ["quotes that do not end", "{{ '".repeat(20_000), 200_000],
  ["brackets that do not end", "{{ (".repeat(20_000), 200_000],
  ["one long concatenation", `{{ ${"a ~ ".repeat(20_000)}a }}`, 1_500_000],
  ["one long text", "x".repeat(1_000_000), 3_000_000],
])("%s cost no more than their size", async (_what, source, most) => {
  expect(await stepsOf(source)).toBeLessThan(most);
});

it.each([
  ["lists of lists", `{% set a = [${"1,".repeat(250)}] %}${times((i) => `{% set a${i} = [${"a,".repeat(250)}] %}`, 300)}`],
  ["raw tags that do not end", "{% raw %}".repeat(100_000)],
])("%s end at the limit", async (_what, source) => {
  expect(await stepsOf(source)).toBeLessThan(DEFAULT_LIMITS.maxSteps + 1_000_000);
});

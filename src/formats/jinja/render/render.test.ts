import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { shared, withoutShared } from "../../../../test/shared.ts";
import { digestOf, hexOf } from "../../../digest.ts";
import { Budget, DEFAULT_LIMITS } from "../../../limits.ts";
import type { Template } from "../ast.ts";
import { Memory } from "../memory.ts";
import { clockAt } from "./globals.ts";
import { type Rendered, render, templateOf } from "./render.ts";

const fixture = (name: string) => JSON.parse(readFileSync(resolve(import.meta.dirname, "../../../../test/fixtures/jinja", name), "utf8"));
const clock = clockAt(new Date(Date.UTC(2026, 2, 5, 9, 7, 2)));

function rendered(source: string, data: Readonly<Record<string, unknown>> = {}, mutable = false): Rendered {
  const budget = new Budget(DEFAULT_LIMITS);
  return render(parsed(source), data, budget, { clock, mutable });
}

function parsed(source: string): Template {
  const budget = new Budget(DEFAULT_LIMITS);
  return templateOf(source, new Memory(budget), budget);
}

interface Case {
  readonly template: string;
  readonly data: "first" | "second";
  readonly text?: string;
  readonly fails?: string;
}

describe("what Jinja2 writes", () => {
  const { cases, ...data }: { cases: readonly Case[] } & Record<Case["data"], Record<string, unknown>> = fixture("renderings.json");
  it.each(cases.map((each) => [each.template, each] as const))("%s", (_, { template, data: which, text, fails }) => {
    const ours = rendered(template, data[which]);
    expect(ours.kind === "text" ? ours.text : ours.kind).toBe(text ?? fails);
  });
});

describe.skipIf(withoutShared)("published templates (needs ../shared)", () => {
  const { shapes, templates }: { shapes: Record<string, Record<string, unknown>>; templates: Record<string, Record<string, string>> } =
    fixture("published.json");
  const folder = shared("corpus/templates/benign");
  const names = readdirSync(folder).filter((name) => name.endsWith(".jinja"));

  it("all 80 are known", () => {
    expect(names.sort()).toEqual(Object.keys(templates).sort());
  });

  it.each(names)("%s renders as by Jinja2, for 28 conversations", (name) => {
    const template = parsed(readFileSync(`${folder}/${name}`, "utf8"));
    for (const [shape, wanted] of Object.entries(templates[name] ?? {})) {
      const ours = render(template, shapes[shape] ?? {}, new Budget(DEFAULT_LIMITS), { clock });
      const said = ours.kind === "text" ? hexOf(digestOf(ours.text)).slice(0, 16) : ours.kind;
      // Python ends an endless recursion of macros with an error, too
      expect(said === "limit" ? "error" : said, shape).toBe(wanted);
    }
  });
});

describe("bounds", () => {
  it.each([
    ["{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}"],
    ["{{ ' ' * 400000000 }}"],
    ["{{ 'x'|center(999999999) }}"],
    ["{{ '%999999999d' % 1 }}"],
    ["{{ '{:999999999}'.format(1) }}"],
    ["{{ [0] * 999999999 }}"],
    ["{{ 9 ** 9 ** 9 }}"],
    ["{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"],
    ["{% set ns = namespace(s='aaaa') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}"],
    [`{% set x = 'abc' %}${"{% set x = x|replace('a', x) %}".repeat(40)}`],
  ])("ends %s", (template) => {
    expect(rendered(template).kind).toBe("limit");
  });

  it.each([
    ["{{ '%c'|format(95555555) }}", "error"],
    ["{{ '{:c}'.format(-1) }}", "error"],
    ["{{ '%c'|format(128512) }}", "😀"],
    ["{{ '%.200f'|format(1.5) }}", `1.5${"0".repeat(199)}`],
    ["{{ 3.25|round(200) }}", "3.25"],
  ])("takes numbers beyond what JavaScript formats: %s", (template, wanted) => {
    const { kind, ...rest } = rendered(template);
    expect("text" in rest ? rest.text : kind).toBe(wanted);
  });

  it("ends a list that grows while a loop runs over it, where lists may change", () => {
    const source = "{% set l = [1] %}{% for i in l %}{% set _ = l.append(1) %}{% endfor %}";
    expect(rendered(source, {}, true).kind).toBe("limit");
    expect(rendered(source, {}, false).kind).toBe("security");
  });

  it("stays deterministic and leaves the data as they were", () => {
    const data = { messages: [{ role: "user", content: "x" }] };
    rendered("{% set _ = messages.append(1) %}{% set _ = messages[0].update(a=1) %}", data, true);
    expect(data).toEqual({ messages: [{ role: "user", content: "x" }] });
  });
});

import { describe, expect, it } from "vitest";
import type { Rule } from "../finding.ts";
import { SEVERITIES } from "../finding.ts";
import onnx from "./onnx/data/operators.json" with { type: "json" };
import { actingOperators, attributesOf, byOperator, operatorNames, publishedFindings } from "./operator-table.ts";
import paddle from "./paddle/data/operators.json" with { type: "json" };
import tensorflow from "./tensorflow/data/operators.json" with { type: "json" };

const rule: Rule = { id: "some-rule", summary: "", gain: "", check: "", references: [] };
const operator = (name: string, at: number) => ({ name, count: 1, at });

describe("a table of operators", () => {
  it("gives each name what its row says", () => {
    expect(
      byOperator(
        [
          { operators: "A B", by: "x" },
          { operators: "C", by: "y" },
        ],
        ({ by }) => by,
      ),
    ).toEqual(
      new Map([
        ["A", "x"],
        ["B", "x"],
        ["C", "y"],
      ]),
    );
    expect(operatorNames([{ operators: "A B" }, { operators: "C" }])).toEqual(new Set(["A", "B", "C"]));
    expect(actingOperators([{ operators: "A", severity: "high", does: "reads" }]).get("A")).toEqual({ severity: "high", does: "reads" });
  });

  it.each([
    ["onnx", onnx.acting],
    ["paddle", paddle.acting],
    ["tensorflow", tensorflow.acting],
  ])("of %s has severities of the scale only", (_name, rows) => {
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ severity }) => !SEVERITIES.some((known) => known === severity))).toEqual([]);
  });
});

describe("findings about operators", () => {
  it("are one for each publisher, at its first operator, and none where nobody is known", () => {
    const used = new Map([
      ["Text", [operator("b", 7), operator("a", 9), operator("b", 11)]],
      [null, [operator("c", 1)]],
    ]);
    expect(publishedFindings(rule, "The graph", used, "g.pb")).toMatchObject([
      {
        rule: "some-rule",
        severity: "info",
        where: { path: "g.pb", offset: 7 },
        title: "The graph uses 2 operators of Text: a, b",
        proof: { publisher: "Text", operators: ["a", "b"] },
      },
    ]);
  });

  it("show eight attributes, cut to 200 characters", () => {
    const text = { operator: "A", name: "path", value: "x".repeat(300), at: 0 };
    expect(attributesOf(Array.from({ length: 9 }, () => text))).toEqual(Array.from({ length: 8 }, () => ({ name: "path", value: "x".repeat(200) })));
  });
});

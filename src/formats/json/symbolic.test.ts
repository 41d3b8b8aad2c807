import { expect, it } from "vitest";
import { isArithmetic } from "./symbolic.ts";

it.each([
  "Max(1, 2*s0) // 3",
  "s0 + 1 >= -u0**2",
  "Mul(Integer(2), Symbol('s0', positive=True, integer=True))",
  "Piecewise(ExprCondPair(Integer(1), Eq(Symbol('u0'), Float('0.5', precision=53))), ExprCondPair(Integer(0), true))",
  "PythonMod(s1, 8) + ModularIndexing((s0), 1, 4)",
  "OpaqueUnaryFn_sqrt(ToFloat(s7))",
  " 3 ",
  "1.5e-3*x",
  "",
])("is arithmetic: %s", (text) => expect(isArithmetic(text)).toBe(true));

it.each([
  "exec(chr(105)+chr(109))",
  "(exec)(s0)",
  "Max(1, 2)(3)",
  "sympify(s0)",
  "Max('s0', 1)",
  "Symbol('__import__(1)')",
  "Symbol(Max('s0'))",
  "Symbol(s0 + 's1')",
  "s0.__class__",
  "s0 . is_integer",
  "[exec][0]",
  "lambda: 1",
  "_x",
  "2(3)",
  "s0 s1",
  "ｅｘｅｃ(s0)",
])("is more than arithmetic: %s", (text) => expect(isArithmetic(text)).toBe(false));

it("reads long texts in linear time", () => {
  expect(isArithmetic(`${"(".repeat(150_000)}!`)).toBe(false);
  expect(isArithmetic(`${" ".repeat(300_000)}!`)).toBe(false);
  expect(isArithmetic("a.".repeat(150_000))).toBe(false);
  expect(isArithmetic(`${"1 + ".repeat(75_000)}1`)).toBe(true);
});

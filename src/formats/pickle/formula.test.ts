import { describe, expect, it } from "vitest";
import { calledIn, isArithmetic } from "./formula.ts";

describe("formulas that only compute", () => {
  it.each([
    "y ~ x",
    "Lottery ~ Literacy + Wealth + C(Region)",
    "y ~ C(region) * np.log(x1) - 1",
    "y ~ bs(x, df=4, degree=3) + Q('two words') + I(x ** 2)",
    "np.log1p(y) ~ 0 + a:b + a*b + (a + b)**2 - a:b",
    "y ~ C(origin, Treatment(reference='Japan')) + C(a, Sum) + C(b, levels=['lo', 'hi']) + C(c, contrast=Helmert)",
    "y ~ te(cr(x, df=3), cc(z, df=4, constraints='center')) + poly(x, degree=2)",
    "y ~ center(a) + standardize(b, ddof=1) + scale(c)",
    "y ~ I((a - 1.5e-3) / -b) + np.maximum(a, b)",
    "mpg ~\n  hp\n  + wt",
    "a ~ b:c | d",
    "exec ~ eval + open",
  ])("%s", (formula) => expect(isArithmetic(formula)).toBe(true));
});

describe("formulas that may run something", () => {
  it.each([
    // a name is no more than a value: what calls it is what counts
    `y ~ I((exec)("__import__('os').system('id')"))`,
    "y ~ (exec)('1')",
    "y ~ I(exec)('1')",
    "y ~ [exec][0]('1')",
    "y ~ I([exec])",
    "y ~ I((exec, x))('1')",
    "y ~ {exec}",
    "y ~ C(x, breakpoint)",
    "y ~ C(x, contrast=breakpoint)",
    "y ~ C(x, I(breakpoint))",
    "y ~ C(x, Q('breakpoint'))",
    "y ~ C(x, (breakpoint))",
    "y ~ C(x, levels=[breakpoint])",
    "y ~ eval('1')",
    "y ~ x('1')",
    "y ~ np.load('x')",
    "y ~ np.vectorize(exec)('1')",
    "y ~ np.log(x, out=y)",
    "y ~ np.log(x, extobj=[1, 2, exec])",
    "y ~ numpy.lib.npyio.load('x')",
    "y ~ os.system('id')",
    "y ~ np.log.__globals__",
    "y ~ np.log(x).tofile('x')",
    "y ~ x.tofile('x')",
    "y ~ x.T",
    "y ~ I(x).sum()",
    "y ~ x[0]",
    "y ~ I(x)[0]",
    "y ~ __import__",
    "y ~ I(lambda: exec('1'))",
    "y ~ I(lambda x: x)",
    "y ~ I(x for x in y)",
    "y ~ [c for c in b]",
    "y ~ I(f := exec) + f('1')",
    "y ~ I((f := exec))",
    "y ~ I(x if y else z)",
    "y ~ I(*x)",
    "y ~ I(**x, z=1)",
    "y ~ I(not x)",
    "y ~ f'{exit()}'",
    "y ~ I(f'{exit()}')",
    'y ~ Q("\\x5f")',
    'y ~ Q("""x""")',
    "y ~ Q('a' 'b')",
    "y ~ 'a'",
    "y ~ `exec('1')`",
    "y ~ x # more",
    "y ~ x; z",
    "y ~ \u00a0x",
    "y ~ \uff45xec('1')",
    "y ~ I(x",
    "y ~ x)",
    "y ~ I(,)",
    "y ~",
    "",
    "1x",
    `y ~ ${"(".repeat(500)}x${")".repeat(500)}`,
    `y ~ ${"I(".repeat(500)}x${")".repeat(500)}`,
  ])("%s", (formula) => expect(isArithmetic(formula)).toBe(false));
});

it("tells which names of a formula are looked up to be called, or for what they hold", () => {
  expect([...calledIn("y ~ I (x) + np.log(z) + C(w, Treatment)")]).toEqual(["I", "np", "log", "C"]);
});

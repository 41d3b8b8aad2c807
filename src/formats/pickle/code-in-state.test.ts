import { describe, expect, it } from "vitest";
import { codeInState } from "./code-in-state.ts";
import { type Dict, dict, sequence, type Value } from "./values.ts";

const NORM = "scipy.stats._continuous_distns.norm_gen";
const DATA = "statsmodels.base.data.PandasData";

function state(entries: Readonly<Record<string, Value>>): Dict {
  const made = dict();
  made.entries = Object.entries(entries).flat();
  made.length = made.entries.length / 2;
  return made;
}

/** As scipy 1.17 writes it. */
function parser(shapes: string, given: string, taken: string): string {
  return `
def _parse_args(self, ${shapes} ${given}):
    return (${shapes}), ${taken}

def _parse_args_rvs(self, ${shapes} ${given}, size=None):
    return self._argcheck_rvs(${shapes} ${taken}, size=size)

def _parse_args_stats(self, ${shapes} ${given}, moments='mv'):
    return (${shapes}), ${taken}, moments
`;
}

const CONTINUOUS = parser("", "loc=0, scale=1", "loc, scale");
const DISCRETE = parser("low, high, ", "loc=0", "loc, 1");

describe("distributions of scipy", () => {
  it.each([CONTINUOUS, parser("a, b, ", "loc=0, scale=1", "loc, scale"), DISCRETE])("lets its own argument parsers be run", (text) => {
    expect(codeInState(NORM, state({ name: "norm", _parse_arg_template: text }))).toBeNull();
  });

  it("lets the parameters of versions before 1.6 be taken over", () => {
    expect(codeInState(NORM, sequence("tuple", [state({ a: 1, b: 2, name: "norm" }), null]))).toBeNull();
  });

  it.each<readonly [string, Value]>([
    ["another text", state({ _parse_arg_template: "import os" })],
    ["a line more", state({ _parse_arg_template: `${CONTINUOUS}import os\n` })],
    ["a default that calls", state({ _parse_arg_template: CONTINUOUS.replaceAll("scale=1", "scale=exit()") })],
    ["a shape that is an expression", state({ _parse_arg_template: parser("a=exit(), ", "loc=0", "loc, 1") })],
    [
      "the second of two texts",
      { ...state({ _parse_arg_template: CONTINUOUS }), entries: ["_parse_arg_template", CONTINUOUS, "_parse_arg_template", "x"], length: 2 },
    ],
    ["a text that only begins alike", state({ _parse_arg_template: { kind: "text", size: 9000, at: -1, head: CONTINUOUS } })],
    ["a method of its own", state({ _attach_methods: null })],
    [
      "a dict of two, which Python takes for a pair",
      sequence("tuple", [state({ _parse_arg_template: 0, "import os": 0 }), sequence("tuple", ["a", "b"])]),
    ],
    ["a list of pairs", sequence("list", [sequence("tuple", ["_parse_arg_template", "import os"])])],
    ["more entries than are known", { ...state({ _parse_arg_template: CONTINUOUS }), length: 200 }],
  ])("%s is code", (_, given) => expect(codeInState(NORM, given)?.kind).toBe("code-in-state"));

  it("does not look at classes that run nothing", () => {
    expect(codeInState("scipy.stats._distn_infrastructure.rv_continuous_frozen", state({ args: sequence("tuple") }))).toBeNull();
    expect(codeInState("scipy.stats._multivariate.multivariate_normal_gen", state({}))).toBeNull();
  });
});

describe("formulas of statsmodels", () => {
  const restored = (formula: Value) => codeInState(DATA, state({ restore_model_spec: true, formula, frame: null }));

  it.each(["a ~ b + c", "y ~ C(region) * np.log(x1) - 1", "y ~ bs(x, df=4) + Q('two words') + I(x ** 2)", "a ~ b:c | d"])("evaluates %s", (formula) =>
    expect(restored(formula)).toBeNull(),
  );

  it.each<Value>([
    "a ~ __import__('os').system('true')",
    "a ~ eval('1')",
    "a ~ np.load('x')",
    "a ~ np.log.__globals__",
    "a ~ b.tofile('x')",
    "a ~ [c for c in b]",
    "a ~ f'{exit()}'",
    'a ~ Q("\\x5f")',
    null,
  ])("does not let %s pass", (formula) => expect(restored(formula)?.kind).toBe("code-in-state"));

  it("reads no formula where none is evaluated", () => expect(codeInState(DATA, state({ formula: "eval('1')" }))).toBeNull());
});

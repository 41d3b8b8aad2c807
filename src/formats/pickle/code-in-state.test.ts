import { describe, expect, it } from "vitest";
import * as subject from "./code-in-state.ts";
import { GlobalRecord } from "./global-records.ts";
import { call, type Dict, dict, opaque, sequence, type Value } from "./values.ts";

const NORM = "scipy.stats._continuous_distns.norm_gen";
const DATA = "statsmodels.base.data.PandasData";

/** What is said of the first state that an object is given. */
const codeInState = (name: string, given: Value) => subject.codeInState(name, given, {});

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

const OBJECT = call(null, sequence("tuple"));
/** What the stream makes of a class, by its name. */
function object(module: string, name: string): Value {
  return call({ kind: "global", module, name, source: null, record: new GlobalRecord(module, name, "GLOBAL", 0, 0) }, sequence("tuple"));
}
const TABLE = object("pandas.core.frame", "DataFrame");
const pairs = (...entries: Value[]): Dict => ({ ...dict(), entries, length: entries.length / 2 });
const CONTINUOUS = parser("", "loc=0, scale=1", "loc, scale");
const DISCRETE = parser("low, high, ", "loc=0", "loc, 1");

describe("distributions of scipy", () => {
  it.each([CONTINUOUS, parser("a, b, ", "loc=0, scale=1", "loc, scale"), DISCRETE])("lets its own argument parsers be run", (text) => {
    expect(codeInState(NORM, state({ name: "norm", _parse_arg_template: text }))).toBeNull();
  });

  it("lets the parameters of versions before 1.6 be taken over", () => {
    expect(codeInState(NORM, sequence("tuple", [state({ a: 1, b: 2, name: "norm" }), null]))).toBeNull();
    expect(codeInState(NORM, sequence("tuple", [state({ a: OBJECT, shapes: "low, high", seed: null, extradoc: null }), OBJECT]))).toBeNull();
  });

  it("lets numbers, texts, arrays and random states be set", () => {
    const set = {
      _random_state: OBJECT,
      a: OBJECT,
      _ctor_param: state({ a: OBJECT }),
      _histogram: sequence("tuple", [OBJECT]),
      __doc__: "norm",
      own: 1,
    };
    expect(codeInState(NORM, state({ ...set, _parse_arg_template: CONTINUOUS }))).toBeNull();
  });

  it("takes a second state for code", () => {
    const instance = {};
    expect(subject.codeInState(NORM, state({ _parse_arg_template: CONTINUOUS }), instance)).toBeNull();
    expect(subject.codeInState(NORM, state({ _parse_arg_template: CONTINUOUS }), instance)?.what).toBe(`${NORM} from a second state`);
  });

  it.each<readonly [string, Value]>([
    ["a dict", state({ _parse_arg_template: "import os" })],
    ["pairs", sequence("list", [sequence("tuple", ["_parse_arg_template", "import os"])])],
    ["a dict as a pair", sequence("tuple", [state({ _parse_arg_template: null, "import os": null }), "ab"])],
  ])("reads such a text in %s wherever it is given", (_, given) => {
    expect(codeInState("builtins.next", given)?.kind).toBe("code-in-state");
    expect(codeInState("", given)?.what).toMatch(/^an object from /);
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
    ["a method of its own", state({ _attach_methods: OBJECT, _parse_arg_template: CONTINUOUS })],
    [
      "a dict of two, which Python takes for a pair",
      sequence("tuple", [state({ _parse_arg_template: 0, "import os": 0 }), sequence("tuple", ["a", "b"])]),
    ],
    [
      "a dict of two that counts as three",
      sequence("tuple", [pairs("_parse_arg_template", null, "import os", null, "_parse_arg_template", null), "ab"]),
    ],
    ["parameters that no constructor has", sequence("tuple", [state({ a: 1, b: 2, _parse_arg_template: null }), null])],
    ["parameters with shapes that are no names", sequence("tuple", [state({ a: 1, b: 2, shapes: "x=exit()" }), null])],
    ["parameters that are objects", sequence("tuple", [state({ a: 1, b: 2, extradoc: OBJECT }), null])],
    ["parameters that are not known in full", sequence("tuple", [{ ...state({ a: 1, b: 2, name: "x" }), length: 70 }, null])],
    ["three values", sequence("tuple", [state({ a: 1, b: 2, name: "norm" }), null, null])],
    ["no text", state({ name: "norm" })],
    ["an object in the place of a method", state({ _ppf_single: OBJECT, _parse_arg_template: CONTINUOUS })],
    ["an object in the place of a number", state({ numargs: OBJECT, _parse_arg_template: CONTINUOUS })],
    ["a key that is no text of Python's own", pairs("_parse_arg_template", CONTINUOUS, OBJECT, "import os")],
    ["bytes as a key", pairs("_parse_arg_template", CONTINUOUS, { kind: "bytes", size: 1, at: -1, head: new Uint8Array(1) }, 1)],
    ["a dict that was let go", opaque("plain", "dict")],
    ["an object", OBJECT],
    ["nothing", null],
    ["a list of pairs", sequence("list", [sequence("tuple", ["_parse_arg_template", "import os"])])],
    ["more entries than are known", { ...state({ _parse_arg_template: CONTINUOUS }), length: 200 }],
  ])("%s is code", (_, given) => expect(codeInState(NORM, given)?.kind).toBe("code-in-state"));

  it("does not look at classes that run nothing", () => {
    expect(codeInState("scipy.stats._distn_infrastructure.rv_continuous_frozen", state({ args: sequence("tuple") }))).toBeNull();
    expect(codeInState("scipy.stats._multivariate.multivariate_normal_gen", state({}))).toBeNull();
  });
});

describe("objects whose methods are called while they are restored", () => {
  it.each(["_attach_methods", "_attach_argparser_methods", "_patch_step_function", "_wrap_update", "_wrap_compute"])("do not bring %s", (name) => {
    expect(codeInState("torch.optim.sgd.SGD", state({ state: null, [name]: OBJECT }))?.what).toBe(
      "torch.optim.sgd.SGD from a state that replaces its methods",
    );
  });

  it("bring what these methods work on", () => {
    expect(codeInState("torch.optim.sgd.SGD", state({ state: state({}), defaults: state({}), param_groups: sequence("list") }))).toBeNull();
    expect(codeInState("torchmetrics.aggregation.CatMetric", state({ _update_called: true, _defaults: OBJECT, value: OBJECT }))).toBeNull();
  });
});

describe("formulas of statsmodels", () => {
  const restored = (formula: Value) => codeInState(DATA, state({ restore_model_spec: true, formula, frame: TABLE }));

  it("evaluates arithmetic over a table", () => expect(restored("a ~ b + np.log(c)")).toBeNull());

  it.each<Value>(["a ~ eval('1')", null, OBJECT])("does not let %s pass", (formula) => expect(restored(formula)?.kind).toBe("code-in-state"));

  it.each<readonly [string, Readonly<Record<string, Value>>]>([
    ["a table", { frame: TABLE }],
    ["an array", { frame: object("numpy._core.multiarray", "_reconstruct") }],
    ["nothing", { frame: null }],
    ["columns by name", { frame: state({ a: OBJECT, b: OBJECT }) }],
    ["two tables", { orig_endog: TABLE, orig_exog: TABLE }],
  ])("takes names from %s", (_, given) => expect(codeInState(DATA, state({ restore_design_info: true, formula: "a ~ I(b)", ...given }))).toBeNull());

  it.each<readonly [string, Dict]>([
    ["a dict with a name that is called", state({ restore_design_info: true, formula: "a ~ I(b)", frame: state({ I: OBJECT }) })],
    ["a dict that is not known in full", state({ restore_design_info: true, formula: "a ~ b", frame: { ...state({ a: OBJECT }), length: 70 } })],
    ["an object", state({ restore_design_info: true, formula: "a ~ b", frame: object("argparse", "Namespace") })],
    ["another object whose method is called", state({ restore_design_info: true, formula: "a ~ b", orig_endog: OBJECT, orig_exog: TABLE })],
    ["nowhere", state({ restore_design_info: true, formula: "a ~ b" })],
  ])("does not take names from %s", (_, given) => expect(codeInState(DATA, given)?.what).toMatch(/no table$/));

  it("does not take a formula that stands there twice", () => {
    const given = pairs("restore_model_spec", true, "formula", "a ~ b", "frame", null, "formula", "a ~ b");
    expect(codeInState(DATA, given)?.what).toBe(`${DATA} from a state with a key twice`);
  });

  it("reads such a formula wherever it is given", () => {
    expect(codeInState("builtins.next", state({ restore_model_spec: true, formula: "a ~ exec('1')" }))?.kind).toBe("code-in-state");
  });

  it("reads no formula where none is evaluated", () => expect(codeInState(DATA, state({ formula: "eval('1')" }))).toBeNull());
});

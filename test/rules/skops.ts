import { writeZip } from "../fixtures/containers/zip-writer.ts";
import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

type Node = { readonly [key: string]: unknown };
/** A file of skops whose root is the node given. */
const skops = (root: Node | string): Files => ({
  "m.skops": writeZip([{ name: "schema.json", data: typeof root === "string" ? root : JSON.stringify({ ...root, protocol: 2 }) }]),
});
const node = (module: string, name: string, loader: string, more: Node = {}): Node => ({
  __module__: module,
  __class__: name,
  __loader__: loader,
  ...more,
});
const REGRESSION = node("sklearn.linear_model._logistic", "LogisticRegression", "ObjectNode");

export const SKOPS_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "skops-type",
    severity: "critical",
    fires: { what: "A model with the function `os.system`.", files: skops(node("os", "system", "FunctionNode")) },
    silent: { what: "A model with a class of scikit-learn.", files: skops(REGRESSION) },
  },
  {
    rule: "skops-method",
    severity: "high",
    fires: {
      what: "A model that looks up `__globals__` of an object.",
      files: skops({ ...REGRESSION, __loader__: "MethodNode", content: { func: "__globals__", obj: REGRESSION } }),
    },
    silent: { what: "A model with a class of scikit-learn.", files: skops(REGRESSION) },
  },
  {
    rule: "skops-mismatch",
    severity: "high",
    fires: {
      what: "A node that says `builtins.eval` and restores an operator.",
      files: skops(node("builtins", "eval", "OperatorFuncNode", { attrs: [] })),
    },
    silent: {
      what: "A node that says `numpy.log1p` and restores it.",
      files: skops(node("numpy", "log1p", "FunctionNode")),
    },
  },
  {
    rule: "skops-duplicate-key",
    severity: "medium",
    fires: {
      what: "A node with `__class__` twice.",
      files: skops('{"__loader__":"JsonNode","__module__":"builtins","__class__":"str","__class__":"str","content":"1","is_json":true,"protocol":2}'),
    },
    silent: { what: "A node with each key once.", files: skops(node("builtins", "str", "JsonNode", { content: "1", is_json: true })) },
  },
];

import { readFileSync } from "node:fs";
import { writeZip } from "../fixtures/containers/zip-writer.ts";
import { call, header, int, numbers, promise, symbol, text } from "../fixtures/rdata/writer.ts";
import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

const fixture = (name: string): Files => ({ "model.rds": readFileSync(new URL(`../fixtures/rdata/${name}`, import.meta.url)) });
const object = (body: Uint8Array): Files => ({ "model.rds": Buffer.concat([header(), body]) });
const linearModel = fixture("lm.rds");
const namespace = (name: string) => Buffer.concat([int(249), int(0), int(1), int(0x40009), int(name.length), Buffer.from(name)]);
const alternative = (className: string, ...parts: readonly Buffer[]) =>
  Buffer.concat([int(238), int(2), symbol(className), int(2), symbol("base"), int(254), ...parts]);

const R: readonly RuleExample[] = [
  {
    rule: "r-promise",
    severity: "high",
    fires: { what: "An R object that is an expression, which R evaluates when it is used.", files: object(promise(call(symbol("+"), numbers(1)))) },
    silent: { what: "A linear model as R writes it.", files: linearModel },
  },
  {
    rule: "r-acting-call",
    severity: "high",
    fires: { what: "A model whose formula calls `system('true')` when it predicts.", files: fixture("predvars.rds") },
    silent: { what: "A formula with a column called `system`.", files: object(call(symbol("~"), symbol("system"), symbol("x"))) },
  },
  {
    rule: "r-unknown-call",
    severity: "medium",
    fires: { what: "A model whose formula calls `frobnicate`.", files: fixture("unknown-call.rds") },
    silent: { what: "A linear model as R writes it.", files: linearModel },
  },
  {
    rule: "r-function",
    severity: "medium",
    fires: { what: "A model that carries functions by value.", files: fixture("closure.rds") },
    silent: { what: "A model that carries coefficients and its formula.", files: linearModel },
  },
  {
    rule: "r-active-binding",
    severity: "medium",
    fires: { what: "An environment with a variable that calls a function when it is read.", files: fixture("active.rds") },
    silent: { what: "An environment with a variable that has a value.", files: fixture("environment.rds") },
  },
  {
    rule: "r-package",
    severity: "high",
    fires: { what: "An object that has R load the package `../../tmp/x`.", files: object(namespace("../../tmp/x")) },
    silent: { what: "An object that refers to the package `stats`, which R brings.", files: fixture("stats-namespace.rds") },
  },
  {
    rule: "r-rebuilt-object",
    severity: "medium",
    fires: {
      what: "An object that the class `mmap_real` rebuilds from a path.",
      files: object(alternative("mmap_real", text("/etc/passwd"), int(254))),
    },
    silent: { what: "A sequence of numbers as R abbreviates it.", files: fixture("compact.rds") },
  },
  {
    rule: "r-structure",
    severity: "medium",
    fires: { what: "A number with words behind it.", files: object(Buffer.concat([numbers(1), Buffer.from("words")])) },
    silent: { what: "A number.", files: object(numbers(1)) },
  },
];

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

const SKOPS: readonly RuleExample[] = [
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

export const OTHER_LANGUAGE_EXAMPLES: readonly RuleExample[] = [...R, ...SKOPS];

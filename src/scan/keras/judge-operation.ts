import type { Severity } from "../../finding.ts";
import type { NamedText } from "../../formats/keras/facts.ts";
import { operatorNames } from "../operator-table.ts";
import graph from "../tensorflow/data/operators.json" with { type: "json" };
import table from "./data/tf-operations.json" with { type: "json" };

const ACTING_FUNCTIONS = new RegExp(`^(?:${table.actingFunctions.join("|")})(?:\\.|$)`);
const PLAIN_NAMESPACES = new RegExp(`^(?:${table.plainNamespaces.join("|")})\\.`);
const OTHER_FUNCTIONS: ReadonlySet<string> = new Set(table.otherFunctions.split(" "));
const ACTING_OPS = new RegExp(`^(?:${table.actingOps.join("|")})$`);
/** Operators of graphs that only compute. */
const ORDINARY_OPS = operatorNames(graph.ordinary);

/** What a function of TensorFlow's API (by its name below `tf.`) or an operation of its graphs does that a model does not need. */
export function judgeOperation({ key, value }: NamedText): Severity | null {
  if (key === "op") return ACTING_OPS.test(value) ? "high" : ORDINARY_OPS.has(value) ? null : "medium";
  const name = value.replace(/^(?:tf|tensorflow)\./, "").replace(/^compat\.v[12]\./, "");
  if (ACTING_FUNCTIONS.test(name) || /(?:^|\.)(?:py_func|py_function|numpy_function|load_op_library|load_library)$/.test(name)) return "high";
  if (PLAIN_NAMESPACES.test(name)) return null;
  return /^\w+$/.test(name) && !OTHER_FUNCTIONS.has(name) ? null : "medium";
}

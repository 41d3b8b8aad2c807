import { type Examined, type Examiner, type Finding, findingOf, type Severity } from "../../finding.ts";
import type { FormatId } from "../../format.ts";
import type { ExecutorchFacts } from "../../formats/executorch/facts.ts";
import { type Meaning, tamperingFindings } from "../tampering.ts";
import { EXECUTORCH_RULES as RULES } from "./rules.ts";

/** Backends whose data is a graph with weights, which their runtime interprets. */
const INTERPRETED: ReadonlySet<string> = new Set(["XnnpackBackend", "VulkanBackend", "MPSBackend", "BackendWithCompilerDemo"]);
/** Namespaces of operators that come with PyTorch, ExecuTorch and their extensions. */
const PUBLISHED =
  /^(?:aten|prim|executorch_prim|quantized_decomposed|quantized|llama|torchao|torchvision|torchaudio|cadence|cortex_m|et_copy|dim_order_ops|_et_\w+|sdpa|_c10d_functional|higher_order)(?:::|\.)/;
const STRUCTURE: Meaning = { rule: RULES.structure, severity: "medium" };
const NEWER: Meaning = { rule: RULES.structure, severity: "low" };
const MEANINGS: Readonly<Record<string, Meaning>> = { "unknown-field": NEWER, "unknown-union": NEWER };

/** A program is data for an interpreter, but for what backends were given: that is said where it is no graph. */
export function executorchExaminer(reads: FormatId): Examiner<ExecutorchFacts> {
  return {
    id: reads,
    version: 1,
    reads,
    rules: Object.values(RULES),
    examine({ facts, anomalies }, { path }): Examined {
      const seen = (rule: (typeof RULES)[keyof typeof RULES], severity: Severity, at: number, title: string, name: string): Finding =>
        findingOf(rule, { severity, where: { path, offset: at }, title, proof: { name } });
      const backends = new Map(facts.delegates.map(({ backend, at }) => [backend, at]));
      const foreign = facts.operators.filter(({ name }) => !PUBLISHED.test(name));
      return {
        findings: [
          ...tamperingFindings(anomalies, MEANINGS, STRUCTURE, path),
          ...[...backends].map(([name, at]) =>
            seen(
              RULES.delegate,
              INTERPRETED.has(name) ? "info" : "medium",
              at,
              `The backend ${name} is given ${INTERPRETED.has(name) ? "a graph" : "what was compiled for it"}`,
              name,
            ),
          ),
          ...[...new Map(foreign.map(({ name, at }) => [name, at]))]
            .slice(0, 20)
            .map(([name, at]) => seen(RULES.operator, "medium", at, `The program calls ${name}: no list knows what registers it`, name)),
        ],
        unexamined: facts.dropped > 0 ? [`${facts.dropped} more operators or delegates of the program`] : [],
      };
    },
  };
}

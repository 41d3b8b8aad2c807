import { type Finding, findingOf, type Rule } from "../../finding.ts";
import type { RecipeLine } from "../../formats/recipe/logical-lines.ts";
import { TARGET_RULES } from "../targets/rules.ts";

/** Settings of a model at the top of Triton's `ModelConfig`. https://github.com/triton-inference-server/common/blob/main/protobuf/model_config.proto */
const FIELDS: ReadonlySet<string> = new Set(
  (
    "name platform backend runtime version_policy max_batch_size input output batch_input batch_output optimization dynamic_batching sequence_batching " +
    "ensemble_scheduling instance_group default_model_filename cc_model_filenames metric_tags parameters model_warmup model_operations " +
    "model_transaction_policy model_repository_agents response_cache model_metrics"
  ).split(" "),
);
/** Backends that come with Triton and read a model as data, which is examined where it lies. */
const BACKENDS = /^(?:onnxruntime|tensorrt|pytorch|tensorflow|openvino|dali|fil|tensorrtllm|vllm|ensemble|identity|repeat|square)$/;
const FILE_FIELDS = /^(?:default_model_filename|op_library_filename|input_data_file|runtime)$/;
/** One field, wherever it stands in a line: `key: "value"`, with or without the quotes. */
const FIELD = /([A-Za-z_]\w*)\s*:\s*(?:"([^"]*)"|'([^']*)')/g;
const MAX_EACH = 50;

/** What the settings of Triton Inference Server make it run. Plain ones name a platform, shapes and instances, and nothing is said of them. */
export function tritonSettings(
  lines: readonly RecipeLine[],
  path: string,
): { readonly findings: readonly Finding[]; readonly unexamined: readonly string[] } {
  const code = lines.map(({ text, at }) => ({ text: withoutComment(text), at }));
  const unknown = topFields(code.map(({ text }) => text).join("\n")).filter((name) => !FIELDS.has(name));
  const findings = code.flatMap((line) =>
    [...line.text.matchAll(FIELD)].flatMap(([, key = "", double, single]) => judged(key, double ?? single ?? "", line, path)),
  );
  const isGraph = unknown.includes("node");
  const rest = isGraph
    ? ["a graph in text form"]
    : unknown.length === 0
      ? []
      : [`settings of Triton Inference Server with fields that it does not have: ${unknown.slice(0, 5).join(", ").slice(0, 120)}`];
  return { findings: findings.slice(0, MAX_EACH), unexamined: rest };
}

function judged(key: string, value: string, { at, text }: RecipeLine, path: string): readonly Finding[] {
  const see = (rule: Rule, title: string) =>
    findingOf(rule, {
      severity: "medium",
      where: { path, offset: at },
      title: title.slice(0, 300),
      proof: { key, value: value.slice(0, 200), line: text.slice(0, 200) },
    });
  if (key === "backend" && value === "python")
    return [see(TARGET_RULES.customCode, "backend has Triton run the model.py beside it; it is not examined yet")];
  if (key === "backend" && value !== "" && !BACKENDS.test(value))
    return [see(TARGET_RULES.customCode, `backend has Triton load a backend that it does not come with: ${JSON.stringify(value.slice(0, 120))}`)];
  if (key === "key" && value === "EXECUTION_ENV_PATH")
    return [see(TARGET_RULES.codePath, "parameters has Triton run Python from an environment that the settings name")];
  const isPath = /[/\\]|^\.\.|^~/.test(value);
  if ((FILE_FIELDS.test(key) && isPath) || key === "op_library_filename")
    return [see(TARGET_RULES.codePath, `${key} has Triton open ${JSON.stringify(value.slice(0, 160))}`)];
  return [];
}

/** Names of fields that stand in no message or list. */
function topFields(text: string): readonly string[] {
  const names = new Set<string>();
  let depth = 0;
  for (const [word] of text.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{}[\]<>]|[A-Za-z_]\w*\s*(?=[:{[<])/g)) {
    if (/^[{[<]$/.test(word)) depth++;
    else if (/^[}\]>]$/.test(word)) depth = Math.max(0, depth - 1);
    else if (depth === 0 && /^[A-Za-z_]/.test(word)) names.add(word.trim());
  }
  return [...names];
}

/** A number sign in a text is part of it. */
function withoutComment(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|#.*$/g, (_, quoted?: string) => quoted ?? "");
}

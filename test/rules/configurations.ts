import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

type Document = { readonly [key: string]: unknown } | readonly unknown[];

const json = (document: Document | string, name = "config.json"): Files => ({
  [name]: typeof document === "string" ? document : JSON.stringify(document),
});
const yaml = (text: string, name = "config.yaml"): Files => ({ [name]: `${text}\n` });
/** A configuration of transformers with more members. */
const bert = (more: Document): Files => json({ model_type: "bert", ...more });
const plainBert = bert({ hidden_size: 8 });

const CODE: readonly RuleExample[] = [
  {
    rule: "custom-code",
    severity: "medium",
    fires: { what: "A configuration that names a class in `modeling_x.py`.", files: bert({ auto_map: { AutoModel: "modeling_x.X" } }) },
    silent: { what: "A configuration that names only a type of model.", files: plainBert },
  },
  {
    rule: "remote-code",
    severity: "medium",
    fires: {
      what: "A configuration that names a class in the repository `who/what`.",
      files: bert({ auto_map: { AutoModel: "who/what--modeling_x.X" } }),
    },
    silent: { what: "A configuration that names the repository `who/what` as its base.", files: bert({ _name_or_path: "who/what" }) },
  },
  {
    rule: "code-path",
    severity: "high",
    fires: { what: "A configuration that names a class in `../../x.py`.", files: bert({ auto_map: { AutoModel: "../../x.X" } }) },
    silent: { what: "A configuration that names only a type of model.", files: plainBert },
  },
  {
    rule: "foreign-import",
    severity: "medium",
    fires: {
      what: "An adapter whose parent library is `webbrowser`.",
      files: json({ peft_type: "LORA", auto_mapping: { parent_library: "webbrowser" } }, "adapter_config.json"),
    },
    silent: {
      what: "An adapter whose parent library is a module of `transformers`.",
      files: json({ peft_type: "LORA", auto_mapping: { parent_library: "transformers.models.gpt2.modeling_gpt2" } }, "adapter_config.json"),
    },
  },
  {
    rule: "evaluated-text",
    severity: "high",
    fires: {
      what: "An exported program whose size is the expression `__import__('os')`.",
      files: json({ graph_module: { graph: { nodes: [] }, e: { expr_str: "__import__('os')" } }, schema_version: {} }, "model.json"),
    },
    silent: {
      what: "An exported program whose size is the expression `Max(1, 2*s0)`.",
      files: json({ graph_module: { graph: { nodes: [] }, e: { expr_str: "Max(1, 2*s0)" } }, schema_version: {} }, "model.json"),
    },
  },
  {
    rule: "trust-remote-code-set",
    severity: "low",
    fires: { what: "A configuration with `trust_remote_code: true`.", files: bert({ trust_remote_code: true }) },
    silent: { what: "A configuration with `trust_remote_code: false`.", files: bert({ trust_remote_code: false }) },
  },
  {
    rule: "config-target",
    severity: "critical",
    fires: { what: "A configuration of Hydra whose target is `os.system`.", files: yaml("model: {_target_: os.system, command: 'true'}") },
    silent: {
      what: "A configuration of Hydra whose target is `torch.nn.Linear`.",
      files: yaml("model: {_target_: torch.nn.Linear, in_features: 1}"),
    },
  },
  {
    rule: "config-computed-target",
    severity: "medium",
    fires: {
      what: "A configuration of Hydra whose target is a variable of the environment.",
      files: yaml("model: {_target_: '$" + "{oc.env:NAME}'}"),
    },
    silent: {
      what: "A configuration of Hydra whose target is `torch.nn.Linear`.",
      files: yaml("model: {_target_: torch.nn.Linear, in_features: 1}"),
    },
  },
  {
    rule: "config-resolver",
    severity: "medium",
    fires: { what: "A configuration that reads the variable `HF_TOKEN`.", files: yaml("token: $" + "{oc.env:HF_TOKEN}") },
    silent: { what: "A configuration that repeats a value of its own.", files: yaml("size: 1\nsame: $" + "{size}") },
  },
  {
    rule: "config-code",
    severity: "medium",
    fires: {
      what: "A data set whose download is a script in Python.",
      files: yaml("names: [a]\ntrain: x\ndownload: |\n  import os\n  os.system('true')"),
    },
    silent: { what: "A data set whose download is an address.", files: yaml("names: [a]\ntrain: x\ndownload: https://example.org/y.zip") },
  },
  {
    rule: "yaml-tag",
    severity: "critical",
    fires: { what: "A document with the tag `!!python/object/apply:os.system`.", files: yaml("a: !!python/object/apply:os.system ['true']") },
    silent: { what: "A document with the tag `!!python/tuple`.", files: yaml("a: !!python/tuple [1, 2]") },
  },
  {
    rule: "package-source",
    severity: "medium",
    fires: {
      what: "An environment with a package from a Git repository.",
      files: yaml("name: x\ndependencies: [python=3.8, {pip: [mlflow, 'git+https://example.org/y']}]", "conda.yaml"),
    },
    silent: {
      what: "An environment with packages of the usual index.",
      files: yaml("name: x\ndependencies: [python=3.8, {pip: [mlflow, 'scikit-learn>=1.2']}]", "conda.yaml"),
    },
  },
];

/** Ten words, and five lists that each repeat the one before as often as is told. */
const laughs = (width: number) =>
  [
    "a0: &a0 [x, x, x, x, x, x, x, x, x, x]",
    ...Array.from({ length: 6 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(width).fill(`*a${i}`).join(", ")}]`),
  ].join("\n");

const SHAPE: readonly RuleExample[] = [
  {
    rule: "duplicate-key",
    severity: "medium",
    fires: { what: "A configuration with two types of model.", files: json('{"model_type":"bert","model_type":"gpt2"}') },
    silent: { what: "A configuration with one type of model.", files: plainBert },
  },
  {
    rule: "json-not-strict",
    severity: "info",
    fires: { what: "A configuration with `Infinity`, as Python writes it.", files: json('{"model_type":"mamba2","time_step_limit":[0.0,Infinity]}') },
    silent: { what: "A configuration with a large number.", files: json('{"model_type":"mamba2","time_step_limit":[0.0,1e300]}') },
  },
  {
    rule: "left-out-path",
    severity: "medium",
    fires: { what: "A configuration with an adapter in `.cache/huggingface/a`.", files: bert({ adapter: ".cache/huggingface/a" }) },
    silent: { what: "A configuration with an adapter in `cache/a`.", files: bert({ adapter: "cache/a" }) },
  },
  {
    rule: "config-address",
    severity: "info",
    fires: { what: "A configuration with the path `/data/run/checkpoint-10`.", files: bert({ _name_or_path: "/data/run/checkpoint-10" }) },
    silent: { what: "A configuration with the name of a repository.", files: bert({ _name_or_path: "org/model" }) },
  },
  {
    rule: "yaml-alias-bomb",
    severity: "high",
    fires: { what: "A document whose aliases stand for thirty million words.", files: yaml(laughs(12)) },
    silent: { what: "A document whose aliases repeat a few settings.", files: yaml(laughs(2)) },
  },
  {
    rule: "yaml-cycle",
    severity: "medium",
    fires: { what: "A document with an alias inside of what it stands for.", files: yaml("a: &a {b: *a}") },
    silent: { what: "A document with an alias beside what it stands for.", files: yaml("a: &a {b: 1}\nc: *a") },
  },
];

const weight = { name: "w", shape: [2], dtype: "float32" };
/** A model of TensorFlow.js and its weights. */
const tfjs = (path: string): Files => ({
  "w.bin": Buffer.from("0000803f0000803f", "hex"),
  ...json(
    { format: "graph-model", modelTopology: { node: [{ name: "x", op: "Placeholder" }] }, weightsManifest: [{ paths: [path], weights: [weight] }] },
    "model.json",
  ),
});

const HEX = "ab".repeat(32);
const descriptor = (more: Document = {}) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar", digest: `sha256:${HEX}`, size: 3, ...more });
const manifest = (layer: Document): Files => json({ schemaVersion: 2, config: descriptor(), layers: [layer] }, "manifest.json");

const PLACES: readonly RuleExample[] = [
  {
    rule: "tfjs-weights-path",
    severity: "high",
    fires: { what: "A model of `TensorFlow.js` with weights in `../w.bin`.", files: tfjs("../w.bin") },
    silent: { what: "A model of `TensorFlow.js` with weights beside it.", files: tfjs("w.bin") },
  },
  {
    rule: "oci-path",
    severity: "high",
    fires: {
      what: "A manifest of a container image whose layer has the digest `sha256:../../../etc/passwd`.",
      files: manifest(descriptor({ digest: "sha256:../../../etc/passwd" })),
    },
    silent: { what: "A manifest of a container image whose layer has a digest.", files: manifest(descriptor()) },
  },
  {
    rule: "oci-foreign-layer",
    severity: "medium",
    fires: {
      what: "A manifest of a container image with a layer that is fetched from an address.",
      files: manifest(descriptor({ urls: ["https://example.org/l.tar"] })),
    },
    silent: { what: "A manifest of a container image with a layer of its own.", files: manifest(descriptor()) },
  },
];

export const CONFIGURATION_EXAMPLES: readonly RuleExample[] = [...CODE, ...SHAPE, ...PLACES];

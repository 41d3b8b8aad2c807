import { describe, expect, it } from "vitest";
import { examinedJson } from "../../../test/examined.ts";
import type { Json } from "../../json.ts";

const seen = async (document: Json) => (await examinedJson(document)).findings.map(({ rule, severity }) => [rule, severity]);

describe("code that a configuration names", () => {
  it.each<[string, Json, readonly (readonly string[])[]]>([
    ["a module beside it", { auto_map: { AutoModel: "modeling_x.X" } }, [["custom-code", "medium"]]],
    ["a module beside it, for a nested part", { model_type: "x", vision_config: { auto_map: { AutoModel: "m.X" } } }, [["custom-code", "medium"]]],
    ["another repository", { auto_map: { AutoModel: "who/what--modeling_x.X" } }, [["remote-code", "medium"]]],
    ["a path upwards", { auto_map: { AutoModel: "../../x.X" } }, [["code-path", "high"]]],
    ["a path upwards as a repository", { auto_map: { AutoModel: "../x--m.X" } }, [["code-path", "high"]]],
    ["an encoded path upwards", { auto_map: { AutoModel: "%2e%2e/x--m.X" } }, [["code-path", "high"]]],
    [
      "an absolute path",
      { auto_map: { AutoModel: "/srv/x.X" } },
      [
        ["code-path", "high"],
        ["config-address", "info"],
      ],
    ],
    ["a Windows path", { auto_map: { AutoModel: "a\\b.X" } }, [["code-path", "high"]]],
    [
      "an address",
      { auto_map: { AutoModel: "https://x/y.X" } },
      [
        ["code-path", "high"],
        ["config-address", "info"],
      ],
    ],
    ["a folder", { auto_map: { AutoModel: "sub/m.X" } }, [["code-path", "high"]]],
    ["nothing, for a slow tokenizer", { auto_map: { AutoTokenizer: [null, "t.X"] } }, [["custom-code", "medium"]]],
    ["a custom pipeline", { model_type: "x", custom_pipelines: { p: { impl: "pipe.P" } } }, [["custom-code", "medium"]]],
    ["a foreign parent library", { peft_type: "LORA", auto_mapping: { parent_library: "webbrowser" } }, [["foreign-import", "medium"]]],
    ["a lookalike of a library", { peft_type: "LORA", auto_mapping: { parent_library: "transformers_x.y" } }, [["foreign-import", "medium"]]],
    ["a foreign megatron", { peft_type: "LORA", megatron_core: "idlelib.run" }, [["foreign-import", "medium"]]],
    ["a foreign sentence-transformers module", [{ idx: 0, name: "0", path: "", type: "shutil.X" }], [["foreign-import", "medium"]]],
    ["a foreign activation", { in_features: 1, out_features: 1, activation_function: "os.system" }, [["foreign-import", "medium"]]],
    ["a foreign component", { _class_name: "XPipeline", unet: ["my_unet", "Net"] }, [["foreign-import", "medium"]]],
    ["a pipeline in a module", { _class_name: ["my_pipe", "P"] }, [["custom-code", "medium"]]],
    ["an attention kernel of a repository", { model_type: "x", attn_implementation: "who/kernel" }, [["remote-code", "medium"]]],
    [
      "a call in an exported program",
      { graph_module: { graph: { nodes: [{ target: "torch.hub.load" }] } }, schema_version: {} },
      [["foreign-import", "medium"]],
    ],
    [
      "an expression in an exported program",
      { graph_module: { e: { expr_str: "__import__('os')" } }, schema_version: {}, guards_code: ["f()"] },
      [
        ["evaluated-text", "high"],
        ["evaluated-text", "medium"],
      ],
    ],
    ["#106 a Hydra target that is a gadget", { model_type: "x", a: { _target_: "os.system" } }, [["config-target", "critical"]]],
    ["#106 a Hydra target that no list knows", { model_type: "x", a: { _target_: "my.Net" } }, [["config-target", "medium"]]],
  ])("is seen: %s", async (_name, document, findings) => {
    expect(await seen(document)).toEqual(findings);
  });

  it.each<[string, Json]>([
    ["transformers", { peft_type: "LORA", auto_mapping: { parent_library: "transformers.models.gpt2.modeling_gpt2", base_model_class: "X" } }],
    ["no library", { peft_type: "LORA", auto_mapping: { parent_library: null }, megatron_core: "megatron.core" }],
    ["sentence-transformers", [{ idx: 1, name: "1", path: "1_Pooling", type: "sentence_transformers.models.Pooling" }]],
    ["torch", { in_features: 1, out_features: 1, activation_function: "torch.nn.modules.activation.Tanh" }],
    [
      "diffusers",
      {
        _class_name: "StableDiffusionPipeline",
        _diffusers_version: "1",
        unet: ["diffusers", "U"],
        safety_checker: ["stable_diffusion", "S"],
        x: [null, null],
      },
    ],
    [
      "torch.export",
      {
        graph_module: {
          graph: { nodes: [{ target: "torch.ops.aten.linear.default" }, { target: "_operator.add" }, { target: "torch.sym_float" }] },
          e: { expr_str: "Max(1, 2*s0) // 3" },
        },
        schema_version: {},
        guards_code: [],
      },
    ],
    ["#106 a Hydra target of torch", { model_type: "x", a: { _target_: "torch.nn.Linear" } }],
    ["attention by name", { model_type: "x", _attn_implementation: "flash_attention_2" }],
  ])("is no finding where the framework names its own: %s", async (_name, document) => {
    const examined = await examinedJson(document);
    expect([examined.findings, examined.unexamined]).toEqual([[], []]);
  });

  it("refers to the file once, and to the base model", async () => {
    const { references } = await examinedJson({ auto_map: { AutoConfig: "m.C", AutoModel: "m.X" }, _name_or_path: "who/base" });
    expect(references).toEqual([
      { kind: "code", target: "m.py" },
      { kind: "base-model", target: "who/base" },
    ]);
  });
});

describe("the document itself", () => {
  it.each<[string, Json, readonly (readonly string[])[]]>([
    ["different values of one key", '{"model_type":"a","model_type":"b"}', [["duplicate-key", "medium"]]],
    ["the same value twice", '{"model_type":"a","model_type":"a"}', [["duplicate-key", "info"]]],
    ["bytes after it", '{"model_type":"a"} x', [["appended-data", "medium"]]],
    ["Infinity, which Python writes", '{"model_type":"mamba2","time_step_limit":[0.0,Infinity]}', [["json-not-strict", "info"]]],
    ["an address", { model_type: "x", home: "https://example.com" }, [["config-address", "info"]]],
    ["an absolute path", { _name_or_path: "/data/run/checkpoint-10" }, [["config-address", "info"]]],
    [
      "a module in a folder that is not examined",
      [{ idx: 0, name: "0", path: ".git", type: "sentence_transformers.X" }],
      [["left-out-path", "medium"]],
    ],
    ["a component in such a folder", { _class_name: "XPipeline", ".git": ["diffusers", "UNet2DModel"] }, [["left-out-path", "medium"]]],
    ["a path that comes back to it", { model_type: "x", adapter: "sub/../.cache/huggingface/a" }, [["left-out-path", "medium"]]],
    ["no token of that text", { added_tokens: [{ content: ".git" }], model: { vocab: [[".git/", -1]], merges: [".git /"] } }, []],
    ["no address of a repository", { model_type: "x", home: "git@example.com:x/y.git" }, []],
    ["remote code switched on", { max_seq_length: 8, model_args: { trust_remote_code: true } }, [["trust-remote-code-set", "low"]]],
  ])("shows %s", async (_name, document, findings) => {
    expect(await seen(document)).toEqual(findings);
  });

  it.each<[Json, string]>([
    [{ nbformat: 4, cells: [{ cell_type: "code", source: "1" }] }, "1 cell of code"],
    [{ weight_map: [] }, "shard index"],
    [{ chat_template: Array.from({ length: 51 }, () => "x") }, "1 more"],
  ])("says that %j is not examined", async (document, why) => {
    const { unexamined } = await examinedJson(document);
    expect(unexamined).toHaveLength(1);
    expect(unexamined?.[0]).toContain(why);
  });

  it.each<Json>([{ name: "x", scripts: {} }, { accuracy: 0.93, epoch: 3 }, [{ text: "a", label: 1 }], { "0": "cat", "1": "dog" }])(
    "has nothing to say of %j, which names nothing that a loader acts on",
    async (document) => {
      expect(await examinedJson(document)).toMatchObject({ findings: [], unexamined: [] });
    },
  );

  it("judges what jsonpickle imports and calls", async () => {
    expect(await seen({ "py/object": "collections.OrderedDict" })).toEqual([]);
    expect(await seen({ a: { "py/reduce": [{ "py/function": "os.system" }, { "py/tuple": ["id"] }] } })).toEqual([["config-target", "high"]]);
  });

  it("leaves broken documents to the walker, which says so", async () => {
    expect(await examinedJson("{")).toMatchObject({ findings: [], unexamined: [] });
  });
});

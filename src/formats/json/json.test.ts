import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import type { Json } from "../../json.ts";
import { Budget, DEFAULT_LIMITS, type Limits } from "../../limits.ts";
import { jsonDetector } from "./detect.ts";
import { type JsonVisitor, pointerOf, type Scalar, visitJson } from "./events.ts";
import { jsonFormat } from "./format.ts";

const budget = (limits: Partial<Limits> = {}) => new Budget({ ...DEFAULT_LIMITS, ...limits });
const parse = (value: Json | Uint8Array, limits: Partial<Limits> = {}) =>
  jsonFormat.parse(
    bytesOf(value instanceof Uint8Array ? value : Buffer.from(typeof value === "string" ? value : JSON.stringify(value))),
    budget(limits),
  );
const facts = async (value: Json) => (await parse(value)).facts;

function detect(text: string | Uint8Array, headBytes = 4096) {
  const all = Buffer.from(text);
  return jsonDetector.detect({ head: all.subarray(0, headBytes), tail: all, size: all.length, at: async (o, n) => all.subarray(o, o + n) });
}

describe("the shape of a document", () => {
  it.each<[string, Json, string | null]>([
    ["config.json", { architectures: ["LlamaForCausalLM"], hidden_size: 16, model_type: "llama" }, "model-config"],
    ["a composite config", { text_config: {}, vision_config: {}, transformers_version: "5" }, "model-config"],
    ["generation_config.json", { bos_token_id: 1, eos_token_id: [2, 3] }, "generation-config"],
    ["generation_config.json with a version", { temperature: 0.6, do_sample: true }, "generation-config"],
    ["tokenizer.json", { version: "1.0", truncation: null, model: { type: "BPE", vocab: {}, merges: [] } }, "tokenizer"],
    ["tokenizer_config.json", { tokenizer_class: "PreTrainedTokenizerFast", bos_token: "<s>" }, "tokenizer-config"],
    ["special_tokens_map.json", { bos_token: "<s>", pad_token: { content: "<pad>" } }, "special-tokens-map"],
    ["added_tokens.json", { "<image>": 32000 }, "numbers"],
    ["vocab.json", { a: 0, b: 1 }, "numbers"],
    ["vocab.json with one text in it", { a: 0, b: "1" }, null],
    ["adapter_config.json", { peft_type: "LORA", r: 4 }, "adapter-config"],
    ["preprocessor_config.json", { crop_size: 224, image_mean: [0.5] }, "processor-config"],
    ["processor_config.json", { processor_class: "LlavaProcessor" }, "processor-config"],
    ["modules.json", [{ idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" }], "sentence-transformers-modules"],
    ["config_sentence_transformers.json", { __version__: { pytorch: "2" }, prompts: {} }, "sentence-transformers-config"],
    ["sentence_bert_config.json", { max_seq_length: 128 }, "sentence-transformers-config"],
    ["1_Pooling/config.json", { word_embedding_dimension: 384, pooling_mode_mean_tokens: true }, "sentence-transformers-config"],
    [
      "model_index.json",
      { _class_name: "StableDiffusionPipeline", _diffusers_version: "0.30", unet: ["diffusers", "UNet2DConditionModel"] },
      "diffusers-config",
    ],
    ["trainer_state.json", { global_step: 3, log_history: [] }, "trainer-state"],
    ["all_results.json", { epoch: 3, train_loss: 0.1 }, "numbers"],
    ["quantize_config.json", { bits: 4, group_size: 128, desc_act: false }, "quantization-config"],
    ["hf_quant_config.json", { producer: { name: "modelopt" }, quantization: { quant_algo: "FP8" } }, "quantization-config"],
    ["chat_template.json", { chat_template: "{{ x }}" }, "tokenizer-config"],
    ["an XGBoost booster", { version: [2, 0, 3], learner: { attributes: {} } }, "xgboost"],
    ["labels", { "0": "cat", "1": "dog" }, "labels"],
    ["a vocabulary as a list", ["<s>", "a"], "string-list"],
    ["params.json", { dim: 4096, n_layers: 32, n_heads: 32 }, "original-params"],
    ["weights of torch.export", { config: { w: { path_name: "weight_0", use_pickle: false } } }, "exported-weights"],
    ["no constants of torch.export", { config: {} }, "exported-weights"],
    ["another config", { config: { command: "sh" } }, null],
    ["a program of torch.export", { graph_module: {}, schema_version: {} }, "exported-program"],
    ["nothing at all", {}, "empty"],
    ["a notebook", { nbformat: 4, cells: [] }, "notebook"],
    ["package.json", { name: "x", scripts: { preinstall: "node x.js" } }, null],
    ["an MCP configuration", { mcpServers: { x: { command: "sh" } } }, null],
    ["a bare number", "3", null],
  ])("knows %s", async (_name, value, shape) => {
    expect((await facts(value)).shape).toBe(shape);
  });

  it("tells JSON lines from bytes after a document", async () => {
    expect(await facts('{"a":1}\n{"a":2}\n')).toMatchObject({ shape: "json-lines", trailing: null });
    expect(await facts('{"model_type":"x"} {"a":2}')).toMatchObject({ shape: "model-config", trailing: { at: 19, size: 7 } });
    expect(await facts('{"model_type":"x"}\n\0PK')).toMatchObject({ shape: "model-config", trailing: { at: 19, size: 3 } });
    expect(await facts('{"model_type":"x"}\n \n')).toMatchObject({ shape: "model-config", trailing: null });
  });
});

describe("what a document names", () => {
  it("finds auto_map at any depth, in lists too, with its pointer and offset", async () => {
    const { code } = await facts(
      '{"auto_map":{"AutoModel":"m.X","AutoTokenizer":["t.A",null]},"vision_config":{"auto_map":{"AutoConfig":"o/r--c.Y"}}}',
    );
    expect(code).toEqual([
      { key: "auto_map", pointer: "/auto_map/AutoModel", value: "m.X", at: 25 },
      { key: "auto_map", pointer: "/auto_map/AutoTokenizer/0", value: "t.A", at: 48 },
      { key: "auto_map", pointer: "/vision_config/auto_map/AutoConfig", value: "o/r--c.Y", at: 103 },
    ]);
  });

  it.each<[string, Json, readonly [string, string][]]>([
    ["a custom pipeline", { custom_pipelines: { x: { impl: "p.Pipe", pt: ["AutoModel"], type: "text" } } }, [["custom_pipelines", "p.Pipe"]]],
    ["a parent library", { peft_type: "LORA", auto_mapping: { parent_library: "os", base_model_class: "X" } }, [["parent_library", "os"]]],
    ["an attention kernel on the hub", { model_type: "x", _attn_implementation: "who/kernel" }, [["attention_kernel", "who/kernel"]]],
    ["an attention kernel by name", { model_type: "x", _attn_implementation: "sdpa" }, []],
    [
      "an activation by dotted name",
      { in_features: 1, out_features: 1, activation_function: "torch.nn.Tanh" },
      [["activation_function", "torch.nn.Tanh"]],
    ],
    ["an activation by word", { model_type: "gpt2", activation_function: "gelu_new" }, []],
    ["diffusers components", { _class_name: "P", unet: ["diffusers", "U"], x: [null, null] }, [["component", "diffusers"]]],
    ["a component under a late class name", { x: ["os", "System"], _class_name: "P" }, [["component", "os"]]],
    ["a component in capitals", { _class_name: "APipeline", x: ["PIL", "Image"] }, [["component", "PIL"]]],
    [
      "block types of a model",
      { _class_name: "UNet2DConditionModel", down_block_types: ["DownBlock2D", "AttnDownBlock2D"], _use_default_values: ["a", "B"] },
      [],
    ],
    ["pairs in another document", { model_type: "x", y: ["os", "System"] }, []],
    ["a pipeline class in a module", { _class_name: ["my_pipe", "P"] }, [["pipeline_class", "my_pipe"]]],
    ["a list of two words elsewhere", { model_type: "x", layers: ["q", "v"] }, []],
    ["a Hydra target", { model: { _target_: "os.system" } }, [["_target_", "os.system"]]],
  ])("finds %s", async (_name, value, names) => {
    expect((await facts(value)).code.map(({ key, value }) => [key, value])).toEqual(names);
  });

  it("finds URLs, absolute paths, base models and the switch for remote code", async () => {
    const found = await facts({
      model_type: "x",
      _name_or_path: "/home/a/checkpoint-3",
      u: "https://example.com/x",
      w: "C:\\models\\x",
      division: "a / b",
      slash: "/",
      model_args: { trust_remote_code: true },
      other: { trust_remote_code: false },
    });
    expect(found.urls.map(({ value }) => value)).toEqual(["https://example.com/x"]);
    expect(found.absolutePaths.map(({ pointer }) => pointer)).toEqual(["/_name_or_path", "/w"]);
    expect(found.baseModels).toEqual(["/home/a/checkpoint-3"]);
    expect(found.trustRemoteCode.map(({ pointer }) => pointer)).toEqual(["/model_args/trust_remote_code"]);
  });

  it("hands out chat templates as templates, named by where they stand", async () => {
    const one = await facts({ tokenizer_class: "X", chat_template: "{{ a }}" });
    expect(jsonFormat.children?.(one)).toEqual([
      { name: "chat_template", region: { in: "memory", bytes: Buffer.from("{{ a }}") }, treatment: "examine", as: "jinja" },
    ]);
    const list = await facts({
      chat_template: [
        { name: "default", template: "A" },
        { template: "B", name: "tool" },
      ],
    });
    expect(list.templates.map(({ name, text }) => [name, String(text)])).toEqual([
      ["chat_template.0.template", "A"],
      ["chat_template.1.template", "B"],
    ]);
    const map = await facts({ chat_template: { rag: "C", name: "D" } });
    expect(map.templates.map(({ name }) => name)).toEqual(["chat_template.rag", "chat_template.name"]);
    const plural = await facts({ chat_templates: { a: "E" }, default_chat_template: "F", additional_chat_templates: [{ name: "x", template: "G" }] });
    expect(plural.templates.map(({ name }) => name)).toEqual(["chat_templates.a", "default_chat_template", "additional_chat_templates.0.template"]);
    expect((await facts({ chatTemplate: "H", chat_template_name: "I" })).templates.map(({ name }) => name)).toEqual(["chatTemplate"]);
  });

  it("counts what it does not keep", async () => {
    const many = await facts({ model_type: "x", chat_template: Array.from({ length: 60 }, (_, i) => `{{ ${i} }}`) });
    expect(many).toMatchObject({ dropped: 10, templates: { length: 50 } });
  });

  it("tells a duplicate key with the same value from one with another", async () => {
    expect((await facts('{"model_type":"a","model_type":"a","b":{"c":[1],"c":[2]}}')).duplicates).toEqual([
      { pointer: "/model_type", at: 18, same: true },
      { pointer: "/b/c", at: 48, same: false },
    ]);
  });
});

describe("bounds", () => {
  it("reads a vocabulary of 300,000 tokens within the memory of its keys", async () => {
    const text = Buffer.from(
      `{"version":"1.0","model":{"vocab":{${Array.from({ length: 300_000 }, (_, i) => `"t${i}":${i}`).join(",")}},"merges":[${'["a","b"],'.repeat(100_000)}["c","d"]]},"decoder":null}`,
    );
    const within = budget();
    const parsed = await jsonFormat.parse(bytesOf(text), within);
    expect(parsed).toMatchObject({ kind: "parsed", facts: { shape: "tokenizer", duplicates: [] } });
    expect(within.limits.maxSteps - within.stepsLeft).toBeLessThan(3_000_000);
    within.hold(DEFAULT_LIMITS.maxMemoryBytes);
  });

  it("keeps what stood before a break", async () => {
    expect(await parse('{"model_type":"x","auto_map":{"AutoModel":"m.X"')).toMatchObject({
      kind: "broken",
      facts: { shape: "model-config", code: [{ value: "m.X" }] },
    });
  });

  it("names the bound that was reached", async () => {
    expect(await parse(`${"[".repeat(600)}`)).toMatchObject({ kind: "limit", why: "nested deeper than 512" });
    expect(await parse(`[${"0,".repeat(1000)}0]`, { maxSteps: 100 })).toMatchObject({ kind: "limit", why: "maxSteps of 100 reached" });
    expect(await parse({ a: "xxxxxxxxxxx" }, { maxHeaderBytes: 10 })).toMatchObject({ kind: "limit" });
  });
});

describe("jsonDetector", () => {
  it.each([
    ['{"a": 1}', "yes"],
    ["\ufeff {}", "yes"],
    ['{"model_type": "llama",', "yes"],
    ['{"a": 1, // no comment', "yes"],
    ["[1, 2", "yes"],
    ['["a', "yes"],
    ['{"a":1}\n{"a":2}', "yes"],
    ["[1] A footnote", "no"],
    ["[![badge](https://x/y.svg)](https://x)", "no"],
    ["[link](x)", "no"],
    ["{% if x %}", "no"],
    ["{{ bos_token }}", "no"],
    ["{'a': 1}", "no"],
    ["{} and more", "no"],
    ["plain", "no"],
    ["", "no"],
    ["123", "no"],
  ])("answers %j with %s", async (text, answer) => {
    expect(await detect(text)).toBe(answer);
  });

  it("takes a head that ends anywhere in a document", async () => {
    const text = '[{"a": [1.5e3, true, "x\\u00e9"], "b": null}, -7, ["q"]]';
    for (let cut = 1; cut <= text.length; cut++) expect([cut, await detect(text, cut)]).toEqual([cut, "yes"]);
  });
});

/** What `visitJson` should tell, by way of JSON.parse. */
function expected(value: unknown, path: (string | number)[] = []): [string, Scalar][] {
  if (value === null || typeof value !== "object") return [[pointerOf(path), value as Scalar]];
  return Object.entries(value).flatMap(([key, item]) => expected(item, [...path, Array.isArray(value) ? Number(key) : key]));
}

test.prop([fc.jsonValue()])("tells of the same values as JSON.parse", (value) => {
  const text = JSON.stringify(value);
  const seen: [string, Scalar][] = [];
  const visitor: JsonVisitor = { enter() {}, scalar: (scalar, path) => seen.push([pointerOf(path), scalar]) };
  const end = visitJson(Buffer.from(text), budget(), visitor);
  expect(end).toMatchObject({ kind: "parsed", endsAt: Buffer.byteLength(text), duplicates: [] });
  expect(new Map(seen)).toEqual(new Map(expected(JSON.parse(text))));
});

formatContract(jsonFormat, [
  Buffer.from('{"model_type":"x","auto_map":{"AutoModel":"m.X"},"auto_map":{}}'),
  Buffer.from('{"chat_template":[{"name":"a","template":"b"}]} tail'),
  Buffer.from('[{"idx":0,"type":"a.B"},[1.5,null,true]]\n{"x":1}'),
]);

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { shared, withoutShared } from "../../../test/shared.ts";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "../../../test/fixtures/inert", name));

/** Rule and severity of everything that is seen in one file. */
async function seen(name: string, content: string | Uint8Array): Promise<readonly string[]> {
  const report = await walkFile(name, bytesOf(Buffer.from(content)), DEFAULT_LIMITS, () => {});
  return report.findings.map(({ rule, severity }) => `${severity} ${rule}`);
}

const json = (value: unknown) => JSON.stringify(value, null, 2);
const TEMPLATE = "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] }}{% endfor %}";
const SENTENCEPIECE = Buffer.from("0a0e0a053c756e6b3e150000000018020a0c0a0561626364651500004040", "hex");

/** The kinds of files that an instruct model is published with. */
const PUBLISHED: Readonly<Record<string, string | Uint8Array>> = {
  ".gitattributes": "*.safetensors filter=lfs diff=lfs merge=lfs -text\n",
  "README.md": '---\nlicense: apache-2.0\n---\n[![badge](https://x/y.svg)](https://x)\n```python\nimport os; os.system("ls")\n```\n',
  LICENSE: "Apache License\nVersion 2.0\n",
  "USE_POLICY.md": "# Use policy\n",
  "Notice.txt": "Built with\n",
  "config.json": json({ architectures: ["LlamaForCausalLM"], model_type: "llama", rope_scaling: { factor: 8.0 } }),
  "generation_config.json": json({ bos_token_id: 1, do_sample: true, eos_token_id: [2, 3], temperature: 0.6, transformers_version: "5.0.0" }),
  "tokenizer.json": json({
    version: "1.0",
    added_tokens: [{ id: 0, content: "<s>" }],
    model: { type: "BPE", vocab: { "<s>": 0 }, merges: [["a", "b"]] },
  }),
  "tokenizer_config.json": json({ tokenizer_class: "PreTrainedTokenizerFast", chat_template: TEMPLATE }),
  "chat_template.jinja": TEMPLATE,
  "special_tokens_map.json": json({ bos_token: { content: "<s>", lstrip: false } }),
  "added_tokens.json": json({ "<|im_end|>": 5 }),
  "vocab.json": json({ a: 0, "http://": 1, "eval(": 2 }),
  "merges.txt": "#version: 0.2\nĠ t\nh e\n",
  "vocab.txt": "[PAD]\n[UNK]\n#!\n##a\n",
  "tokenizer.model": SENTENCEPIECE,
  "original/tokenizer.model": "IQ== 0\nIg== 1\n",
  "original/params.json": json({ dim: 4096, n_layers: 32 }),
  "preprocessor_config.json": json({ image_mean: [0.5], image_processor_type: "X" }),
  "adapter_config.json": json({ peft_type: "LORA", auto_mapping: null, base_model_name_or_path: "who/base" }),
  "1_Pooling/config.json": json({ word_embedding_dimension: 384, pooling_mode_mean_tokens: true }),
  "2_Normalize/config.json": "{}",
  "trainer_state.json": json({ epoch: 1, log_history: [{ loss: 1 }] }),
  "all_results.json": json({ epoch: 1, train_loss: 0.5 }),
  "mamba/config.json": fixture("config.json.fixture"),
  "assets/square.png": fixture("square.png"),
  "lightgbm/model.txt": "tree\nversion=v4\nTree=0\nleaf_value=1\n\nend of trees\n",
  "xgboost/model.json": json({ learner: { gradient_booster: {} }, version: [2, 0, 3] }),
  SHA256SUMS: `${"0a".repeat(32)}  config.json\n`,
};

describe("a model repository as published", () => {
  it.each(Object.entries(PUBLISHED))("has nothing above info in %s", async (name, content) => {
    expect((await seen(name, content)).filter((finding) => !finding.startsWith("info"))).toEqual([]);
  });
});

describe("what is not as published", () => {
  it.each<[string, string | Uint8Array, readonly string[]]>([
    ["config.json", '{"model_type": "llama",', ["medium malformed"]],
    ["config.json", "model_type = llama\n", ["medium extension-mismatch", "medium not-examined"]],
    ["README.md", "#!/bin/sh\ntrue\n", ["medium not-examined"]],
    ["model.safetensors", "#!/bin/sh\ntrue\n", ["medium extension-mismatch", "high executable-disguised"]],
    ["README.md", Buffer.from("caf\xe9\n", "latin1"), ["medium not-examined"]],
    ["setup.py", "import os\n", ["medium not-examined"]],
    [
      "logo.png",
      Buffer.concat([fixture("square.png"), Buffer.from("#!/usr/bin/env python3\nprint()\n")]),
      ["medium appended-data", "high hidden-content"],
    ],
    ["index.xml", "<project/>", ["medium not-examined"]],
    ["module.pyc", fixture("module.pyc"), ["medium not-examined"]],
    ["table.sqlite", fixture("table.sqlite"), ["medium not-examined"]],
    ["tone.wav", fixture("tone.wav"), []],
    ["tokenizer_config.json", json({ tokenizer_class: "X", chat_template: "{{ x.__class__ }}" }), ["high template-code-execution"]],
  ])("%s shows it", async (name, content, findings) => {
    expect(await seen(name, content)).toEqual(findings);
  });
});

describe.skipIf(withoutShared)("real repositories (needs ../shared)", () => {
  it.each([
    ["corpus/scan/benign/repos/tiny-llama/config.json", []],
    ["corpus/scan/benign/repos/tiny-llama/tokenizer.json", []],
    ["corpus/scan/benign/repos/tiny-llama/tokenizer_config.json", []],
    ["corpus/scan/benign/repos/tiny-llama/README.md", []],
    ["corpus/scan/benign/repos/lora-gpt2/adapter_config.json", []],
    ["corpus/scan/benign/repos/lora-gpt2/README.md", []],
    ["corpus/scan/benign/repos/custom-code/config.json", ["medium custom-code", "medium custom-code"]],
    ["corpus/scan/benign/misc/lgb.txt", []],
    ["corpus/scan/benign/misc/xgb.json", []],
    ["corpus/scan/malformed/badconfig/config.json", ["medium malformed"]],
    ["corpus/scan/malicious/repo/remote_map/config.json", ["medium remote-code"]],
    ["corpus/scan/malicious/repo/tokenizer_map/tokenizer_config.json", ["medium custom-code"]],
    ["corpus/scan/malicious/repo/elf/pytorch_model.bin", ["medium extension-mismatch", "high executable-disguised"]],
    ["corpus/scan/malicious/repo/pe/tokenizer.model", ["medium extension-mismatch", "high executable-disguised"]],
    ["corpus/scan/malicious/repo/shell/model.safetensors", ["medium extension-mismatch", "high executable-disguised"]],
    ["corpus/scan/malicious/repo/reqs/requirements.txt", ["medium package-source", "medium package-lookalike", "medium package-source"]],
    ["corpus/scan/malicious/repo/nb/demo.ipynb", ["medium notebook-command", "medium not-examined"]],
    ["models/tiny-llama/tokenizer.json", []],
    ["models/tiny-llama-lora-adapter/adapter_config.json", []],
    ["models/derivatives/alder/base/tokenizer.json", []],
  ])("%s", async (path, findings) => {
    expect(await seen(path.slice(path.lastIndexOf("/") + 1), readFileSync(shared(path)))).toEqual(findings);
  });
});

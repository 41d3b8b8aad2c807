import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeSafetensors } from "./models.ts";

const shardOf = (i: number) => `model-${String(i).padStart(5, "0")}-of-00012.safetensors`;
const template = "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}{% endfor %}";

/** Writes a repository of 50 files as people publish them: weights in shards, a tokenizer of 130,000 words, settings, a card, pages, tables, older pickles. */
export function writeRepository(folder: string): void {
  const put = (name: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  const words = Object.fromEntries(Array.from({ length: 130_000 }, (_, i) => [`word${i}`, i]));
  mkdirSync(folder, { recursive: true });
  for (let i = 1; i <= 12; i++) writeSafetensors(join(folder, shardOf(i)), 5e6);
  put("model.safetensors.index.json", JSON.stringify({ metadata: {}, weight_map: { weight: shardOf(1) } }));
  put("tokenizer.json", JSON.stringify({ version: "1.0", added_tokens: [], model: { type: "BPE", vocab: words, merges: [] } }));
  put("tokenizer_config.json", JSON.stringify({ tokenizer_class: "PreTrainedTokenizerFast", chat_template: template }));
  put("config.json", JSON.stringify({ architectures: ["LlamaForCausalLM"], model_type: "llama", hidden_size: 64, vocab_size: 130_000 }));
  put("generation_config.json", JSON.stringify({ bos_token_id: 1, eos_token_id: 2, transformers_version: "4.44.0" }));
  put("special_tokens_map.json", JSON.stringify({ bos_token: "<s>", eos_token: "</s>" }));
  put("chat_template.jinja", template);
  put("README.md", `---\nlicense: mit\n---\n${"# A model\n\nWhat it is for, and what it is not.\n".repeat(200)}`);
  put("LICENSE", "MIT License\n\nCopyright (c) the authors\n");
  put("requirements.txt", "torch==2.4.0\ntransformers==4.44.0\n");
  for (let i = 0; i < 10; i++) put(`onnx_config/part-${i}.yaml`, `name: part-${i}\nsize: ${i}\n`);
  for (let i = 0; i < 6; i++) put(`data/table-${i}.csv`, "id,text\n1,one\n2,two\n".repeat(2000));
  for (let i = 0; i < 6; i++)
    put(`optimizer/state-${i}.pkl`, Buffer.from(`\x80\x02}q\x00X\x04\x00\x00\x00stepq\x01K${String.fromCharCode(i)}s.`, "latin1"));
  for (let i = 0; i < 6; i++) put(`docs/page-${i}.md`, "# A page\n\nWhat is measured, and how.\n".repeat(100));
}

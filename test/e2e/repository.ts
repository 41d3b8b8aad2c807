import { cpSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { digestOf, hexOf } from "../../src/digest.ts";

const FIXTURES = resolve(import.meta.dirname, "../fixtures");

/** An instruct model as hubs publish them: sharded safetensors with an index, and one of every inert kind. */
export function publishedModel(root: string): string {
  const shards = {
    "model-00001-of-00002.safetensors": ["model.embed_tokens.weight"],
    "model-00002-of-00002.safetensors": ["model.norm.weight", "lm_head.weight"],
  };
  const files: Record<string, string | Uint8Array> = {
    "README.md": "---\nlicense: apache-2.0\n---\n# Tiny\n\nRun it with `os.system` in mind: eval(model) is not eval().\n",
    LICENSE: "Apache License\nVersion 2.0\n",
    NOTICE: "Copyright the authors\n",
    "USE_POLICY.md": "Be kind.\n",
    ".gitattributes": "*.safetensors filter=lfs diff=lfs merge=lfs -text\n",
    "config.json": json({
      architectures: ["LlamaForCausalLM"],
      model_type: "llama",
      hidden_size: 4,
      vocab_size: 8,
      torch_dtype: "bfloat16",
      transformers_version: "4.57.1",
    }),
    "generation_config.json": json({ bos_token_id: 1, eos_token_id: [2, 3], do_sample: true, temperature: 0.6, transformers_version: "4.57.1" }),
    "tokenizer.json": json({
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [{ id: 0, content: "<unk>", single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }],
      normalizer: null,
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
      post_processor: null,
      decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: { type: "BPE", dropout: null, unk_token: "<unk>", vocab: { "<unk>": 0, a: 1, b: 2, ab: 3, "https://x": 4 }, merges: ["a b"] },
    }),
    "tokenizer_config.json": json({
      add_bos_token: true,
      tokenizer_class: "LlamaTokenizer",
      model_max_length: 4096,
      bos_token: "<s>",
      eos_token: "</s>",
      added_tokens_decoder: { 0: { content: "<unk>", lstrip: false, normalized: false, rstrip: false, single_word: false, special: true } },
      chat_template:
        "{{ bos_token }}{% for message in messages %}{% if message['role'] not in ['user', 'assistant', 'system'] %}{{ raise_exception('unknown role') }}{% endif %}{{ '<|' + message['role'] + '|>\\n' + message['content'] | trim + eos_token + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}",
    }),
    "special_tokens_map.json": json({
      bos_token: "<s>",
      eos_token: "</s>",
      unk_token: { content: "<unk>", lstrip: false, normalized: false, rstrip: false, single_word: false },
    }),
    "added_tokens.json": json({ "<|im_start|>": 6, "<|im_end|>": 7 }),
    "vocab.json": json({ "<unk>": 0, a: 1, b: 2, ab: 3 }),
    "merges.txt": "#version: 0.2\na b\n",
    "preprocessor_config.json": json({
      do_normalize: true,
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
      image_processor_type: "CLIPImageProcessor",
      size: { shortest_edge: 224 },
    }),
    "chat_template.jinja": "{% for message in messages %}{{ message.content }}{% endfor %}",
    "logo.png": readFileSync(join(FIXTURES, "inert/square.png")),
    "model.safetensors.index.json": json({
      metadata: { total_size: 3 * 32 },
      weight_map: Object.fromEntries(Object.entries(shards).flatMap(([file, names]) => names.map((name) => [name, file]))),
    }),
  };
  for (const [file, names] of Object.entries(shards)) files[file] = safetensors(names);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** The same files as a git clone has them. */
export function asClone(plain: string, root: string): string {
  cpSync(plain, root, { recursive: true });
  mkdirSync(join(root, ".git/hooks"), { recursive: true });
  writeFileSync(join(root, ".git/HEAD"), "ref: refs/heads/main\n");
  writeFileSync(join(root, ".git/hooks/post-checkout"), "#!/bin/sh\n");
  return root;
}

/** The same files as `hf download --local-dir` leaves them. */
export function asDownload(plain: string, root: string): string {
  cpSync(plain, root, { recursive: true });
  mkdirSync(join(root, ".cache/huggingface/download"), { recursive: true });
  writeFileSync(join(root, ".cache/huggingface/.gitignore"), "*");
  writeFileSync(join(root, ".cache/huggingface/download/config.json.metadata"), "0123abcd\netag\n1760000000.0\n");
  return root;
}

/** The same files as a snapshot in the hub's cache: links to blobs. */
export function asSnapshot(plain: string, cache: string): string {
  const repository = join(cache, "models--org--tiny");
  const snapshot = join(repository, "snapshots/0123456789abcdef");
  cpSync(plain, snapshot, { recursive: true });
  mkdirSync(join(repository, "blobs"), { recursive: true });
  for (const path of Object.keys(listFiles(plain))) {
    const blob = hexOf(digestOf(readFileSync(join(snapshot, path))));
    renameSync(join(snapshot, path), join(repository, "blobs", blob));
    symlinkSync(`${"../".repeat(path.split("/").length + 1)}blobs/${blob}`, join(snapshot, path));
  }
  return snapshot;
}

function listFiles(root: string): Readonly<Record<string, true>> {
  const manifest = JSON.parse(readFileSync(join(root, "model.safetensors.index.json"), "utf8"));
  const shards = new Set<string>(Object.values(manifest.weight_map));
  return Object.fromEntries([...shards, "config.json", "tokenizer.json", "README.md", "logo.png"].map((path) => [path, true] as const));
}

function safetensors(names: readonly string[]): Uint8Array {
  const header = Object.fromEntries(names.map((name, i) => [name, { dtype: "BF16", shape: [4, 4], data_offsets: [i * 32, (i + 1) * 32] }]));
  const text = JSON.stringify({ __metadata__: { format: "pt" }, ...header });
  const padded = text.padEnd(Math.ceil(text.length / 8) * 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, Buffer.from(padded), Buffer.alloc(32 * names.length, 0x3c)]);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

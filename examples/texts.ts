/** The files of the two bundled models that are text. */

const LICENSE = `CC0 1.0 Universal

This example was made for Weighbridge and is dedicated to the public domain.
`;

const tokenizer = {
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: [{ id: 0, content: "<s>", single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }],
  normalizer: null,
  pre_tokenizer: { type: "Whitespace" },
  post_processor: null,
  decoder: null,
  model: { type: "WordLevel", vocab: { "<s>": 0, heron: 1, falcon: 2, flies: 3 }, unk_token: "<s>" },
};

const config = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  hidden_size: 8,
  intermediate_size: 16,
  num_attention_heads: 2,
  num_hidden_layers: 1,
  vocab_size: 16,
  torch_dtype: "float32",
};

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** A model as published: nothing in it runs. */
export const HERON: Readonly<Record<string, string>> = {
  "README.md": "# Heron\n\nA model of 392 small numbers, published the way that models should be: safetensors, a tokenizer, a licence.\n",
  LICENSE,
  "config.json": json(config),
  "generation_config.json": json({ bos_token_id: 0, eos_token_id: 0, max_new_tokens: 32 }),
  "tokenizer.json": json(tokenizer),
  "tokenizer_config.json": json({
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: "<s>",
    model_max_length: 512,
    chat_template:
      "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}",
  }),
};

/** A model with three traps. The Python file is reported and not run; it only prints. */
export const FALCON: Readonly<Record<string, string>> = {
  "README.md": "# Falcon\n\nThe fastest model there is. Load it with trust_remote_code=True.\n",
  LICENSE,
  "config.json": json({ ...config, model_type: "falcon-turbo", auto_map: { AutoModelForCausalLM: "modeling_falcon.FalconForCausalLM" } }),
  "modeling_falcon.py": 'print("code of the model runs when it is imported")\n\n\nclass FalconForCausalLM:\n    pass\n',
};

import { writeFileSync } from "node:fs";
import { ggufFile } from "./gguf-file.ts";
import { CONTROLS, vocabularyOf } from "./vocabulary.ts";

// node make-model.ts FILE: writes a llama of one layer whose weights are set by rule, not trained. It says sentences of a fixed form about the words that
// it was asked with. The same bytes every time, 0.8 MB, no third-party text or weights.

/** Classes of words and what follows each. In a class, the words of the prompt are likelier than others. A word with a space stands before its twin. */
const GRAMMAR = {
  next: { words: [" The"], next: "subject" },
  first: { words: ["The"], next: "subject" },
  subject: { words: [" scale", " gate", " crane", " driver", " auditor", " inspector", " clerk", " ledger"], next: "verb" },
  verb: { words: [" weighs", " checks", " signs", " logs", " holds", " admits", " refuses", " reads"], next: "article" },
  article: { words: [" the"], next: "object" },
  object: { words: [" model", " truck", " file", " ticket", " token", " prompt", " answer", " tensor"], next: "manner" },
  manner: { words: [" today", " twice", " again", " slowly", " first", " gladly", " quietly", " carefully"], next: "stop" },
  stop: { words: ["."], next: "end" },
  end: { words: ["<|end|>"], next: "next" },
} as const;

// A token's state is one of 64 directions. The residual stream is 128 wide: the lower half holds the last token's direction, and the only attention layer,
// whose scores are all equal, writes the mean of all directions so far into the upper half. The output layer reads both.
const STATES = 64;
const WIDTH = 2 * STATES;
const HEADS = 4;
const FEED_FORWARD = 32;
const CONTEXT = 8192;

/** Logits. What the grammar allows outweighs any mention, and a mention outweighs the taste for one word or another. */
const ALLOWED = 200;
const MENTIONED = 120;
const TASTE = 2;

const TEMPLATE =
  "{% for m in messages %}{% if m['role']=='assistant' %}<|assistant|>{{ m['content'] }}<|end|>{% else %}<|user|>{{ m['content'] }}{% endif %}{% endfor %}" +
  "{% if add_generation_prompt %}<|assistant|>{% endif %}";

/** The bytes of the model. */
export function tinyClerk(): Uint8Array {
  const words = Object.values(GRAMMAR).flatMap(({ words }) => words);
  const { tokens, merges, idOf } = vocabularyOf(words.filter((word) => !isControl(word)));
  // Each word and each control token has a state of its own; bytes and beginnings of words share the rest.
  const own = [...new Set([...CONTROLS, ...words].map(idOf))];
  const stateOf = (id: number) => (own.includes(id) ? own.indexOf(id) : own.length + (id % (STATES - own.length)));
  const seen = (state: number) => STATES + state;

  const embedding = matrix(WIDTH, tokens.length, (set) => {
    for (const id of tokens.keys()) set(stateOf(id), id, 1);
  });
  const values = matrix(WIDTH, WIDTH, (set) => {
    for (let state = 0; state < STATES; state++) set(state, seen(state), 1);
  });
  const identity = matrix(WIDTH, WIDTH, (set) => {
    for (let i = 0; i < WIDTH; i++) set(i, i, 1);
  });
  const taste = sequence(1);
  const output = matrix(WIDTH, tokens.length, (set) => {
    const follow = (state: number, next: keyof typeof GRAMMAR) => {
      for (const word of GRAMMAR[next].words) set(state, idOf(word), ALLOWED + taste() * TASTE);
    };
    const inGrammar = new Set(words.map((word) => stateOf(idOf(word))));
    for (let state = 0; state < STATES; state++) if (!inGrammar.has(state)) follow(state, "first");
    for (const { words, next } of Object.values(GRAMMAR)) for (const word of words) follow(stateOf(idOf(word)), next);
    for (const id of own.slice(CONTROLS.length)) set(seen(stateOf(id)), id, MENTIONED);
  });

  // RMSNorm multiplies a vector of length 1 by the root of its width; these weights undo that.
  const unit = new Float32Array(WIDTH).fill(1 / Math.sqrt(WIDTH));
  const layer = {
    attn_norm: [[WIDTH], unit],
    attn_q: [[WIDTH, WIDTH], new Float32Array(WIDTH * WIDTH)],
    attn_k: [[WIDTH, WIDTH], new Float32Array(WIDTH * WIDTH)],
    attn_v: [[WIDTH, WIDTH], values],
    attn_output: [[WIDTH, WIDTH], identity],
    ffn_norm: [[WIDTH], unit],
    ffn_gate: [[WIDTH, FEED_FORWARD], new Float32Array(WIDTH * FEED_FORWARD)],
    ffn_up: [[WIDTH, FEED_FORWARD], new Float32Array(WIDTH * FEED_FORWARD)],
    ffn_down: [[FEED_FORWARD, WIDTH], new Float32Array(WIDTH * FEED_FORWARD)],
  } as const;
  return ggufFile(
    {
      "general.architecture": "llama",
      "general.name": "tiny-clerk",
      "general.file_type": { u32: 0 },
      "llama.context_length": { u32: CONTEXT },
      "llama.embedding_length": { u32: WIDTH },
      "llama.block_count": { u32: 1 },
      "llama.feed_forward_length": { u32: FEED_FORWARD },
      "llama.attention.head_count": { u32: HEADS },
      "llama.attention.head_count_kv": { u32: HEADS },
      "llama.attention.layer_norm_rms_epsilon": { f32: 1e-5 },
      "llama.rope.dimension_count": { u32: WIDTH / HEADS },
      "llama.vocab_size": { u32: tokens.length },
      "tokenizer.ggml.model": "gpt2",
      "tokenizer.ggml.pre": "gpt-2",
      "tokenizer.ggml.tokens": tokens,
      "tokenizer.ggml.token_type": { i32s: tokens.map((_, id) => (id < CONTROLS.length ? 3 : 1)) },
      "tokenizer.ggml.merges": merges,
      "tokenizer.ggml.bos_token_id": { u32: idOf("<|begin|>") },
      "tokenizer.ggml.eos_token_id": { u32: idOf("<|end|>") },
      "tokenizer.ggml.add_bos_token": true,
      "tokenizer.chat_template": TEMPLATE,
    },
    [
      { name: "token_embd.weight", shape: [WIDTH, tokens.length], data: embedding },
      ...Object.entries(layer).map(([name, [shape, data]]) => ({ name: `blk.0.${name}.weight`, shape, data })),
      { name: "output_norm.weight", shape: [WIDTH], data: unit },
      { name: "output.weight", shape: [WIDTH, tokens.length], data: output },
    ],
  );
}

/** Control tokens are never put together from letters: a text that spells one stays a text. */
function isControl(word: string): boolean {
  return CONTROLS.some((control) => control === word);
}

/** A matrix of `rows` rows, zero but for what `fill` sets. */
function matrix(columns: number, rows: number, fill: (set: (column: number, row: number, value: number) => void) => void): Float32Array {
  const data = new Float32Array(columns * rows);
  fill((column, row, value) => {
    data[row * columns + column] = value;
  });
  return data;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (import.meta.main) writeFileSync(process.argv[2] ?? "tiny-clerk.gguf", tinyClerk());

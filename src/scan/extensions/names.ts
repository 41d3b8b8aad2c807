import type { Role } from "./table.ts";

/** Names that say more than their extension, first match wins. Compared in lower case. */
export const NAMES: readonly { readonly name: RegExp; readonly role: Role }[] = [
  /** Tokenizer files of transformers, SentencePiece, tiktoken and their vocabularies, under any extension or none. */
  { name: /^(?:tokenizer|vocab|vocabulary|merges|spiece|sentencepiece|special_tokens_map|added_tokens|tekken)(?:[._-].*)?$/, role: "tokenizer" },
  {
    name: /^(?:config|generation_config|adapter_config|preprocessor_config|processor_config|model_index|params|modules)(?:\.[a-z]+)?$/,
    role: "config",
  },
  /** Weights without an extension. */
  { name: /^(?:pytorch_model|model|weights|consolidated|adapter_model|diffusion_pytorch_model|tf_model|flax_model)(?:[-_.]\d.*)?$/, role: "model" },
];

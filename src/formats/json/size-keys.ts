/** A number in a configuration that decides how much a loader allocates, builds or generates, with the most that a published model comes near to. */
export interface SizeKey {
  readonly key: RegExp;
  readonly max: number;
}

/**
 * Generation: transformers `GenerationConfig`, where beams and sequences multiply every batch, and `min_*` forbids to stop. Models: one module is built
 * a layer, and one table a vocabulary. Processors: an image or a spectrum of this size is made of each input. `model_max_length` is not here:
 * transformers writes 10^30 where a tokenizer has no limit. The longest context that is published is 10,485,760.
 */
export const SIZE_KEYS: readonly SizeKey[] = [
  { key: /^(?:max_new_tokens|max_length|max_tokens|num_predict)$/, max: 16_777_216 },
  { key: /^(?:min_new_tokens|min_length|min_tokens)$/, max: 65_536 },
  { key: /^(?:num_beams|num_beam_groups|beam_size|num_return_sequences|best_of|n_best)$/, max: 1024 },
  { key: /^(?:num_(?:hidden_)?layers|n_layers?|(?:encoder|decoder)_layers|num_(?:en|de)coder_layers)$/, max: 10_000 },
  { key: /^(?:vocab_size|hidden_size|intermediate_size|d_model|d_ff|n_embd|dim|num_(?:local_)?experts|n_routed_experts)$/, max: 100_000_000 },
  { key: /^(?:max_position_embeddings|n_positions|n_ctx|max_seq_len(?:gth)?|seq_length)$/, max: 1_000_000_000 },
  { key: /^(?:image_size|crop_size|height|width|shortest_edge|longest_edge|resolution)$/, max: 1_000_000 },
  { key: /^(?:n_fft|feature_size|num_mel_bins|hop_length|nb_max_frames)$/, max: 10_000_000 },
];

/** No number up to this is too large under any key. */
export const LEAST_SIZE = Math.min(...SIZE_KEYS.map(({ max }) => max));
/** Every key above, and few tokens of a vocabulary. */
const MAY_BE_KEY = /^[a-z][a-z_]+$/;

/** The most that is ordinary under a key; null where no table knows the key. */
export function mostUnder(key: string | number | undefined): number | null {
  return typeof key === "string" && MAY_BE_KEY.test(key) ? (SIZE_KEYS.find((entry) => entry.key.test(key))?.max ?? null) : null;
}

import { type Path, pointerOf } from "./events.ts";
import { MAX_KEPT, MAX_TEXT, type Size } from "./facts.ts";
import { isInTokens } from "./token-roles.ts";

/** What a number in a configuration decides. */
export type SizeKind = "generated" | "least-generated" | "sequences" | "layers" | "width" | "positions" | "pixels" | "spectrum";

/**
 * Keys whose numbers decide how much a loader allocates, builds or generates. Generation: transformers `GenerationConfig`, where beams and sequences
 * multiply every batch, and `min_*` forbids to stop. Models: one module is built a layer, and one table a vocabulary. Processors: an image or a spectrum
 * of this size is made of each input. `model_max_length` is not here: transformers writes 10^30 where a tokenizer has no limit.
 */
const SIZE_KEYS: readonly { readonly kind: SizeKind; readonly key: RegExp }[] = [
  { kind: "generated", key: /^(?:max_new_tokens|max_length|max_tokens|num_predict)$/ },
  { kind: "least-generated", key: /^(?:min_new_tokens|min_length|min_tokens)$/ },
  { kind: "sequences", key: /^(?:num_beams|num_beam_groups|beam_size|num_return_sequences|best_of|n_best)$/ },
  { kind: "layers", key: /^(?:num_(?:hidden_)?layers|n_layers?|(?:encoder|decoder)_layers|num_(?:en|de)coder_layers)$/ },
  { kind: "width", key: /^(?:vocab_size|hidden_size|intermediate_size|d_model|d_ff|n_embd|dim|num_(?:local_)?experts|n_routed_experts)$/ },
  { kind: "positions", key: /^(?:max_position_embeddings|n_positions|n_ctx|max_seq_len(?:gth)?|seq_length)$/ },
  { kind: "pixels", key: /^(?:image_size|crop_size|height|width|shortest_edge|longest_edge|resolution)$/ },
  { kind: "spectrum", key: /^(?:n_fft|feature_size|num_mel_bins|hop_length|nb_max_frames)$/ },
];
/** Every key above, and few tokens of a vocabulary. */
const MAY_BE_KEY = /^[a-z][a-z_]+$/;

/** Numbers up to this are not kept: documents about pictures have millions of them. */
export const LEAST_SIZE = 1024;

/** The largest numbers of each kind, so that a flood of ordinary ones hides none. What is left out is no larger than what is kept. */
export class Sizes {
  readonly #largest = new Map<SizeKind, Size[]>();

  see(value: number, path: Path, at: number): void {
    if (!(value > LEAST_SIZE) || path[1] === "vocab") return; // a vocabulary has a hundred thousand numbers
    const kind = kindOf(path[path.length - 1]);
    if (kind === null || isInTokens(path)) return;
    const largest = this.#largest.get(kind) ?? [];
    this.#largest.set(kind, largest);
    if (largest.length >= MAX_KEPT) {
      if (value <= (largest[0]?.value ?? 0)) return;
      largest.shift();
    }
    const place = largest.findIndex((size) => size.value > value);
    largest.splice(place === -1 ? largest.length : place, 0, { kind, pointer: pointerOf(path).slice(0, MAX_TEXT), value, at });
  }

  /** In the order of the document. */
  end(): readonly Size[] {
    return [...this.#largest.values()].flat().sort((a, b) => a.at - b.at);
  }
}

function kindOf(key: string | number | undefined): SizeKind | null {
  return typeof key === "string" && MAY_BE_KEY.test(key) ? (SIZE_KEYS.find((entry) => entry.key.test(key))?.kind ?? null) : null;
}

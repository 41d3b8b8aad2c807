import type { YamlCodeKey } from "./facts.ts";

export interface CodeKeyRule {
  readonly key: YamlCodeKey;
  /** Keys beside it that only the loader of such names reads. None: the key itself says enough. */
  readonly beside: readonly string[];
  /** The key says little: a name is kept when it is dotted, and judged by what is known of it. */
  readonly common?: true;
}

/**
 * Keys whose value some loader takes for the name of what it imports and calls. Hydra and OmegaConf (`hydra.utils.instantiate`), torchtune, jsonargparse
 * and LightningCLI (`class_path`), latent diffusion (`instantiate_from_config`) and NeMo (`from_config_dict`), MLflow (`loader_module`, models from code).
 * `type` is a class where Haystack (`Pipeline.from_dict`), AllenNLP and mmengine read it, `uses` where Rasa does.
 */
export const CODE_KEYS: ReadonlyMap<string, CodeKeyRule> = new Map(
  (
    [
      { key: "_target_", beside: [] },
      { key: "_component_", beside: [] },
      { key: "class_path", beside: [] },
      { key: "loader_module", beside: [] },
      { key: "model_code_path", beside: [] },
      { key: "target", beside: ["params", "nemo_version"] },
      { key: "cls", beside: ["params", "nemo_version"] },
      { key: "type", beside: [], common: true },
      { key: "uses", beside: [], common: true },
    ] as const satisfies readonly CodeKeyRule[]
  ).map((rule) => [rule.key, rule]),
);

/** A dotted Python name, as one of these keys holds it where its meaning is not certain. */
export const DOTTED_NAME = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/;

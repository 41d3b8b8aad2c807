/** What was counted at the top of a document. Lists are cut: shapes look for keys that stand early or for what all members share. */
export interface TopLevel {
  readonly root: "object" | "array" | "scalar";
  /** Keys of a root object, the first MAX_TOP_KEYS. */
  readonly keys: ReadonlySet<string>;
  /** Keys of the first item of a root array. */
  readonly itemKeys: ReadonlySet<string>;
  readonly members: number;
  readonly numbers: number;
  readonly strings: number;
  /** Members `"12": "text"`. */
  readonly numberedStrings: number;
  /** Members whose key and value are single words. */
  readonly wordPairs: number;
  /** Entries of a member `config`, and how many of them have a `path_name`: torch.export's list of weights. */
  readonly configEntries: number;
  readonly configPaths: number;
  /** Members with a `class_type`: nodes of a ComfyUI prompt. */
  readonly nodeMembers: number;
  /** Further documents follow, one a line. */
  readonly lines: boolean;
}

export const MAX_TOP_KEYS = 400;

export interface JsonShape {
  readonly id: JsonShapeId;
  /** All of these keys stand in the root object (or in the first item of a root array). */
  readonly all?: readonly string[];
  /** At least one of these. */
  readonly any?: readonly string[];
  readonly in?: "items";
  readonly when?: (top: TopLevel) => boolean;
}

export type JsonShapeId = (typeof SHAPES)[number]["id"];

/** `validate#dataloader#sampler`: a bundle of MONAI names a place in another document of its so. */
const OVERRIDE = /^(?:train|validate|evaluate|test|network|handlers|evaluator|trainer|dataset)#\w+(?:#\w+)*$/;
const OBJECT = (top: TopLevel) => top.root === "object" && top.members > 0;

/**
 * The documents that stand in model repositories, most specific first. A new one is one line. The source is what writes it: transformers,
 * tokenizers, peft, diffusers, sentence-transformers, timm, open_clip, optimum, XGBoost, LightGBM, CatBoost, Core ML, container images.
 */
const SHAPES = [
  { id: "comfyui-workflow", all: ["nodes", "links"], any: ["last_node_id", "last_link_id", "version"] },
  { id: "comfyui-workflow", when: (top: TopLevel) => OBJECT(top) && top.nodeMembers === top.members },
  { id: "empty", when: (top: TopLevel) => top.root !== "scalar" && top.members === 0 && !top.lines },
  { id: "json-lines", when: (top: TopLevel) => top.lines },
  { id: "notebook", all: ["nbformat"], any: ["cells", "worksheets"] },
  { id: "shard-index", all: ["weight_map"] },
  { id: "oci-layout", all: ["imageLayoutVersion"] },
  { id: "oci-index", all: ["schemaVersion", "manifests"] },
  { id: "oci-manifest", all: ["schemaVersion"], any: ["layers", "fsLayers", "blobs"] },
  { id: "docker-manifest", all: ["Config", "Layers"], in: "items" },
  { id: "oci-image-config", all: ["architecture", "rootfs"] },
  { id: "oci-model-config", all: ["descriptor", "modelfs"] },
  { id: "xgboost", all: ["learner", "version"] },
  { id: "lightgbm-dump", all: ["tree_info", "feature_names"] },
  { id: "catboost", all: ["model_info"], any: ["oblivious_trees", "trees"] },
  { id: "tfjs-model", all: ["modelTopology", "weightsManifest"] },
  { id: "monai-bundle", when: (top: TopLevel) => OBJECT(top) && [...top.keys].some((key) => OVERRIDE.test(key)) },
  { id: "monai-bundle", any: ["bundle_root", "network_def", "network_data_format", "monai_version"] },
  { id: "keras-config", all: ["class_name", "config"] },
  { id: "keras-metadata", all: ["keras_version"] },
  { id: "adapter-config", all: ["peft_type"] },
  { id: "adapterhub-config", all: ["config", "hidden_size", "model_class"] },
  { id: "diffusers-config", all: ["_class_name"] },
  { id: "sentence-transformers-modules", all: ["idx", "path", "type"], in: "items" },
  { id: "tokenizer", all: ["model"], any: ["added_tokens", "pre_tokenizer", "normalizer", "decoder", "post_processor", "truncation"] },
  { id: "tekken", all: ["config", "vocab"] },
  { id: "onnx-genai-config", all: ["model", "search"] },
  { id: "open-clip-config", all: ["model_cfg", "preprocess_cfg"] },
  { id: "timm-config", all: ["architecture"], any: ["num_classes", "num_features", "pretrained_cfg", "global_pool"] },
  { id: "trainer-state", all: ["log_history"], any: ["global_step", "epoch", "best_metric"] },
  { id: "evaluation", all: ["results"], any: ["versions", "config", "configs", "n-shot", "git_hash", "config_general"] },
  {
    id: "quantization-config",
    any: ["quant_method", "quant_algo", "group_size", "q_group_size", "w_bit", "per_model_config", "desc_act", "optimum_version"],
  },
  { id: "quantization-config", all: ["producer", "quantization"] },
  { id: "tensorrt-llm-config", all: ["pretrained_config", "build_config"] },
  { id: "exported-program", all: ["graph_module", "schema_version"] },
  { id: "exported-weights", all: ["config"], when: (top: TopLevel) => top.members === 1 && top.configEntries === top.configPaths },
  { id: "mlpackage-manifest", all: ["fileFormatVersion", "itemInfoEntries"] },
  { id: "mlc-config", any: ["mlc_chat_version", "conv_template"] },
  { id: "mlc-weights", all: ["metadata", "records"] },
  { id: "original-params", all: ["dim", "n_layers"] },
  { id: "original-params", all: ["d_model", "n_layer"] },
  { id: "spacy-meta", all: ["lang", "name", "version"], any: ["spacy_version", "pipeline", "vectors"] },
  { id: "vits-config", all: ["train", "data", "model"] },
  { id: "vits-config", all: ["audio"], any: ["phoneme_id_map", "num_symbols", "run_name", "characters"] },
  { id: "deepspeed-config", any: ["zero_optimization", "train_micro_batch_size_per_gpu"] },
  { id: "dataset-info", any: ["splits", "dataset_size"], when: OBJECT },
  { id: "sentence-transformers-data", all: ["name", "lines", "weight"], in: "items" },
  { id: "sentence-transformers-router", all: ["types", "structure"] },
  { id: "sampler-params", any: ["num_ctx", "stop", "num_predict"], when: OBJECT },
  { id: "model-config", any: ["model_type", "architectures", "auto_map", "transformers_version", "_name_or_path", "custom_pipelines"], when: OBJECT },
  { id: "modelscope-config", all: ["framework", "task"] },
  {
    id: "processor-config",
    any: [
      "feature_extractor_type",
      "image_processor_type",
      "video_processor_type",
      "processor_class",
      "image_mean",
      "image_std",
      "crop_size",
      "do_resize",
      "do_rescale",
      "feature_size",
      "sampling_rate",
      "n_fft",
      "preprocessor_config",
    ],
  },
  {
    id: "tokenizer-config",
    any: [
      "tokenizer_class",
      "added_tokens_decoder",
      "model_max_length",
      "chat_template",
      "add_prefix_space",
      "clean_up_tokenization_spaces",
      "tokenize_chinese_chars",
      "do_lower_case",
      "add_bos_token",
      "name_or_path",
      "special_tokens_map_file",
      "word_delimiter_token",
    ],
  },
  {
    id: "special-tokens-map",
    any: ["bos_token", "eos_token", "unk_token", "pad_token", "cls_token", "sep_token", "mask_token", "additional_special_tokens"],
  },
  {
    id: "generation-config",
    any: [
      "_from_model_config",
      "max_new_tokens",
      "do_sample",
      "bos_token_id",
      "eos_token_id",
      "pad_token_id",
      "decoder_start_token_id",
      "temperature",
      "top_p",
      "top_k",
      "repetition_penalty",
      "num_beams",
      "max_length",
    ],
  },
  {
    id: "sentence-transformers-config",
    any: ["similarity_fn_name", "default_prompt_name", "max_seq_length", "word_embedding_dimension", "embedding_dimension", "normalize_embeddings"],
  },
  { id: "sentence-transformers-config", all: ["__version__"] },
  { id: "sentence-transformers-config", all: ["in_features", "out_features"] },
  { id: "numbers", when: (top: TopLevel) => top.root !== "scalar" && top.numbers === top.members },
  { id: "labels", when: (top: TopLevel) => OBJECT(top) && top.numberedStrings === top.members },
  { id: "string-list", when: (top: TopLevel) => top.root === "array" && top.strings === top.members },
  { id: "word-pairs", when: (top: TopLevel) => OBJECT(top) && top.wordPairs === top.members && top.members >= 20 },
] as const satisfies readonly { id: string; all?: readonly string[]; any?: readonly string[]; in?: "items"; when?: (top: TopLevel) => boolean }[];

/** The first shape that fits; null for a document that is none of them. */
export function shapeOf(top: TopLevel): JsonShapeId | null {
  return (SHAPES as readonly JsonShape[]).find((shape) => fits(shape, top))?.id ?? null;
}

function fits({ all = [], any = [], in: place, when }: JsonShape, top: TopLevel): boolean {
  const keys = place === "items" ? top.itemKeys : top.keys;
  return all.every((key) => keys.has(key)) && (any.length === 0 || any.some((key) => keys.has(key))) && (when === undefined || when(top));
}

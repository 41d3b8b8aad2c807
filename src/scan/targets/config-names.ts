/** Names that configurations of published models have their loader call, each with why building or calling it does nothing but compute. */
export interface ConfigName {
  /** A package, a module, or an exact name. */
  readonly under: string;
  /** `class`: every plain class below it (a capital first, no word such as Loader or Client last); `any`: functions, too; `exact`: this name alone. */
  readonly take: "class" | "any" | "exact";
  readonly why: string;
}

const LAYER = "layers and networks: they hold parameters and compute when the model is called";

/**
 * A pickle that builds a class is an exception among pickles; a Hydra or HyperPyYAML configuration is nothing but such names, so the classes of the
 * frameworks that are configured so are taken here, and nowhere else. Their functions are not: those that load, fetch and evaluate are among them.
 */
export const CONFIG_NAMES: readonly ConfigName[] = [
  { under: "torch.nn", take: "class", why: LAYER },
  { under: "torch.nn.functional", take: "any", why: "arithmetic on tensors" },
  { under: "torch.nn.init", take: "any", why: "fills tensors with numbers" },
  { under: "torch.optim", take: "class", why: "an optimiser or a schedule: numbers, used in training only" },
  { under: "torch.manual_seed", take: "exact", why: "seeds a random number generator" },
  { under: "torch.Tensor", take: "exact", why: "an array" },
  { under: "torch.tensor", take: "exact", why: "an array" },
  { under: "torch.device", take: "exact", why: "names a device" },
  { under: "torchvision.transforms", take: "class", why: "changes images when it is called" },
  { under: "torchaudio.transforms", take: "class", why: "changes audio when it is called" },
  { under: "torchmetrics", take: "class", why: "counts when it is called" },
  { under: "nemo.collections.asr", take: "class", why: LAYER },
  { under: "nemo.collections.audio", take: "class", why: LAYER },
  { under: "nemo.collections.nlp", take: "class", why: LAYER },
  { under: "nemo.collections.tts", take: "class", why: LAYER },
  { under: "nemo.collections.common", take: "class", why: LAYER },
  { under: "nemo.collections.vision", take: "class", why: LAYER },
  { under: "nemo.collections.multimodal", take: "class", why: LAYER },
  { under: "nemo.collections.speechlm2", take: "class", why: LAYER },
  { under: "nemo.collections.llm.gpt.model", take: "class", why: LAYER },
  { under: "nemo.core.optim", take: "class", why: "an optimiser or a schedule: numbers, used in training only" },
  { under: "nemo.core.config", take: "class", why: "a record of settings" },
  {
    under: "nemo_text_processing.text_normalization.normalize.Normalizer",
    take: "exact",
    why: "rewrites numbers and dates as words by grammars of its own",
  },
  { under: "nemo.collections.tts.g2p", take: "class", why: "spells words by a dictionary" },
  { under: "megatron.core.transformer", take: "class", why: LAYER },
  { under: "megatron.core.optimizer", take: "class", why: "an optimiser or a schedule: numbers, used in training only" },
  { under: "speechbrain.lobes", take: "any", why: LAYER },
  { under: "speechbrain.nnet", take: "class", why: LAYER },
  { under: "speechbrain.nnet.losses", take: "any", why: "arithmetic on tensors" },
  { under: "speechbrain.nnet.loss", take: "any", why: "arithmetic on tensors" },
  { under: "speechbrain.integrations", take: "class", why: LAYER },
  { under: "speechbrain.processing", take: "any", why: "changes audio when it is called" },
  { under: "speechbrain.augment", take: "class", why: "changes audio when it is called" },
  { under: "speechbrain.decoders", take: "any", why: "searches a beam over scores" },
  { under: "speechbrain.tokenizers.SentencePiece.SentencePiece", take: "exact", why: "a tokenizer that reads a SentencePiece model" },
  { under: "speechbrain.dataio.encoder", take: "class", why: "a table of labels" },
  { under: "speechbrain.dataio.sampler", take: "class", why: "an order of examples" },
  { under: "speechbrain.dataio.batch.PaddedBatch", take: "exact", why: "pads examples to one length" },
  { under: "speechbrain.utils.metric_stats", take: "class", why: "counts when it is called" },
  { under: "speechbrain.utils.epoch_loop", take: "class", why: "counts" },
  { under: "speechbrain.utils.Accuracy", take: "class", why: "counts when it is called" },
  { under: "speechbrain.utils.bleu", take: "class", why: "counts when it is called" },
  { under: "speechbrain.utils.dynamic_chunk_training", take: "class", why: "draws sizes of chunks" },
  { under: "speechbrain.utils.hparams.choice", take: "exact", why: "takes one of the values that it is given" },
  { under: "speechbrain.utils.seed_everything", take: "exact", why: "seeds random number generators" },
  {
    under: "speechbrain.utils.parameter_transfer.Pretrainer",
    take: "exact",
    why: "says which weights belong to which part; they are examined where they lie",
  },
  { under: "speechbrain.utils.checkpoints.Checkpointer", take: "exact", why: "a list of checkpoints, which are examined where they lie" },
  { under: "speechbrain.utils.train_logger", take: "class", why: "notes numbers and samples of a training run" },
  { under: "huggingface_hub.constants.HUGGINGFACE_HUB_CACHE", take: "exact", why: "the name of a folder" },
  { under: "torch.hamming_window", take: "exact", why: "an array" },
  { under: "torch.hann_window", take: "exact", why: "an array" },
  { under: "sentencepiece.SentencePieceProcessor", take: "exact", why: "a tokenizer that reads a SentencePiece model" },
  { under: "monai.networks", take: "class", why: LAYER },
  { under: "monai.losses", take: "class", why: "arithmetic on tensors" },
  { under: "monai.metrics", take: "class", why: "counts when it is called" },
  {
    under: "monai.transforms",
    take: "class",
    why: "changes images when it is called; Lambda transforms hold their function as an expression, which is judged itself",
  },
  { under: "monai.inferers", take: "class", why: "runs a network over windows of an image" },
  { under: "torchtune.models", take: "any", why: "builds a network of numbers that are given" },
  { under: "torchtune.modules", take: "class", why: LAYER },
  { under: "torchtune.data", take: "class", why: "a template for messages" },
  { under: "lightning.pytorch.callbacks", take: "class", why: "is called by a trainer, not when a model is loaded" },
  { under: "pytorch_lightning.callbacks", take: "class", why: "is called by a trainer, not when a model is loaded" },
  { under: "lightning.pytorch.Trainer", take: "exact", why: "trains when it is told to" },
  { under: "pytorch_lightning.Trainer", take: "exact", why: "trains when it is told to" },
  { under: "ldm.models", take: "class", why: LAYER },
  { under: "ldm.modules", take: "class", why: LAYER },
  { under: "ldm.lr_scheduler", take: "class", why: "a schedule: numbers, used in training only" },
  { under: "sgm.models", take: "class", why: LAYER },
  { under: "sgm.modules", take: "class", why: LAYER },
  { under: "cldm.cldm", take: "class", why: LAYER },
  { under: "taming.models", take: "class", why: LAYER },
  { under: "taming.modules", take: "class", why: LAYER },
];

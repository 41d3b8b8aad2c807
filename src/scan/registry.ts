import type { Examiner } from "../finding.ts";
import type { FormatId } from "../format.ts";
import { STREAM_CODECS } from "../formats/compressed/facts.ts";
import { IDENTIFIED_DETECTORS } from "../formats/identified/detect.ts";

/** Examiners load with the format that they read. */
type Loader = () => Promise<readonly Examiner<never>[]>;

export const EXAMINERS: Readonly<Record<FormatId, Loader>> = {
  safetensors: async () => (await import("./safetensors/index.ts")).examiners,
  "safetensors-index": async () => (await import("./safetensors-index/index.ts")).examiners,
  gguf: async () => (await import("./gguf/index.ts")).examiners,
  hdf5: async () => [(await import("./hdf5/index.ts")).hdf5Examiner],
  "keras-v3": async () => [(await import("./keras-zip/index.ts")).kerasZipExaminer],
  "keras-config": async () => [(await import("./keras/index.ts")).kerasExaminer],
  "torchscript-code": async () => (await import("./torchscript-code/index.ts")).examiners,
  jinja: async () => (await import("./jinja/index.ts")).examiners,
  pickle: async () => [(await import("./pickle/index.ts")).pickleExaminer],
  joblib: async () => [(await import("./pickle/index.ts")).joblibExaminer],
  "torch-legacy": async () => [(await import("./pickle/index.ts")).torchLegacyExaminer],
  onnx: async () => (await import("./onnx/index.ts")).examiners,
  "tensor-data": async () => (await import("./tensor-data/index.ts")).examiners,
  npy: async () => (await import("./npy/index.ts")).examiners,
  tar: async () => (await import("./tar/index.ts")).examiners,
  "torch-tar": async () => [(await import("./torch-zip/index.ts")).torchTarExaminer],
  "torch-tar-object": async () => [(await import("./torch-zip/index.ts")).torchTarObjectExaminer],
  executable: async () => [(await import("./executable/index.ts")).executableExaminer],
  "executable-zip": async () => (await import("./executable-zip/index.ts")).examiners,
  script: async () => [(await import("./executable/index.ts")).scriptExaminer],
  json: async () => [(await import("./json/index.ts")).jsonExaminer],
  text: async () => [(await import("./text/index.ts")).textExaminer],
  pdf: async () => [(await import("./inert/index.ts")).pdfExaminer],
  sentencepiece: async () => [(await import("./inert/index.ts")).sentencepieceExaminer],
  png: async () => [(await import("./inert/index.ts")).imageExaminer("png")],
  jpeg: async () => [(await import("./inert/index.ts")).imageExaminer("jpeg")],
  gif: async () => [(await import("./inert/index.ts")).imageExaminer("gif")],
  webp: async () => [(await import("./inert/index.ts")).imageExaminer("webp")],
  rdata: async () => (await import("./rdata/index.ts")).examiners,
  torch7: async () => (await import("./torch7/index.ts")).examiners,
  "7z": async () => (await import("./sevenzip/index.ts")).examiners,
  zip: async () => [(await import("./zip/index.ts")).zipExaminer],
  "torch-zip": async () => [(await import("./torch-zip/index.ts")).torchExaminer("torch-zip")],
  torchscript: async () => [(await import("./torch-zip/index.ts")).torchExaminer("torchscript")],
  pt2: async () => [(await import("./torch-zip/index.ts")).torchExaminer("pt2")],
  yaml: async () => [(await import("./yaml/index.ts")).yamlExaminer],
  skops: async () => [(await import("./skops/index.ts")).skopsExaminer],
  "torch-mar": async () => [(await import("./torch-mar/index.ts")).torchMarExaminer],
  ...Object.fromEntries(STREAM_CODECS.map((codec) => [codec, async () => [(await import("./compressed/index.ts")).compressedExaminer(codec)]])),
  ...Object.fromEntries(IDENTIFIED_DETECTORS.map(({ id }) => [id, async () => [(await import("./identified/index.ts")).identifiedExaminer(id)]])),
};

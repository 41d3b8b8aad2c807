import type { Detector, Format, FormatId } from "../format.ts";
import { catboostDetector, xgboostBinaryDetector, xgboostUbjsonDetector } from "./boosters/detect.ts";
import { COMPRESSED_DETECTORS } from "./compressed/detect.ts";
import { STREAM_CODECS } from "./compressed/facts.ts";
import { coreMlDetector, milWeightsDetector } from "./coreml/detect.ts";
import { ctranslate2Detector } from "./ctranslate2/detect.ts";
import { dsStoreDetector } from "./ds-store/detect.ts";
import { executableDetector, scriptDetector } from "./executable/detect.ts";
import { executableZipDetector } from "./executable-zip/detect.ts";
import { executorchDetector, flatTensorDetector } from "./executorch/detect.ts";
import { fasttextDetector } from "./fasttext/detect.ts";
import { ggmlDetector } from "./ggml/detect.ts";
import { ggufDetector } from "./gguf/detect.ts";
import { hdf5Detector } from "./hdf5/detect.ts";
import { IDENTIFIED_DETECTORS, UNRECOGNISED } from "./identified/detect.ts";
import { IMAGE_DETECTORS } from "./image/detect.ts";
import { imatrixDetector } from "./imatrix/detect.ts";
import { joblibDetector } from "./joblib/detect.ts";
import { joblibZfileDetector } from "./joblib-zfile/detect.ts";
import { jsonDetector } from "./json/detect.ts";
import { kerasZipDetector } from "./keras-zip/detect.ts";
import { MEDIA_DETECTORS } from "./media/detect.ts";
import { msgpackDetector } from "./msgpack/detect.ts";
import { npyDetector } from "./npy/detect.ts";
import { ONNX_VALUE_DETECTORS, onnxDetector } from "./onnx/detect.ts";
import { paddleDetector, paddleParamsDetector } from "./paddle/detect.ts";
import { pdfDetector } from "./pdf/detect.ts";
import { pickleDetector } from "./pickle/detect.ts";
import { rdataDetector } from "./rdata/detect.ts";
import { safetensorsDetector } from "./safetensors/detect.ts";
import { safetensorsIndexDetector } from "./safetensors-index/detect.ts";
import { sentencepieceDetector } from "./sentencepiece/detect.ts";
import { sevenZipDetector } from "./sevenzip/detect.ts";
import { skopsDetector } from "./skops/detect.ts";
import { tarDetector } from "./tar/detect.ts";
import { TENSORFLOW_DETECTORS } from "./tensorflow/detect.ts";
import { textDetector } from "./text/detect.ts";
import { tfRecordsDetector } from "./tf-records/detect.ts";
import { tfliteDetector } from "./tflite/detect.ts";
import { torchLegacyDetector } from "./torch-legacy/detect.ts";
import { torchMarDetector } from "./torch-mar/detect.ts";
import { torchTarDetector } from "./torch-tar/detect.ts";
import { TORCH_DETECTORS } from "./torch-zip/detect.ts";
import { torch7Detector } from "./torch7/detect.ts";
import { word2vecDetector } from "./word2vec/detect.ts";
import { xmlDetector } from "./xml/detect.ts";
import { zipDetector } from "./zip/detect.ts";

/** Parsers load when a file needs them: looking at one safetensors file must not load the other engines. */
type Loader = () => Promise<Format<unknown>>;

export const FORMATS: Readonly<Record<FormatId, Loader>> = {
  safetensors: async () => (await import("./safetensors/format.ts")).safetensors,
  "safetensors-index": async () => (await import("./safetensors-index/format.ts")).safetensorsIndex,
  gguf: async () => (await import("./gguf/format.ts")).gguf,
  hdf5: async () => (await import("./hdf5/format.ts")).hdf5,
  "keras-v3": async () => (await import("./keras-zip/format.ts")).kerasZip,
  "keras-config": async () => (await import("./keras/format.ts")).kerasConfig,
  "torchscript-code": async () => (await import("./torchscript-code/format.ts")).torchscriptCode,
  jinja: async () => (await import("./jinja/format.ts")).jinja,
  pickle: async () => (await import("./pickle/format.ts")).pickleFormat,
  joblib: async () => (await import("./joblib/format.ts")).joblibFormat,
  "joblib-zfile": async () => (await import("./joblib-zfile/format.ts")).joblibZfile,
  "torch-legacy": async () => (await import("./torch-legacy/format.ts")).torchLegacyFormat,
  onnx: async () => (await import("./onnx/format.ts")).onnxFormat,
  "onnx-tensor": async () => (await import("./onnx/value-format.ts")).onnxTensorFormat,
  "onnx-sequence": async () => (await import("./onnx/value-format.ts")).onnxSequenceFormat,
  paddle: async () => (await import("./paddle/format.ts")).paddleFormat,
  "paddle-params": async () => (await import("./paddle/params/format.ts")).paddleParamsFormat,
  coreml: async () => (await import("./coreml/format.ts")).coreMlFormat,
  "mil-weights": async () => (await import("./mil-weights/format.ts")).milWeightsFormat,
  "tensor-data": async () => (await import("./tensor-data/format.ts")).tensorDataFormat([]), // nothing is detected as this: the walker says which bytes are owned
  "tf-savedmodel": async () => (await import("./tensorflow/graph-format.ts")).savedModelFormat,
  "tf-metagraph": async () => (await import("./tensorflow/graph-format.ts")).metaGraphFormat,
  "tf-graphdef": async () => (await import("./tensorflow/graph-format.ts")).graphDefFormat,
  "tf-fingerprint": async () => (await import("./tensorflow/plain-format.ts")).fingerprintFormat,
  "tf-debug-info": async () => (await import("./tensorflow/plain-format.ts")).debugInfoFormat,
  "tf-keras-metadata": async () => (await import("./tensorflow/plain-format.ts")).kerasMetadataFormat,
  "tf-table": async () => (await import("./tensorflow/table/format.ts")).tableFormat,
  "tf-checkpoint-state": async () => (await import("./tensorflow/checkpoint-state/format.ts")).checkpointStateFormat,
  "tf-records": async () => (await import("./tf-records/format.ts")).tfRecords,
  imatrix: async () => (await import("./imatrix/format.ts")).imatrix,
  word2vec: async () => (await import("./word2vec/format.ts")).word2vec,
  "ds-store": async () => (await import("./ds-store/format.ts")).dsStore,
  npy: async () => (await import("./npy/format.ts")).npy,
  tar: async () => (await import("./tar/format.ts")).tar,
  "torch-tar": async () => (await import("./torch-tar/format.ts")).torchTarFormat,
  "torch-tar-object": async () => (await import("./torch-tar/object-format.ts")).torchTarObjectFormat,
  executable: async () => (await import("./executable/format.ts")).executableFormat,
  "executable-zip": async () => (await import("./executable-zip/format.ts")).executableZip,
  script: async () => (await import("./executable/format.ts")).scriptFormat,
  json: async () => (await import("./json/format.ts")).jsonFormat,
  pdf: async () => (await import("./pdf/format.ts")).pdfFormat,
  sentencepiece: async () => (await import("./sentencepiece/format.ts")).sentencepieceFormat,
  text: async () => (await import("./text/format.ts")).textFormat,
  png: async () => (await import("./image/format.ts")).imageFormat("png"),
  jpeg: async () => (await import("./image/format.ts")).imageFormat("jpeg"),
  gif: async () => (await import("./image/format.ts")).imageFormat("gif"),
  webp: async () => (await import("./image/format.ts")).imageFormat("webp"),
  bmp: async () => (await import("./image/format.ts")).imageFormat("bmp"),
  ico: async () => (await import("./image/format.ts")).imageFormat("ico"),
  tiff: async () => (await import("./image/format.ts")).imageFormat("tiff"),
  wav: async () => (await import("./media/format.ts")).mediaFormat("wav"),
  aiff: async () => (await import("./media/format.ts")).mediaFormat("aiff"),
  flac: async () => (await import("./media/format.ts")).mediaFormat("flac"),
  mp3: async () => (await import("./media/format.ts")).mediaFormat("mp3"),
  ogg: async () => (await import("./media/format.ts")).mediaFormat("ogg"),
  mp4: async () => (await import("./media/format.ts")).mediaFormat("mp4"),
  matroska: async () => (await import("./media/format.ts")).mediaFormat("matroska"),
  midi: async () => (await import("./media/format.ts")).mediaFormat("midi"),
  rdata: async () => (await import("./rdata/format.ts")).rdata,
  torch7: async () => (await import("./torch7/format.ts")).torch7,
  ggml: async () => (await import("./ggml/format.ts")).ggml,
  "7z": async () => (await import("./sevenzip/format.ts")).sevenZip,
  zip: async () => (await import("./zip/format.ts")).zipFormat,
  "torch-zip": async () => (await import("./torch-zip/format.ts")).torchFormat("torch-zip"),
  torchscript: async () => (await import("./torch-zip/format.ts")).torchFormat("torchscript"),
  pt2: async () => (await import("./torch-zip/format.ts")).torchFormat("pt2"),
  ...Object.fromEntries(STREAM_CODECS.map((codec) => [codec, async () => (await import("./compressed/index.ts")).compressedFormat(codec)])),
  yaml: async () => (await import("./yaml/format.ts")).yamlFormat,
  skops: async () => (await import("./skops/format.ts")).skopsFormat,
  "torch-mar": async () => (await import("./torch-mar/format.ts")).torchMarFormat,
  tflite: async () => (await import("./tflite/format.ts")).tfliteFormat,
  xml: async () => (await import("./xml/format.ts")).xmlFormat,
  recipe: async () => (await import("./recipe/format.ts")).recipeFormat,
  ctranslate2: async () => (await import("./ctranslate2/format.ts")).ctranslate2,
  fasttext: async () => (await import("./fasttext/format.ts")).fasttext,
  modelfile: async () => (await import("./modelfile/format.ts")).modelfileFormat,
  "ollama-layer": async () => (await import("./modelfile/format.ts")).ollamaLayerFormat,
  table: async () => (await import("./table/format.ts")).tableFormat,
  msgpack: async () => (await import("./msgpack/format.ts")).msgpackFormat,
  catboost: async () => (await import("./boosters/catboost.ts")).catboostFormat,
  "xgboost-ubjson": async () => (await import("./boosters/ubjson.ts")).xgboostUbjson,
  "xgboost-binary": async () => (await import("./boosters/xgboost-binary.ts")).xgboostBinary,
  executorch: async () => (await import("./executorch/format.ts")).executorchFormat,
  "executorch-data": async () => (await import("./executorch/format.ts")).flatTensorFormat,
  [UNRECOGNISED]: async () => (await import("./identified/format.ts")).identifiedFormat(UNRECOGNISED),
  ...Object.fromEntries(IDENTIFIED_DETECTORS.map(({ id }) => [id, async () => (await import("./identified/format.ts")).identifiedFormat(id)])),
};

/** Every detector, tried on every subject. */
export const DETECTORS: readonly Detector[] = [
  safetensorsDetector,
  safetensorsIndexDetector,
  ggufDetector,
  ggmlDetector,
  ctranslate2Detector,
  fasttextDetector,
  hdf5Detector,
  pickleDetector,
  joblibDetector,
  joblibZfileDetector,
  torchLegacyDetector,
  onnxDetector,
  ...ONNX_VALUE_DETECTORS,
  ...TENSORFLOW_DETECTORS,
  tfRecordsDetector,
  imatrixDetector,
  word2vecDetector,
  dsStoreDetector,
  paddleDetector,
  paddleParamsDetector,
  coreMlDetector,
  milWeightsDetector,
  npyDetector,
  tarDetector,
  torchTarDetector,
  zipDetector,
  sevenZipDetector,
  rdataDetector,
  torch7Detector,
  ...TORCH_DETECTORS,
  xmlDetector,
  executorchDetector,
  flatTensorDetector,
  catboostDetector,
  xgboostUbjsonDetector,
  xgboostBinaryDetector,
  msgpackDetector,
  tfliteDetector,
  skopsDetector,
  torchMarDetector,
  kerasZipDetector,
  ...COMPRESSED_DETECTORS,
  executableDetector,
  executableZipDetector,
  scriptDetector,
  jsonDetector,
  pdfDetector,
  sentencepieceDetector,
  ...IMAGE_DETECTORS,
  ...MEDIA_DETECTORS,
  ...IDENTIFIED_DETECTORS,
  textDetector,
];

import type { FormatId } from "../../format.ts";

/** What a loader, a system or a person takes a file of this name for. */
export type Role = "model" | "tokenizer" | "config" | "code" | "native" | "document" | "media" | "archive" | "data";

export interface Claim {
  readonly role: Role;
  /** Formats that the bytes may have under this name; null where the name claims none. */
  readonly formats: readonly FormatId[] | null;
}

const PICKLES = ["pickle", "joblib", "joblib-zfile", "gzip", "bzip2", "xz", "lzma", "zlib", "zstd", "lz4"] as const;
const TORCH = ["torch-zip", "torchscript", "torch-legacy", "torch-tar", "pickle", "zip", "tar"] as const;
const IMAGES = ["png", "jpeg", "gif", "webp"] as const;
/** Players go by content, too: speech in MP3 is called .wav. */
const SOUNDS_AND_VIDEOS = ["wav", "aiff", "flac", "mp3", "ogg", "mp4", "matroska"] as const;

const TENSORFLOW = ["tf-savedmodel", "tf-metagraph", "tf-graphdef", "tf-fingerprint", "tf-keras-metadata", "tf-debug-info"] as const;
/** Extensions that many frameworks share. */
const ANY_WEIGHTS = [
  ...new Set([
    ...TORCH,
    ...PICKLES,
    "safetensors",
    "gguf",
    "ggml",
    "npy",
    "hdf5",
    "fasttext",
    "word2vec",
    "kenlm",
    "ctranslate2",
    "xgboost-binary",
    "faiss",
    "paddle",
    "paddle-params",
    "mil-weights",
    "msgpack",
    "onnx",
    "tflite",
    "sentencepiece",
  ]),
];

const claim = (role: Role, formats: Claim["formats"]): Claim => ({ role, formats });

/** By the last extension, lower case. An extension that is not here claims nothing. */
export const EXTENSIONS: Readonly<Record<string, Claim>> = {
  // Weights and whole models
  safetensors: claim("model", ["safetensors"]),
  gguf: claim("model", ["gguf"]),
  ggml: claim("model", ["ggml", "gguf"]),
  pkl: claim("model", [...PICKLES, ...TORCH]),
  pickle: claim("model", [...PICKLES, ...TORCH]),
  p: claim("model", [...PICKLES, ...TORCH]),
  dill: claim("model", PICKLES),
  joblib: claim("model", PICKLES),
  pt: claim("model", [...TORCH, ...PICKLES]),
  pth: claim("model", [...TORCH, ...PICKLES]),
  ckpt: claim("model", [...TORCH, ...PICKLES, "hdf5", "safetensors", "tf-table"]),
  mdl: claim("model", ANY_WEIGHTS),
  bin: claim("model", ANY_WEIGHTS),
  dat: claim("data", null),
  model: claim("model", [...ANY_WEIGHTS, "text", "json", "xgboost-ubjson", "catboost"]),
  pt2: claim("model", ["pt2", "torch-zip", "torchscript", "zip"]),
  ptl: claim("model", ["torch-zip", "torchscript", "zip"]),
  pte: claim("model", ["executorch"]),
  ptd: claim("model", ["executorch-data"]),
  onnx: claim("model", ["onnx"]),
  tflite: claim("model", ["tflite"]),
  lite: claim("model", ["tflite"]),
  litertlm: claim("model", ["litertlm"]),
  task: claim("model", ["zip", "tflite"]),
  pb: claim("model", [...TENSORFLOW, "onnx", "onnx-tensor", "onnx-sequence", "coreml"]),
  keras: claim("model", ["keras-v3", "zip"]),
  h5: claim("model", ["hdf5"]),
  hdf5: claim("model", ["hdf5"]),
  npy: claim("model", ["npy"]),
  npz: claim("model", ["zip"]),
  msgpack: claim("model", ["msgpack"]),
  mlmodel: claim("model", ["coreml"]),
  pdmodel: claim("model", ["paddle"]),
  pdiparams: claim("model", ["paddle-params"]),
  nemo: claim("model", ["tar", "gzip"]),
  mar: claim("model", ["torch-mar", "zip", "torch-zip", "gzip"]),
  skops: claim("model", ["zip", "skops"]),
  cbm: claim("model", ["catboost"]),
  bst: claim("model", ["xgboost-binary", "xgboost-ubjson", "json"]),
  ubj: claim("model", ["xgboost-ubjson"]),
  rknn: claim("model", ["rknn"]),
  t7: claim("model", ["torch7"]),
  rdata: claim("model", ["rdata", "gzip", "bzip2", "xz"]),
  rda: claim("model", ["rdata", "gzip", "bzip2", "xz"]),
  rds: claim("model", ["rdata", "gzip", "bzip2", "xz"]),
  // Tokenizers
  tiktoken: claim("tokenizer", ["text"]),
  spm: claim("tokenizer", ["sentencepiece"]),
  bpe: claim("tokenizer", ["text"]),
  codes: claim("tokenizer", ["text"]),
  vocab: claim("tokenizer", ["text", "sentencepiece"]),
  // Configuration
  json: claim("config", ["json", "safetensors-index"]),
  jsonl: claim("data", ["json", "text"]),
  ndjson: claim("data", ["json", "text"]),
  yaml: claim("config", ["text", "yaml", "jinja", "json"]),
  yml: claim("config", ["text", "yaml", "jinja", "json"]),
  toml: claim("config", ["text", "recipe"]),
  ini: claim("config", ["text", "recipe"]),
  cfg: claim("config", ["text", "recipe", "json"]), // spaCy keeps the settings of its vectors as JSON
  xml: claim("config", ["xml", "html"]),
  pmml: claim("model", ["xml"]),
  jinja: claim("config", ["jinja", "text", "json", "html", "xml"]),
  jinja2: claim("config", ["jinja", "text", "json", "html", "xml"]),
  // Code
  py: claim("code", ["text", "script"]),
  pyc: claim("code", ["pyc"]),
  sh: claim("code", ["text", "script", "recipe"]),
  ipynb: claim("code", ["json"]),
  wasm: claim("native", ["executable"]),
  class: claim("native", ["executable"]),
  so: claim("native", ["executable", "text"]),
  dylib: claim("native", ["executable"]),
  dll: claim("native", ["executable"]),
  llamafile: claim("native", ["executable-zip", "executable"]),
  exe: claim("native", ["executable", "executable-zip"]),
  pyd: claim("native", ["executable"]),
  node: claim("native", ["executable"]),
  o: claim("native", ["executable"]),
  a: claim("native", ["ar"]),
  cubin: claim("native", ["executable"]),
  jar: claim("archive", ["zip"]),
  whl: claim("archive", ["zip"]),
  // Documents, media, tables
  pdf: claim("document", ["pdf"]),
  html: claim("document", ["html", "xml", "text"]),
  htm: claim("document", ["html", "xml", "text"]),
  md: claim("document", null),
  txt: claim("document", null),
  rst: claim("document", null),
  csv: claim("data", null),
  tsv: claim("data", null),
  png: claim("media", IMAGES),
  jpg: claim("media", IMAGES),
  jpeg: claim("media", IMAGES),
  gif: claim("media", IMAGES),
  webp: claim("media", IMAGES),
  svg: claim("media", ["xml", "html"]),
  ...Object.fromEntries(
    "wav mp3 mp2 flac ogg oga ogv opus aif aiff aifc m4a m4b m4v mp4 mov 3gp webm mkv mka"
      .split(" ")
      .map((extension) => [extension, claim("media", SOUNDS_AND_VIDEOS)]),
  ),
  mid: claim("media", ["midi"]),
  midi: claim("media", ["midi"]),
  parquet: claim("data", ["parquet"]),
  arrow: claim("data", ["arrow"]),
  feather: claim("data", ["arrow", "parquet"]),
  db: claim("data", ["sqlite"]),
  sqlite: claim("data", ["sqlite"]),
  // Archives
  zip: claim("archive", ["zip", "torch-zip", "torchscript", "keras-v3", "pt2", "skops", "torch-mar"]),
  tar: claim("archive", ["tar", "torch-tar"]),
  gz: claim("archive", ["gzip", "zlib", "joblib-zfile"]), // joblib takes the name and writes what it is asked for
  tgz: claim("archive", ["gzip"]),
  bz2: claim("archive", ["bzip2"]),
  xz: claim("archive", ["xz"]),
  lzma: claim("archive", ["lzma", "xz"]),
  zst: claim("archive", ["zstd"]),
  lz4: claim("archive", ["lz4"]),
  "7z": claim("archive", ["7z"]),
  rar: claim("archive", ["rar"]),
};

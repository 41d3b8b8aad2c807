import type { FormatId } from "../format.ts";
import { STREAM_CODECS } from "../formats/compressed/facts.ts";

/** Formats that a loader runs or hands to one that does. */
export const CODE_CARRIERS: ReadonlySet<FormatId> = new Set([
  "pickle",
  "joblib",
  "joblib-zfile",
  "torch-zip",
  "torch-legacy",
  "torch-tar",
  "torchscript",
  "pt2",
  "keras-v3",
  "zip",
  "skops",
  "torch-mar",
  "tar",
  "executable",
  "executable-zip",
  "7z",
  "rdata",
  "torch7",
  "pyc",
  "lua-bytecode",
  "dex",
  "java-serialized",
  "dotnet-serialized",
  "windows-link",
]);

/** Formats that are examined the same under every name that claims no other format. */
export const NAMELESS: ReadonlySet<FormatId> = new Set([
  "pickle",
  "joblib",
  "joblib-zfile",
  "torch-zip",
  "torchscript",
  "torch-legacy",
  "torch-tar",
  "zip",
  "tar",
  "npy",
  "safetensors",
  "gguf",
  ...STREAM_CODECS,
]);

/** Streams that hold one file, compressed: a name in one is that of the stream. */
export const PACKINGS: ReadonlySet<string> = new Set(STREAM_CODECS);

/** Formats that are looked for at the head of tensor storage: what a loader or an operating system would act on. */
export const PROBED: ReadonlySet<FormatId> = new Set(["pickle", "executable", "script", "zip", "torch-zip", "torchscript"]);

/** Archives whose readers take bytes before and behind for granted: looked for in formats that nobody here reads. */
export const ARCHIVES: ReadonlySet<FormatId> = new Set(["zip", "torch-zip", "torchscript", "pt2", "keras-v3"]);

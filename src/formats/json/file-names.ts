import type { Path } from "./events.ts";

/**
 * Which string values a loader joins to the model's folder and opens: shard maps (transformers), the records of MLC's `ndarray-cache.json` and its
 * `tokenizer_files`, the folders of sentence-transformers' `modules.json`, the list of weights of an exported program, onnxruntime-genai's
 * `filename`, timm's `pretrained_cfg.file`.
 */
export function isFileName(path: Path): boolean {
  const [first, , third] = path;
  const last = path[path.length - 1];
  switch (path.length) {
    case 2:
      return (
        first === "weight_map" ||
        first === "tokenizer_files" ||
        (typeof first === "number" && last === "path") ||
        (first === "pretrained_cfg" && last === "file")
      );
    case 3:
      return (
        (first === "records" && third === "dataPath") || (first === "config" && third === "path_name") || (first === "model" && third === "filename")
      );
    case 4:
      return first === "model" && third === "pipeline" && last === "filename";
    default:
      return first === "model" && last === "filename" && path.length <= 6;
  }
}

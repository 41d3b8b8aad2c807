import type { Detector, Format, FormatId } from "../format.ts";
import { ggufDetector } from "./gguf/detect.ts";
import { npyDetector } from "./npy/detect.ts";
import { safetensorsDetector } from "./safetensors/detect.ts";
import { safetensorsIndexDetector } from "./safetensors-index/detect.ts";

/** Parsers load when a file needs them: looking at one safetensors file must not load the other engines. */
type Loader = () => Promise<Format<unknown>>;

export const FORMATS: Readonly<Record<FormatId, Loader>> = {
  safetensors: async () => (await import("./safetensors/format.ts")).safetensors,
  "safetensors-index": async () => (await import("./safetensors-index/format.ts")).safetensorsIndex,
  gguf: async () => (await import("./gguf/format.ts")).gguf,
  npy: async () => (await import("./npy/format.ts")).npy,
};

/** Every detector, tried on every subject. */
export const DETECTORS: readonly Detector[] = [safetensorsDetector, safetensorsIndexDetector, ggufDetector, npyDetector];

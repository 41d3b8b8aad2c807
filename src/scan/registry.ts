import type { Examiner } from "../finding.ts";
import type { FormatId } from "../format.ts";

/** Examiners load with the format that they read. */
type Loader = () => Promise<readonly Examiner<never>[]>;

export const EXAMINERS: Readonly<Record<FormatId, Loader>> = {
  safetensors: async () => (await import("./safetensors/index.ts")).examiners,
  "safetensors-index": async () => (await import("./safetensors-index/index.ts")).examiners,
  gguf: async () => (await import("./gguf/index.ts")).examiners,
  npy: async () => (await import("./npy/index.ts")).examiners,
};

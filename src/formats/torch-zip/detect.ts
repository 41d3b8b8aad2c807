import type { Detector, Probe } from "../../format.ts";
import { namesInZip, zipDetector } from "../zip/index.ts";
import type { TorchZipFacts } from "./facts.ts";
import { plainName } from "./names.ts";

type Kind = TorchZipFacts["kind"];

const DATA = /(?:^|\/)data\.pkl$/;
const CONSTANTS = /(?:^|\/)constants\.pkl$/;
const CODE = /(?:^|\/)code\//;
const ARCHIVE_FORMAT = /^(?:[^/]+\/)?archive_format$/;
/** Graphs of torch.export archives; before torch 2.8 there was one, under a name of its own. */
const EXPORTED = /^(?:[^/]+\/)?(?:models\/[^/]+\.json|data\/aotinductor\/.+)$/;
const EXPORTED_BEFORE = /^(?:[^/]+\/)?serialized_exported_program\.json$/;

/**
 * What torch writes into a zip archive: a compiled module, an exported program, a checkpoint; or none of them. A checkpoint with a `code/` folder
 * is judged as a compiled module, which is the stricter reading of its Python.
 */
export function torchKindOf(names: readonly string[]): Kind | null {
  const some = (pattern: RegExp) => names.some((name) => pattern.test(name));
  const pickled = some(DATA);
  if ((pickled || some(CONSTANTS)) && some(CODE)) return "torchscript";
  if ((some(ARCHIVE_FORMAT) && some(EXPORTED)) || some(EXPORTED_BEFORE)) return "pt2";
  return pickled ? "torch-zip" : null;
}

async function answer(kind: Kind, probe: Probe): Promise<"yes" | "maybe" | "no"> {
  const zip = await zipDetector.detect(probe);
  return zip !== "no" && torchKindOf((await namesInZip(probe)).map(plainName)) === kind ? zip : "no";
}

/** Zip archives that torch wrote, told apart by the names in their directories. */
export const TORCH_DETECTORS: readonly Detector[] = [
  { id: "torch-zip", refines: ["zip"], detect: (probe) => answer("torch-zip", probe) },
  { id: "torchscript", refines: ["zip", "torch-zip"], detect: (probe) => answer("torchscript", probe) },
  { id: "pt2", refines: ["zip", "torch-zip"], detect: (probe) => answer("pt2", probe) },
];

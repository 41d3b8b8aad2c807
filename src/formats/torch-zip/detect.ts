import type { Detector, Probe } from "../../format.ts";
import { namesInZip, zipDetector } from "../zip/index.ts";
import type { TorchZipFacts } from "./facts.ts";

const DATA = /(?:^|\/)data\.pkl$/;
/** The reader of compiled modules also wants `constants.pkl`; the code says enough, and torch.save never writes any. */
const CODE = /(?:^|\/)code\/.*\.py$/;
const EXPORTED_MODEL = /^(?:[^/]+\/)?models\/[^/]+\.json$/;
const ARCHIVE_FORMAT = /^(?:[^/]+\/)?archive_format$/;

/** What torch writes into a zip archive: a checkpoint, a compiled module, an exported program; or none of them. */
export function torchKindOf(names: readonly string[]): TorchZipFacts["kind"] | null {
  if (names.some((name) => ARCHIVE_FORMAT.test(name)) && names.some((name) => EXPORTED_MODEL.test(name))) return "pt2";
  if (!names.some((name) => DATA.test(name))) return null;
  return names.some((name) => CODE.test(name)) ? "torchscript" : "torch-zip";
}

async function answer(kind: TorchZipFacts["kind"], probe: Probe): Promise<"yes" | "maybe" | "no"> {
  const zip = await zipDetector.detect(probe);
  return zip !== "no" && torchKindOf(await namesInZip(probe)) === kind ? zip : "no";
}

export const TORCH_DETECTORS: readonly Detector[] = [
  { id: "torch-zip", refines: ["zip"], detect: (probe) => answer("torch-zip", probe) },
  { id: "torchscript", refines: ["zip", "torch-zip"], detect: (probe) => answer("torchscript", probe) },
  { id: "pt2", refines: ["zip", "torch-zip"], detect: (probe) => answer("pt2", probe) },
];

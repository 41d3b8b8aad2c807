import type { Detector } from "../../format.ts";
import { executableKind, MACHINE_CODE } from "../executable/detect.ts";
import { askZip, startsAsZip } from "../zip/detect.ts";

/** Machine code that finds its data in a zip archive at its own end: llamafiles, self-extracting archives, bundled Python programs. */
export const executableZipDetector: Detector = {
  id: "executable-zip",
  begins: MACHINE_CODE,
  // whatever model the archive holds: a test says when one is missing here
  refines: ["executable", "zip", "torch-zip", "torchscript", "pt2", "torch-mar", "skops", "keras-v3"],
  async detect(probe) {
    if (startsAsZip(probe.head)) return "no";
    const kind = await executableKind(probe);
    if (kind === null || kind === "wasm" || kind === "java-class") return "no";
    return (await askZip(probe)) === "yes" ? "yes" : "no";
  },
};

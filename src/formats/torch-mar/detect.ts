import type { Detector } from "../../format.ts";
import { namesInZip, zipDetector } from "../zip/index.ts";

/** https://github.com/pytorch/serve/blob/master/model-archiver/README.md */
export const MANIFEST = "MAR-INF/MANIFEST.json";

export const torchMarDetector: Detector = {
  id: "torch-mar",
  refines: ["zip"],
  async detect(probe) {
    const zip = await zipDetector.detect(probe);
    if (zip !== "no") for await (const name of namesInZip(probe)) if (name === MANIFEST) return zip;
    return "no";
  },
};

import type { Detector } from "../../format.ts";
import { namesInZip, zipDetector } from "../zip/index.ts";

/** The tree of objects, at the root of the archive. https://github.com/skops-dev/skops/blob/main/skops/io/_persist.py */
export const SCHEMA = "schema.json";

/** A zip archive with a `schema.json`; whether that is one of skops, the parser says. */
export const skopsDetector: Detector = {
  id: "skops",
  refines: ["zip"],
  async detect(probe) {
    const zip = await zipDetector.detect(probe);
    if (zip !== "no") for await (const name of namesInZip(probe)) if (name === SCHEMA) return zip;
    return "no";
  },
};

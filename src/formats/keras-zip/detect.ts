import type { Detector } from "../../format.ts";
import { askZip } from "../zip/detect.ts";
import { namesInZip } from "../zip/names-in-zip.ts";

const CONFIG = "config.json";
const BESIDE = /^(?:metadata\.json|model\.weights\.(?:h5|npz|json))$/;
const OWN = /^(?:config\.json|metadata\.json|model\.weights\.[a-z0-9]+|assets(?:\/.*)?|model\.weights(?:\/.*)?)$/;

/** The name as a reader that ignores case, `./` and doubled slashes has it. */
export function foldedName(name: string): string {
  return name
    .toLowerCase()
    .split(/[/\\]/)
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

/** What `keras.Model.save` writes since Keras 2.12: a configuration beside weights or metadata, or nothing else than such members. */
export const kerasZipDetector: Detector = {
  id: "keras-v3",
  refines: ["zip"],
  async detect(probe) {
    const zip = await askZip(probe);
    if (zip === "no") return "no";
    let config = false;
    let beside = false;
    let others = false;
    for (const listed of await namesInZip(probe)) {
      const name = foldedName(listed);
      config ||= name === CONFIG;
      beside ||= BESIDE.test(name);
      others ||= !OWN.test(name);
    }
    return config && (beside || !others) ? zip : "no";
  },
};

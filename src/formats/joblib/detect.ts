import type { Detector } from "../../format.ts";
import { pickleDetector } from "../pickle/detect.ts";

const MODULE = Buffer.from("joblib.numpy_pickle");

/** A pickle whose first bytes name joblib's array wrapper. One that names it later is read the same way as a plain pickle. */
export const joblibDetector: Detector = {
  id: "joblib",
  ...(pickleDetector.begins === undefined ? {} : { begins: pickleDetector.begins }),
  refines: ["pickle"],
  async detect(probe) {
    if (!Buffer.from(probe.head.buffer, probe.head.byteOffset, probe.head.length).includes(MODULE)) return "no";
    return pickleDetector.detect(probe);
  },
};

import type { Detector } from "../../format.ts";

/** File identifier of schema version 3, behind the offset of the root table. The metadata library appends a zip archive, which belongs to the model. */
export const tfliteDetector: Detector = {
  id: "tflite",
  refines: ["zip"],
  async detect({ head }) {
    return head.length >= 8 && Buffer.from(head.subarray(4, 8)).toString("latin1") === "TFL3" ? "yes" : "no";
  },
};

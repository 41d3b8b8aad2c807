import type { Detector } from "../../format.ts";

const MAGIC = 793_712_314;

/** Magic and version (`FastText::checkModel`). */
export const fasttextDetector: Detector = {
  id: "fasttext",
  begins: "\xba",
  async detect({ head }) {
    return head.length >= 8 && new DataView(head.buffer, head.byteOffset, head.length).getUint32(0, true) === MAGIC ? "yes" : "no";
  },
};

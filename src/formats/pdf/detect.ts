import type { Detector } from "../../format.ts";

export const pdfDetector: Detector = {
  id: "pdf",
  begins: "%",
  async detect({ head }) {
    return /^%PDF-\d\.\d/.test(Buffer.from(head.subarray(0, 8)).toString("latin1")) ? "yes" : "no";
  },
};

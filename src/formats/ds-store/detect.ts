import type { Detector } from "../../format.ts";

export const dsStoreDetector: Detector = {
  id: "ds-store",
  begins: "\0",
  async detect({ head }) {
    return Buffer.from(head.subarray(0, 8)).toString("latin1") === "\0\0\0\x01Bud1" ? "yes" : "no";
  },
};

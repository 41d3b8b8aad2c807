import type { Detector } from "../../format.ts";

/** "\x93NUMPY" at the start. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
export const npyDetector: Detector = {
  id: "npy",
  begins: "\x93",
  async detect({ head }) {
    return Buffer.from(head.subarray(0, 6)).toString("latin1") === "\x93NUMPY" ? "yes" : "no";
  },
};

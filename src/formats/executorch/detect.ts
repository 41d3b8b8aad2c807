import type { Detector } from "../../format.ts";

const identifier = (head: Uint8Array) => Buffer.from(head.subarray(4, 8)).toString("latin1");

/** Programs of ExecuTorch: a FlatBuffer whose identifier is `ET` and two digits. */
export const executorchDetector: Detector = {
  id: "executorch",
  async detect({ head }) {
    return head.length >= 8 && /^ET1\d$/.test(identifier(head)) ? "yes" : "no";
  },
};

/** Tensors for such a program in a file of their own. */
export const flatTensorDetector: Detector = {
  id: "executorch-data",
  async detect({ head }) {
    return head.length >= 8 && identifier(head) === "FT01" ? "yes" : "no";
  },
};

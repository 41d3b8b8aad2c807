import type { Detector } from "../../format.ts";

/** "GGUF" at the start. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
export const ggufDetector: Detector = {
  id: "gguf",
  begins: "G",
  async detect({ head }) {
    return head[0] === 0x47 && head[1] === 0x47 && head[2] === 0x55 && head[3] === 0x46 ? "yes" : "no";
  },
};

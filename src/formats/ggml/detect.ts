import type { Detector } from "../../format.ts";
import { MAGICS } from "./layouts.ts";

/** The magics of ggml before GGUF, as little-endian numbers, and a NUL early on: they are letters. */
export const ggmlDetector: Detector = {
  id: "ggml",
  begins: Object.keys(MAGICS)
    .map((magic) => magic.charAt(0))
    .join(""),
  async detect({ head }) {
    const magic = Buffer.from(head.buffer, head.byteOffset, Math.min(4, head.length)).toString("latin1");
    return Object.hasOwn(MAGICS, magic) && head.subarray(0, 64).includes(0) ? "yes" : "no";
  },
};

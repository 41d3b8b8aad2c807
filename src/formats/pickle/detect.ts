import type { Detector } from "../../format.ts";
import { isCutPickle, looksLikePickle } from "./looks-like.ts";
import { decodesAsPickle } from "./trial.ts";

/** PROTO with a plausible opcode, or bytes that decode as protocol 0 or 1: content decides, whatever the name. */
export const pickleDetector: Detector = {
  id: "pickle",
  async detect({ head, size, at }) {
    if (looksLikePickle(head, size)) return "yes";
    if (size <= head.length || !isCutPickle(head)) return "no";
    return (await decodesAsPickle({ size, read: at })) ? "yes" : "no";
  },
};

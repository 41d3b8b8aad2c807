import type { Detector } from "../../format.ts";
import { looksLikePickle, mayBeginPickle } from "./looks-like.ts";

/** A decoding attempt without PROTO looks at this much. */
const TRIAL_BYTES = 65_536;

/** PROTO with a plausible opcode, or bytes that decode as protocol 0 or 1: content decides, whatever the name. */
export const pickleDetector: Detector = {
  id: "pickle",
  async detect({ head, size, at }) {
    if (looksLikePickle(head, size)) return "yes";
    if (!mayBeginPickle(head) || size <= head.length) return "no";
    return looksLikePickle(await at(0, Math.min(size, TRIAL_BYTES)), size) ? "yes" : "no";
  },
};

import type { Detector } from "../../format.ts";

/** `torch.serialization.MAGIC_NUMBER` 0x1950a86a20f9469cfc6c as LONG1 writes it, and as LONG does. */
const MAGICS = [Buffer.from("8a0a6cfc9c46f9206aa85019", "hex"), Buffer.from("L119547037146038801333356L\n")];
/** PROTO and FRAME may come before it. */
const PREFIX_BYTES = 11;

/** The first of the five pickles is the magic number. One that is computed instead makes the file a plain pickle, whose streams are all read. */
export const torchLegacyDetector: Detector = {
  id: "torch-legacy",
  refines: ["pickle"],
  async detect({ head }) {
    const start = Buffer.from(head.subarray(0, 64));
    const found = MAGICS.some((magic) => {
      const at = start.indexOf(magic);
      return at >= 0 && at <= PREFIX_BYTES;
    });
    return found ? "yes" : "no";
  },
};

import type { Detector } from "../../format.ts";

/** `7z`, four bytes of signature, major version 0. */
export const sevenZipDetector: Detector = {
  id: "7z",
  begins: "7",
  async detect({ head }) {
    return Buffer.from(head.buffer, head.byteOffset, Math.min(7, head.length)).toString("latin1") === "7z\xbc\xaf\x27\x1c\0" ? "yes" : "no";
  },
};

import type { Detector } from "../../format.ts";

/** `RDX2` to `RDB3` before a workspace; then, or alone before one object, the encoding and a version of the serialisation that R writes. */
const START = {
  xdr: /^(?:RDX[23]\n)?X\n\0\0\0[\x02\x03]\0[\x01-\x0f][\s\S]{2}\0[\x01-\x0f]/,
  native: /^(?:RDB[23]\n)?B\n[\x02\x03]\0\0\0[\s\S]{2}[\x01-\x0f]\0[\s\S]{2}[\x01-\x0f]\0/,
  ascii: /^(?:RDA[23]\n)?A\n[23]\n\d{5,7}\n\d{5,7}\n/,
};

export const rdataDetector: Detector = {
  id: "rdata",
  begins: "RXBA",
  refines: ["text"],
  async detect({ head }) {
    const start = Buffer.from(head.buffer, head.byteOffset, Math.min(40, head.length)).toString("latin1");
    return Object.values(START).some((pattern) => pattern.test(start)) ? "yes" : "no";
  },
};

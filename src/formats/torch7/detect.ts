import type { Detector } from "../../format.ts";

/** A class (type 4) under the first index, with its version `V n`; or a table (type 3) under it, of a sane size, whose first key is a number, a text or a flag. */
const CLASS = /^\x04\0{3}\x01\0{3}[\x03-\x05]\0{3}V \d/;
const TABLE =
  /^\x03\0{3}\x01\0{3}(?:\0{4}$|[\s\S]{3}\0(?:\x01\0{3}[\s\S]{8}[\0-\x08]\0{3}|\x02\0{3}[\s\S][\0-\x03]\0\0[ -~]|\x05\0{3}[\0\x01]\0{3}))/;

export const torch7Detector: Detector = {
  id: "torch7",
  begins: "\x03\x04",
  async detect({ head }) {
    const start = Buffer.from(head.buffer, head.byteOffset, Math.min(64, head.length)).toString("latin1");
    return CLASS.test(start) || TABLE.test(start) ? "yes" : "no";
  },
};

import type { Detector } from "../../format.ts";
import { LEARNER_BYTES, namesAt } from "./xgboost-head.ts";

const latin1 = (head: Uint8Array, from: number, to: number) => Buffer.from(head.subarray(from, to)).toString("latin1");

/** `CBM1`, the size of what follows, and a FlatBuffer whose root lies near its start. https://github.com/catboost/catboost/tree/master/catboost/libs/model */
export const catboostDetector: Detector = {
  id: "catboost",
  begins: "C",
  async detect({ head, size }) {
    return size > 16 && latin1(head, 0, 4) === "CBM1" && head.subarray(0, 512).includes(0) ? "yes" : "no";
  },
};

/** UBJSON: an object whose first key is `learner`, with the length as a number of any size. */
export const xgboostUbjsonDetector: Detector = {
  id: "xgboost-ubjson",
  begins: "{",
  async detect({ head }) {
    return /^\{(?:L\0{7}|i|U|I\0|l\0{3})\x07learner/.test(latin1(head, 0, 24)) ? "yes" : "no";
  },
};

/** Before XGBoost 1.0, and deprecated since: parameters of fixed size, then the names of objective and booster, perhaps behind `binf`. */
export const xgboostBinaryDetector: Detector = {
  id: "xgboost-binary",
  async detect({ head, size }) {
    const from = latin1(head, 0, 4) === "binf" ? 4 : 0;
    if (size < from + LEARNER_BYTES + 16) return "no";
    return namesAt(Buffer.from(head.buffer, head.byteOffset, head.length), from + LEARNER_BYTES) === null ? "no" : "yes";
  },
};

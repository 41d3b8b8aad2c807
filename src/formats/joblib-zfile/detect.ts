import type { Detector } from "../../format.ts";
import { headerOf } from "./header.ts";

/** What joblib takes for a file of its versions before 0.10: it looks at no more than `ZF`, and at a length that Python can read. */
export const joblibZfileDetector: Detector = {
  id: "joblib-zfile",
  begins: "Z",
  async detect({ head, size }) {
    const header = headerOf(head, size);
    return header !== null && (header.isUsual || header.isFollowedByZlib) ? "yes" : "no";
  },
};

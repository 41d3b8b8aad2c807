import type { Detector } from "../../format.ts";
import { protobufDetector } from "../protobuf/kinds.ts";

export const paddleDetector = protobufDetector("paddle");

/** Versions of zero around no level of detail, then a short description that begins with a type and dimensions. */
export const paddleParamsDetector: Detector = {
  id: "paddle-params",
  begins: "\0",
  async detect({ head }) {
    const start = Buffer.from(head.subarray(0, 24)).toString("latin1");
    return /^\0{16}[\x02-\x7f]\0{3}\x08[\0-\x1f](?:[\x10\x12]|$)/.test(start) && start.length >= 22 ? "yes" : "no";
  },
};

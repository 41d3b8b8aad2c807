import type { Detector } from "../../format.ts";
import { protobufDetector } from "../protobuf/kinds.ts";

export const coreMlDetector = protobufDetector("coreml");

/** Version 2 of the storage, and the mark of a first record behind the header of 64 bytes. */
export const milWeightsDetector: Detector = {
  id: "mil-weights",
  async detect({ head }) {
    return Buffer.from(head.subarray(4, 8)).toString("hex") === "02000000" && Buffer.from(head.subarray(64, 68)).toString("hex") === "efbeadde"
      ? "yes"
      : "no";
  },
};

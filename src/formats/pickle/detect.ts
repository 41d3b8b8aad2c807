import type { Detector } from "../../format.ts";
import { lazily } from "../../lazily.ts";
import { startsAsZip } from "../zip/detect.ts";
import { FIRST } from "./first-opcodes.ts";

const engine = lazily(() => import("./detection.ts"));

/**
 * A pickle, with PROTO or without: the first opcode can be one that needs nothing on the stack; opcodes are decoded for what it takes to be sure.
 * `PK` is a persistent id, too, whose line ends with the header of an array that was stored first in a .npz; what its bytes hold, the archive shows.
 */
export const pickleDetector: Detector = {
  id: "pickle",
  begins: Buffer.from([0x80, ...FIRST]).toString("latin1"),
  detect: async (probe) => (startsAsZip(probe.head) ? "no" : (await engine()).detectPickle(probe)),
};

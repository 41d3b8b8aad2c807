import type { Detector } from "../../format.ts";
import { lazily } from "../../lazily.ts";
import { FIRST } from "./first-opcodes.ts";

const engine = lazily(() => import("./detection.ts"));

/** A pickle, with PROTO or without: the first opcode can be one that needs nothing on the stack; opcodes are decoded for what it takes to be sure. */
export const pickleDetector: Detector = {
  id: "pickle",
  begins: Buffer.from([0x80, ...FIRST]).toString("latin1"),
  detect: async (probe) => (await engine()).detectPickle(probe),
};

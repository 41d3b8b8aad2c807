import { WeighbridgeError } from "./errors.ts";

/** The oldest Node that examinations are tested under. An older one lacks what parsers use, and a sound file would be said to be broken. */
const OLDEST = 24;

if (Number(process.versions.node.split(".")[0]) < OLDEST)
  throw new WeighbridgeError("WB_NODE_TOO_OLD", `weighbridge needs Node ${OLDEST} or newer as a library; this is ${process.version}`, {
    hint: "Run it under Node 24. Tickets can be verified under Node 20, too: import weighbridge/verify.",
  });

import type { DatabaseSync } from "node:sqlite";
import type { LogIdentity } from "../log/opening-checks.ts";
import { LogReader } from "../log/reader.ts";
import { StateTable } from "../log/state.ts";
import type { ReadStore } from "./store.ts";

/** What a store says of the log itself. */
export function proofsOf(database: DatabaseSync, identity: LogIdentity): Pick<ReadStore, "prove" | "checkpoint"> {
  const reader = new LogReader(identity);
  return {
    async prove(index) {
      const { proof, checkpoint } = reader.inclusionProof(index);
      return { entry: reader.entry(index), proof: proof.map((hash) => Buffer.from(hash).toString("base64")), checkpoint: checkpoint.text };
    },
    async checkpoint() {
      const state = new StateTable(database).read();
      if (state === undefined) throw new Error("log.sqlite has no state"); // an open log has one
      return { checkpoint: state.checkpoint, size: state.size };
    },
  };
}

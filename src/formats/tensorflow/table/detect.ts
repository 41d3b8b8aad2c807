import type { Detector } from "../../../format.ts";

/** The last eight bytes of a table of the LevelDB kind, little endian 0xdb4775248b80fb57. */
const MAGIC = "57fb808b247547db";

/** A table of keys and values, as checkpoints of TensorFlow use for their index. */
export const tableDetector: Detector = {
  id: "tf-table",
  async detect({ tail, size }) {
    return size >= 48 && Buffer.from(tail.subarray(-8)).toString("hex") === MAGIC ? "yes" : "no";
  },
};

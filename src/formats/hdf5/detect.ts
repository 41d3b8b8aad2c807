import type { Detector } from "../../format.ts";

const SIGNATURE = "\x89HDF\r\n\x1a\n";
const MAX_USER_BLOCK = 1 << 20;

/** The superblock stands at 0, 512, 1024, 2048 and so on (specification II.A). */
export const hdf5Detector: Detector = {
  id: "hdf5",
  async detect({ size, at }) {
    for (let offset = 0; offset + 8 <= size && offset <= MAX_USER_BLOCK; offset = offset === 0 ? 512 : offset * 2)
      if (Buffer.from(await at(offset, 8)).toString("latin1") === SIGNATURE) return "yes";
    return "no";
  },
};

import type { Detector } from "../../format.ts";
import { readHeader } from "./header.ts";

/** A tar has no magic at its start, but a checksum over its first block that no other content meets by chance. */
export const tarDetector: Detector = {
  id: "tar",
  async detect({ head }) {
    const header = readHeader(head);
    return header !== null && (header.name !== "" || header.magic !== "v7") ? "yes" : "no";
  },
};

import type { Detector } from "../../format.ts";
import { crc32c, masked } from "../tensorflow/table/crc32c.ts";

/** Length and its masked CRC-32C: four bytes that fit by chance once in four thousand million files. */
export const LENGTH_BYTES = 12;

/** Whether the length of a record stands here, and its checksum fits. */
export function isRecordLength(bytes: Buffer, at: number): boolean {
  return bytes.length >= at + LENGTH_BYTES && bytes.readUInt32LE(at + 8) === masked(crc32c(bytes.subarray(at, at + 8)));
}

export const tfRecordsDetector: Detector = {
  id: "tf-records",
  async detect({ head }) {
    return isRecordLength(Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, LENGTH_BYTES)), 0) ? "yes" : "no";
  },
};

import type { Detector, Probe } from "../../format.ts";
import { TAIL_BYTES } from "./directory.ts";
import { CENTRAL, END, END_BYTES, LOCAL, readEnd } from "./records.ts";

/**
 * `yes`: a local header or an empty archive at the start, or an end record that closes the file and leads to a directory: CPython's zipfile opens
 * that whatever stands before. `maybe`: such an end record with something behind it, as any container of a zip has.
 */
export const zipDetector: Detector = {
  id: "zip",
  async detect(probe) {
    if (startsAsZip(probe.head)) return "yes";
    return await endsAsZip(probe);
  },
};

/** A whole local header (APPNOTE 4.3.7), or the end record of an empty archive. Readers care for nothing else in it, so neither does this. */
export function startsAsZip(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (bytes.length < END_BYTES) return false;
  const signature = bytes.readUInt32LE(0);
  if (signature === END) return bytes.readUInt32LE(4) === 0;
  return signature === LOCAL && bytes.length >= 30;
}

async function endsAsZip({ size, at }: Probe): Promise<"yes" | "maybe" | "no"> {
  const length = Math.min(TAIL_BYTES, size);
  if (length < END_BYTES) return "no";
  const base = size - length;
  const tail = Buffer.from(await at(base, length));
  const signature = Buffer.from("PK\x05\x06", "latin1");
  for (let found = tail.lastIndexOf(signature); found >= 0; found = found === 0 ? -1 : tail.lastIndexOf(signature, found - 1)) {
    const end = readEnd(tail, found, base);
    if (end === null || (end.count === 0 && !end.unstated)) continue;
    const places = [end.at - end.directorySize, end.directoryOffset];
    for (const place of end.unstated ? [end.at - 76] : places) {
      if (place < 0 || place + 4 > size) continue;
      const here = Buffer.from(await at(place, 4)).readUInt32LE(0);
      if (here !== CENTRAL && !end.unstated) continue;
      return end.at + END_BYTES + end.commentLength === size ? "yes" : "maybe";
    }
  }
  return "no";
}

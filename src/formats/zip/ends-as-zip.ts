import type { Probe } from "../../format.ts";
import { readEnd } from "./records.ts";
import { CENTRAL, END_BYTES, END_SIGNATURE } from "./signatures.ts";

/** Whether one of the end records that may stand in the tail leads to a directory. @param tail the last bytes @param base where they begin */
export async function endsAsZip(tail: Buffer, base: number, { size, at }: Probe): Promise<"yes" | "maybe" | "no"> {
  for (let found = tail.lastIndexOf(END_SIGNATURE); found >= 0; found = found === 0 ? -1 : tail.lastIndexOf(END_SIGNATURE, found - 1)) {
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

import type { Detector, Probe } from "../../format.ts";
import { lazily } from "../../lazily.ts";
import { END, END_BYTES, END_SIGNATURE, LOCAL, LOCAL_BYTES, TAIL_BYTES } from "./signatures.ts";

type Answer = "yes" | "maybe" | "no";

/**
 * `yes`: a local header or an empty archive at the start, or an end record that closes the file and leads to a directory: CPython's zipfile opens
 * that whatever stands before. `maybe`: such an end record with something behind it, as any container of a zip has.
 */
export const zipDetector: Detector = { id: "zip", detect: askZip };

/** The reader of end records, for the files that have one. */
const engine = lazily(() => import("./ends-as-zip.ts"));
const answers = new WeakMap<Probe, Promise<Answer>>();

/** What `zipDetector` answers: for the detectors of eight formats that are zip archives, it looks at a probe once. */
export function askZip(probe: Probe): Promise<Answer> {
  const answer = answers.get(probe) ?? lookAtBothEnds(probe);
  answers.set(probe, answer);
  return answer;
}

async function lookAtBothEnds(probe: Probe): Promise<Answer> {
  if (startsAsZip(probe.head)) return "yes";
  const length = Math.min(TAIL_BYTES, probe.size);
  if (length < END_BYTES) return "no";
  const base = probe.size - length;
  const read = probe.head.length === probe.size ? probe.head : await probe.at(base, length);
  const tail = Buffer.from(read.buffer, read.byteOffset, read.length);
  return tail.includes(END_SIGNATURE) ? (await engine()).endsAsZip(tail, base, probe) : "no";
}

/** A whole local header (APPNOTE 4.3.7), or the end record of an empty archive. Readers care for nothing else in it, so neither does this. */
export function startsAsZip(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (bytes.length < END_BYTES) return false;
  const signature = bytes.readUInt32LE(0);
  if (signature === END) return bytes.readUInt32LE(4) === 0;
  return signature === LOCAL && bytes.length >= LOCAL_BYTES;
}

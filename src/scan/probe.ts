import type { ByteSource } from "../bytes.ts";
import { PROBE_BYTES, type Probe } from "../format.ts";

/** Reads head and tail once, for all detectors. */
export async function probeOf(source: ByteSource): Promise<Probe> {
  const length = Math.min(PROBE_BYTES, source.size);
  const head = await source.read(0, length);
  return {
    head,
    tail: source.size <= PROBE_BYTES ? head : await source.read(source.size - length, length),
    size: source.size,
    at: source.read.bind(source),
  };
}

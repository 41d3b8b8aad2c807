import type { FormatId, Probe } from "../format.ts";
import { lazily } from "../lazily.ts";
import { PROBED } from "./format-traits.ts";
import { identify } from "./identify.ts";

const engine = lazily(() => import("../formats/pickle/find-acting.ts"));

/** A payload behind numbers that are opcodes, too, is looked for in this much of a tensor. */
const SEARCHED_BYTES = 1024 * 1024;

/**
 * What stands at the head of a tensor's content besides numbers. Numbers can be opcodes: the zero points of weights of four and eight bits are long runs
 * of 0x88 and 0x80. So a stream without a plausible PROTO counts as a pickle only where it names something and calls it.
 */
export async function probedFormats(probe: Probe): Promise<readonly FormatId[]> {
  const { sure } = await identify(probe, PROBED);
  if (!sure.includes("pickle") || beginsWithProto(probe.head)) return sure;
  const { holdsActingPickle } = await engine();
  const acts = await holdsActingPickle({ size: probe.size, read: probe.at }, 0, Math.min(probe.size, SEARCHED_BYTES));
  return acts ? sure : sure.filter((id) => id !== "pickle");
}

function beginsWithProto([first, version = 0]: Uint8Array): boolean {
  return first === 0x80 && version >= 1 && version <= 5;
}

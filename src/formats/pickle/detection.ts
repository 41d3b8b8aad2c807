import type { Probe } from "../../format.ts";
import { holdsActingPickle } from "./find-acting.ts";
import { dumpsInFront, isCutPickle, looksLikePickle } from "./looks-like.ts";
import { decodesAsPickle, SEARCHED_BYTES } from "./trial.ts";

/**
 * PROTO with a plausible opcode, or bytes that decode as protocol 0 or 1: content decides, whatever the name. `maybe`: one or two opcodes and
 * STOP are all that there is, as for a pickled None; a text can be that by chance.
 */
export async function detectPickle({ head, size, at }: Probe): Promise<"yes" | "maybe" | "no"> {
  if (looksLikePickle(head, size)) return "yes";
  const source = { size, read: at };
  if (size > head.length && isCutPickle(head)) return (await decodesAsPickle(source)) ? "yes" : "no";
  const end = dumpsInFront(head);
  if (end === 0) return "no";
  if (end === size) return "maybe";
  return (await holdsActingPickle(source, end, Math.min(size, end + SEARCHED_BYTES))) ? "yes" : "no";
}

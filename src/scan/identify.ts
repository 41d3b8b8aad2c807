import type { FormatId, Probe } from "../format.ts";
import { DETECTORS } from "../formats/registry.ts";

export interface Identified {
  /** Formats whose magic or structure is there; the more general ones that another refines are left out. */
  readonly sure: readonly FormatId[];
  /** Formats without a magic that it could be: parsing decides. */
  readonly possible: readonly FormatId[];
}

/** Asks the detectors, all or those of some formats. Content decides; the name is never looked at. */
export async function identify(probe: Probe, among?: ReadonlySet<FormatId>): Promise<Identified> {
  const asked = among === undefined ? DETECTORS : DETECTORS.filter(({ id }) => among.has(id));
  const answers = await Promise.all(asked.map(async (detector) => ({ detector, answer: await detector.detect(probe) })));
  const found = answers.filter(({ answer }) => answer !== "no");
  const yes = found.filter(({ answer }) => answer === "yes");
  const refined = new Set(yes.flatMap(({ detector }) => detector.refines ?? []));
  const maybe = found.filter(({ answer }) => answer === "maybe");
  const refinedByMaybe = new Set(maybe.flatMap(({ detector }) => detector.refines ?? []));
  return {
    sure: yes.map(({ detector }) => detector.id).filter((id) => !refined.has(id)),
    possible: maybe.map(({ detector }) => detector.id).filter((id) => !refined.has(id) && !refinedByMaybe.has(id)),
  };
}

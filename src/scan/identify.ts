import type { Detector, FormatId, Probe } from "../format.ts";
import { DETECTORS } from "../formats/registry.ts";

export interface Identified {
  /** Formats whose magic or structure is there; the more general ones that another refines are left out. */
  readonly sure: readonly FormatId[];
  /** Formats without a magic that it could be: parsing decides. */
  readonly possible: readonly FormatId[];
}

const byFirstByte = new Map<number, readonly Detector[]>();

/** Those that content with this first byte could belong to: a third of all, and asking is most of what a small member costs. */
function detectorsFor(first: number): readonly Detector[] {
  const known = byFirstByte.get(first) ?? DETECTORS.filter(({ begins }) => begins === undefined || begins.includes(String.fromCharCode(first)));
  byFirstByte.set(first, known);
  return known;
}

/** Asks the detectors, all or those of some formats. Content decides; the name is never looked at. */
export async function identify(probe: Probe, among?: ReadonlySet<FormatId>): Promise<Identified> {
  const possible = probe.head[0] === undefined ? [] : detectorsFor(probe.head[0]);
  const asked = among === undefined ? possible : possible.filter(({ id }) => among.has(id));
  const answers = await Promise.all(asked.map((detector) => detector.detect(probe)));
  const yes: Detector[] = [];
  const maybe: Detector[] = [];
  for (const [i, detector] of asked.entries())
    if (answers[i] === "yes") yes.push(detector);
    else if (answers[i] === "maybe") maybe.push(detector);
  const refined = new Set(yes.flatMap(({ refines }) => refines ?? []));
  const refinedByMaybe = new Set(maybe.flatMap(({ refines }) => refines ?? []));
  return {
    sure: yes.map(({ id }) => id).filter((id) => !refined.has(id)),
    possible: maybe.map(({ id }) => id).filter((id) => !refined.has(id) && !refinedByMaybe.has(id)),
  };
}

import type { ChildRef } from "../../format.ts";
import type { BoosterFacts } from "./facts.ts";

/** Shorter pieces hold nothing that runs. */
const PROBED_BYTES = 64;

/** Heads of arrays are probed; what is not read here, and what stands behind the model, is searched. */
export function childrenOfBooster({ arrays, opaque, endsAt, size }: BoosterFacts): readonly ChildRef[] {
  const behind = endsAt === null || endsAt >= size ? [] : [{ offset: endsAt, size: size - endsAt }];
  return [
    ...arrays
      .filter(({ size }) => size >= PROBED_BYTES)
      .map((span): ChildRef => ({ name: `array@${span.offset}`, region: { in: "slice", ...span }, treatment: "probe" })),
    ...opaque.map((span): ChildRef => ({ name: `part@${span.offset}`, region: { in: "slice", ...span }, treatment: "search" })),
    ...behind.map((span): ChildRef => ({ name: "appended", region: { in: "slice", ...span }, treatment: "search" })),
  ];
}

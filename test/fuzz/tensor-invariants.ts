import type { ChildRef } from "../../src/format.ts";

/** Begin and end of each span. */
export type Facts = readonly (readonly [number, number])[];

/** Children that a parser of tensor files names must lie in the file and not be empty of place. */
export function checkChildren(children: readonly ChildRef[], size: number): void {
  for (const { name, region } of children) {
    if (region.in !== "slice") throw new Error(`${name} is no slice`);
    const { offset, size: length } = region;
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0 || offset + length > size)
      throw new Error(`${name} lies at ${offset}+${length} of ${size}`);
  }
}

import type { ChildRef, Format } from "../../format.ts";
import { type NpyFacts, parseNpy } from "./parse.ts";

/** An array of objects is a pickle after the header, which `numpy.load(allow_pickle=True)` hands to `pickle.load`, whatever it looks like. */
export const npy: Format<NpyFacts> = {
  id: "npy",
  parse: parseNpy,
  children: (facts) => [
    ...(facts.objects ? [{ ...rest("array.pkl", facts.dataStart, facts), as: "pickle" }] : []),
    ...(facts.next === null ? [] : [rest("next-array", facts.next, facts)]),
    ...facts.unowned.map(
      ({ begin, end }): ChildRef => ({ name: `unowned@${begin}`, region: { in: "slice", offset: begin, size: end - begin }, treatment: "search" }),
    ),
  ],
};

function rest(name: string, offset: number, { size }: NpyFacts): ChildRef {
  return { name, region: { in: "slice", offset, size: size - offset }, treatment: "examine" };
}

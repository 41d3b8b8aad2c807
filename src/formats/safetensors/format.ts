import type { ChildRef, Format } from "../../format.ts";
import { parseSafetensors, type SafetensorsFacts } from "./parse.ts";

/** Tensors of bytes can be anything, so their heads are probed; numbers are stepped over. */
const BYTES: ReadonlySet<string> = new Set(["U8", "I8", "BOOL"]);
const LEAST_BYTES = 16;
const MAX_PROBED = 4096;

/** What nobody owns is searched. */
export const safetensors: Format<SafetensorsFacts> = {
  id: "safetensors",
  parse: parseSafetensors,
  children: ({ unowned, tensors }): readonly ChildRef[] => [
    ...unowned.map(
      ({ begin, end }): ChildRef => ({ name: `unowned@${begin}`, region: { in: "slice", offset: begin, size: end - begin }, treatment: "search" }),
    ),
    ...tensors
      .filter(({ dtype, begin, end }) => BYTES.has(dtype) && end - begin >= LEAST_BYTES)
      .slice(0, MAX_PROBED)
      .map(({ name, begin, end }): ChildRef => ({ name, region: { in: "slice", offset: begin, size: end - begin }, treatment: "probe" })),
  ],
};

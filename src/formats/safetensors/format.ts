import type { ChildRef, Format } from "../../format.ts";
import { parseSafetensors, type SafetensorsFacts } from "./parse.ts";

/** Tensors have no children: the header owns them. What nobody owns is searched. */
export const safetensors: Format<SafetensorsFacts> = {
  id: "safetensors",
  parse: parseSafetensors,
  children: (facts): readonly ChildRef[] =>
    facts.unowned.map(({ begin, end }) => ({
      name: `unowned@${begin}`,
      region: { in: "slice", offset: begin, size: end - begin },
      treatment: "search",
    })),
};

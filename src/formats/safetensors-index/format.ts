import type { Format } from "../../format.ts";
import { type IndexFacts, parseIndex } from "./parse.ts";

export const safetensorsIndex: Format<IndexFacts> = {
  id: "safetensors-index",
  parse: parseIndex,
  children: ({ trailing }) =>
    trailing === null ? [] : [{ name: `trailing@${trailing.offset}`, region: { in: "slice", ...trailing }, treatment: "search" }],
};

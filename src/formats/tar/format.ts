import type { ChildRef, Format } from "../../format.ts";
import { parseTar, type TarFacts } from "./parse.ts";

export const tar: Format<TarFacts> = {
  id: "tar",
  parse: parseTar,
  children: ({ entries, unowned }) => [
    ...entries
      .filter((entry) => entry.size > 0 && (entry.type === "file" || entry.type === "other"))
      .map((entry): ChildRef => ({ name: entry.name, region: { in: "slice", offset: entry.offset, size: entry.size }, treatment: "examine" })),
    ...unowned.map(({ offset, size }): ChildRef => ({ name: `unowned@${offset}`, region: { in: "slice", offset, size }, treatment: "search" })),
  ],
};

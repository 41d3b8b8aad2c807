import type { ChildRef, Format, FormatId, Parsed } from "../../format.ts";
import { LimitError } from "../../limits.ts";
import type { Walk, WalkedFacts } from "./facts.ts";
import { Window } from "./window.ts";

/**
 * One format whose parts are walked to the end and not decoded. All its bytes are handed out to be searched, and what lies in pieces or compressed besides:
 * whoever hides something in a picture picks a part that viewers skip, or breaks the picture before it. `unknown` stands for a walk that a limit ended.
 */
export function walkedFormat<W extends Walk, F extends WalkedFacts>(
  id: FormatId,
  walk: (window: Window) => Promise<W>,
  unknown: W,
  factsOf: (walk: W, size: number) => F,
): Format<F> {
  return {
    id,
    async parse(bytes, budget): Promise<Parsed<F>> {
      try {
        const found = await walk(new Window(bytes, budget));
        const { stop, anomalies } = found;
        const facts = factsOf(found, bytes.size);
        if (stop !== null) return { kind: "broken", facts, anomalies, ...stop };
        return { kind: "parsed", facts, anomalies };
      } catch (error) {
        if (!(error instanceof LimitError)) throw error;
        return { kind: "limit", facts: factsOf(unknown, bytes.size), anomalies: [], why: error.message };
      }
    },
    children: ({ packed, joined, size }): readonly ChildRef[] => [
      { name: "bytes", region: { in: "slice", offset: 0, size }, treatment: "search" },
      ...packed.map(
        ({ name, offset, size: compressedSize }): ChildRef => ({
          name,
          region: { in: "compressed", codec: "zlib", offset, compressedSize },
          treatment: "search",
        }),
      ),
      ...joined.map(({ name, bytes }): ChildRef => ({ name, region: { in: "memory", bytes }, treatment: "search" })),
    ],
  };
}

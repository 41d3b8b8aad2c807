import type { ChildRef, Format } from "../../format.ts";
import type { PickleFacts } from "./facts.ts";
import { parsePickle } from "./parse.ts";

/** Python's pickle, protocols 0 to 5. https://docs.python.org/3/library/pickle.html, Lib/pickletools.py */
export const pickleFormat: Format<PickleFacts> = { id: "pickle", parse: parsePickle, children: unownedBytes };

/** Bytes between and behind the streams are searched for what else they may hold. */
export function unownedBytes({ unowned }: PickleFacts): readonly ChildRef[] {
  return unowned
    .filter(({ blank }) => !blank)
    .map(({ offset, size }) => ({ name: `@${offset}`, region: { in: "slice", offset, size }, treatment: "search" }));
}

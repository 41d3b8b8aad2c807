import type { ChildRef } from "../../format.ts";
import type { Span } from "./facts.ts";

/** A stream of opcodes that was found in something else, as a subject of its own. */
export function pickleAt(span: Span): ChildRef {
  return { name: `@${span.offset}`, region: { in: "slice", ...span }, treatment: "examine", as: "pickle" };
}

import type { Detector } from "../../format.ts";
import { lazily } from "../../lazily.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import type { JsonVisitor } from "./events.ts";
import { isFurtherDocument, trailingOf } from "./trailing.ts";

const engine = lazily(() => import("./events.ts"));
const DEAF: JsonVisitor = { scalar() {}, enter() {} };

/**
 * `yes` where the head is JSON with a container at its root: an object with one member says enough, even when the rest is broken; an array has
 * to go on as JSON to the end of the head, because text such as `[1] A footnote` begins like one.
 */
export const jsonDetector: Detector = {
  id: "json",
  begins: "{[\xef \t\n\v\f\r",
  refines: ["text"],
  async detect({ head }) {
    const from = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
    const first = trailingOf(head, from)?.at ?? head.length;
    if (head[first] !== 0x7b && head[first] !== 0x5b) return "no";
    const { visitJson } = await engine();
    const end = visitJson(head, new Budget(DEFAULT_LIMITS), DEAF);
    if (end.rootMembers > 0 || end.kind === "limit") return "yes";
    if (end.kind === "broken") return isCut(head, end.at ?? 0, end.why ?? "") ? "yes" : "no";
    const rest = trailingOf(head, end.endsAt ?? 0);
    return rest === null || isFurtherDocument(head, rest.at, end.endsAt ?? 0) ? "yes" : "no";
  },
};

/** The reading broke only because the bytes end: inside a string, or inside a number or literal. */
function isCut(head: Uint8Array, at: number, why: string): boolean {
  if (why === "a string without an end") return true;
  return /^[\w+.-]*$/.test(Buffer.from(head.subarray(at, at + 64)).toString("latin1"));
}

import type { Budget } from "../../limits.ts";
import { type JsonEnd, type JsonVisitor, visitJson } from "./events.ts";
import { trailingOf } from "./trailing.ts";

const DEAF: JsonVisitor = { scalar() {}, enter() {} };

export interface JsonLines {
  readonly kind: JsonEnd["kind"];
  /** Documents that began. */
  readonly documents: number;
  readonly at?: number;
  readonly why?: string;
}

/** Reads JSON lines from one document on to the end: each is whole, and begins on a line of its own. What they say is data. */
export function readLines(bytes: Uint8Array, from: number, budget: Budget): JsonLines {
  let documents = 0;
  for (let start = from; ; ) {
    const { kind, endsAt, at = 0, why = "" } = visitJson(bytes.subarray(start), budget, DEAF);
    documents++;
    if (kind !== "parsed" || endsAt === null) return { kind, documents, at: start + at, why };
    const end = start + endsAt;
    const rest = trailingOf(bytes, end);
    if (rest === null) return { kind: "parsed", documents };
    if (!bytes.subarray(end, rest.at).includes(LINE_FEED)) return { kind: "broken", documents, at: rest.at, why: "two documents on one line" };
    start = rest.at;
  }
}

const LINE_FEED = 0x0a;

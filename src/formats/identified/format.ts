import type { ByteSource } from "../../bytes.ts";
import type { Format } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import type { Span } from "../pickle/facts.ts";
import { actingPickles } from "../pickle/find-acting.ts";
import { pickleAt } from "../pickle/pickle-at.ts";
import { textFormat } from "../text/format.ts";
import { IDENTIFIED_NAMES } from "./detect.ts";

export interface IdentifiedFacts {
  readonly id: string;
  /** What the format is called. */
  readonly name: string;
  readonly size: number;
  /** Pickles inside that call something: nobody here knows whether the format has a place for them. */
  readonly pickles: readonly Span[];
}

/** A format that is recognised and whose content nobody here reads yet: only pickles that call something are looked for in it. */
export function identifiedFormat(id: string): Format<IdentifiedFacts> {
  return {
    id,
    async parse(bytes, budget) {
      const facts = { id, name: IDENTIFIED_NAMES.get(id) ?? id, size: bytes.size };
      try {
        return { kind: "parsed", facts: { ...facts, pickles: await picklesIn(id, bytes, budget) }, anomalies: [] };
      } catch (error) {
        if (!(error instanceof LimitError)) throw error;
        return { kind: "limit", facts: { ...facts, pickles: [] }, anomalies: [], why: error.message };
      }
    },
    children: ({ pickles }) => pickles.map(pickleAt),
  };
}

/** Documents in text: what they show is not what they hold. */
const TEXTS: ReadonlySet<string> = new Set(["html"]);
/** A stream without PROTO can begin so far before its first byte that is no text. */
const BEFORE_BREAK_BYTES = 4096;

async function picklesIn(id: string, bytes: ByteSource, budget: Budget): Promise<readonly Span[]> {
  if (!TEXTS.has(id)) return actingPickles(bytes, 0, budget);
  const { kind, facts, at = 0 } = await textFormat.parse(bytes, budget);
  if (kind === "broken") return actingPickles(bytes, Math.max(0, at - BEFORE_BREAK_BYTES), budget);
  return facts.pickleAtEnd === null ? [] : [facts.pickleAtEnd];
}

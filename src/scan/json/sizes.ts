import { type Finding, findingOf } from "../../finding.ts";
import type { JsonFacts } from "../../formats/json/facts.ts";
import type { SizeKind } from "../../formats/json/sizes.ts";
import { JSON_RULES as RULES } from "./rules.ts";

/** What no published model comes near to. The longest context that is published is 10,485,760. */
export const MOST: Readonly<Record<SizeKind, number>> = {
  generated: 16_777_216,
  "least-generated": 65_536,
  sequences: 1024,
  layers: 10_000,
  width: 100_000_000,
  positions: 1_000_000_000,
  pixels: 1_000_000,
  spectrum: 10_000_000,
};

/** Numbers that make loading the model, or the first request to it, use up memory or time. */
export function sizeFindings({ shape, sizes }: JsonFacts, path: string): readonly Finding[] {
  if (shape === "numbers") return []; // a vocabulary may have tokens of these names
  return sizes
    .filter(({ kind, value }) => value > MOST[kind])
    .map(({ kind, pointer, value, at }) =>
      findingOf(RULES.exhausts, {
        severity: "medium",
        where: { path, offset: at },
        title: `${pointer} is ${value}, where published models stay below ${MOST[kind]}`,
        proof: { pointer, value: Number.isFinite(value) ? value : String(value), most: MOST[kind] },
      }),
    );
}

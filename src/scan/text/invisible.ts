import { type Finding, findingOf } from "../../finding.ts";
import type { TextFacts } from "../../formats/text/format.ts";
import { INERT_RULES } from "../inert/rules.ts";

/** What a reader of a text does not see, each kind once. */
export function invisible({ hidden }: TextFacts, path: string): readonly Finding[] {
  return hidden
    .filter(({ kind }) => kind !== "control")
    .map(({ kind, count, at }) =>
      findingOf(INERT_RULES.invisible, {
        severity: "info",
        where: { path, offset: at },
        title: `${count} ${KIND_NAMES[kind]} in text`,
        proof: { kind, count, at },
      }),
    );
}

const KIND_NAMES = {
  "bidi-control": "bidirectional controls",
  "zero-width": "zero-width characters",
  tag: "tag characters",
  control: "control characters",
} as const;

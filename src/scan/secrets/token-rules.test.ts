import { describe, expect, it } from "vitest";
import { sequencesOf } from "../../../test/fixtures/token-patterns.ts";
import { LEAST_CHARACTERS, STARTS } from "./prefilter.ts";
import { TOKEN_RULES } from "./token-rules.ts";

describe("the rules for tokens", () => {
  it.each(TOKEN_RULES.map((rule) => [`${rule.id} ${rule.pattern}`, rule] as const))(
    "%s is matched in one pass",
    (_, { pattern, max, starts, lead = 0 }) => {
      const sequences = sequencesOf(pattern);
      for (const sequence of sequences) {
        for (const [i, atom] of sequence.entries()) {
          // Where a part may be shorter or longer, the next character decides which: nothing is tried twice.
          if (atom.min !== atom.max)
            expect([...following(sequence.slice(i + 1))].filter((character) => atom.characters.includes(character))).toEqual([]);
        }
      }
      const lengths = sequences.map((sequence) => [sum(sequence.map(({ min }) => min)), sum(sequence.map((atom) => atom.max))] as const);
      expect(Math.max(...lengths.map(([, longest]) => longest))).toBeLessThanOrEqual(max);
      if (!pattern.startsWith("://")) expect(Math.min(...lengths.map(([shortest]) => shortest))).toBeGreaterThanOrEqual(LEAST_CHARACTERS);
      expect(sequences.length).toBeLessThanOrEqual(6);
      for (const sequence of sequences) if (!pattern.startsWith("://")) expect(starts.some((start) => mayHave(sequence, start, lead))).toBe(true);
    },
  );

  it("ask a person to look only where a mark of four characters and twenty random ones follow", () => {
    for (const { id, severity, starts, max } of TOKEN_RULES) {
      if (severity === "low") continue;
      expect([id, starts.every((start) => start.length >= 3 || id === "azure-ad-client-secret"), max >= 24]).toEqual([id, true, true]);
    }
  });

  it("begin as the first look expects, which takes the longest start that fits", () => {
    expect([...STARTS].sort()).toEqual([...new Set(TOKEN_RULES.flatMap(({ starts }) => starts))].sort());
    for (const [i, start] of STARTS.entries()) expect(STARTS.slice(i + 1).filter((later) => later.startsWith(start))).toEqual([]);
  });

  it("name their source", () => {
    expect(TOKEN_RULES.every(({ source }) => source === "gitleaks" || source.startsWith("https://"))).toBe(true);
  });
});

type Sequence = ReturnType<typeof sequencesOf>[number];

/** Characters that may stand first in what follows. */
function following(rest: Sequence): ReadonlySet<string> {
  const first = new Set<string>();
  for (const { characters, min } of rest) {
    for (const character of characters) first.add(character);
    if (min > 0) break;
  }
  return first;
}

/** Whether a start can stand at its place: over parts of a fixed length. */
function mayHave(sequence: Sequence, start: string, lead: number): boolean {
  const places = sequence.flatMap(({ characters, min }) => Array.from({ length: min }, () => characters));
  return [...start].every((character, i) => places[lead + i]?.includes(character) ?? false);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

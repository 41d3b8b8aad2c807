import data from "./data/token-rules.json" with { type: "json" };

/** The form of one kind of credential that can be told by itself. */
export interface TokenRule {
  readonly id: string;
  /** With its article: "a GitHub token". */
  readonly name: string;
  /** Texts one of which stands in every token of this kind, `lead` bytes behind its start. */
  readonly starts: readonly string[];
  readonly lead?: number;
  /** Matched where the token begins, in one pass without going back: token-rules.test.ts proves it of each. */
  readonly pattern: string;
  /** The longest text that the pattern matches. */
  readonly max: number;
  /** `medium` only for a fixed mark and enough random characters behind it; what may be published on purpose, or is no secret alone, is `low`. */
  readonly severity: "medium" | "low";
  /** Bits a character that it must have, where that is not ENTROPY_BITS. */
  readonly entropy?: number;
  /** What the token says of itself that can be checked. */
  readonly checksum?: "crc32-base62" | "jwt" | "url";
  /** An identifier that is a secret only together with the key beside it. */
  readonly pair?: boolean;
  /** `gitleaks`, or where the format is described. */
  readonly source: string;
}

export const TOKEN_RULES = data.rules as readonly TokenRule[]; // the data file is ours, and its test checks every rule

/** A rule by one of its starts. `regExp` is sticky. */
export interface Candidate {
  readonly rule: TokenRule;
  readonly regExp: RegExp;
}

/** The rules that a start stands for. */
export function candidatesByStart(rules: readonly TokenRule[]): ReadonlyMap<string, readonly Candidate[]> {
  const all = rules.flatMap((rule) => {
    const regExp = new RegExp(rule.pattern, "y");
    return rule.starts.map((start) => ({ start, candidate: { rule, regExp } }));
  });
  return new Map([...Map.groupBy(all, ({ start }) => start)].map(([start, group]) => [start, group.map(({ candidate }) => candidate)]));
}

import { bySeverity, type Severity } from "../../src/finding.ts";
import { type Verdict, worstSeverity } from "../../src/scan/examination.ts";

/** What is recorded of a technique in scorecard.json. */
export interface Answers {
  readonly answer: Verdict;
  /** The rules of the worst findings, each with that one severity; nothing where nothing was found. */
  readonly by: Readonly<Record<string, Severity>>;
  readonly nearMiss: Verdict;
}

export type Scorecard = Readonly<Record<string, Answers>>;

const VERDICTS: readonly Verdict[] = ["pass", "review", "block"];
const rank = (verdict: Verdict) => VERDICTS.indexOf(verdict);
const worst = ({ by }: Answers) => worstSeverity(Object.values(by).map((severity) => ({ severity })));

/** Technique by technique, what `now` does less well than `before`: a weaker answer, one by other rules, or none. */
export function lossesOf(before: Scorecard, now: Scorecard): string[] {
  return Object.entries(before).flatMap(([key, was]) => {
    const is = now[key];
    const loss = is === undefined ? "has no example any more" : lossOf(was, is);
    return loss === null ? [] : [`${key}: ${loss}`];
  });
}

function lossOf(was: Answers, is: Answers): string | null {
  if (rank(is.answer) < rank(was.answer)) return `answered with ${is.answer}, was ${was.answer}`;
  if (rank(is.nearMiss) > rank(was.nearMiss)) return `the honest file is answered with ${is.nearMiss}, was ${was.nearMiss}`;
  const [before, now] = [worst(was), worst(is)];
  if (before === null) return null;
  if (now === null || bySeverity(now, before) > 0) return `its worst finding is ${now ?? "none"}, was ${before}`;
  if (bySeverity(now, before) < 0) return null;
  const gone = Object.keys(was.by).filter((rule) => is.by[rule] === undefined);
  return gone.length === 0 ? null : `${gone.join(", ")} no longer finds it as ${before}`;
}

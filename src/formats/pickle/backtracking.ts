/**
 * Whether a regular expression repeats without bound a group that is nothing but one repeated part (`(a+)+`, `([a-z]*)*`), or that offers the same part
 * twice (`(a|a)*`): a text that nearly matches takes exponential time. https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS
 */
export function isExponential(pattern: string): boolean {
  const open: number[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === "\\") at++;
    else if (character === "[") at = classEnd(pattern, at);
    else if (character === "(") open.push(at);
    else if (character === ")") {
      const start = open.pop();
      if (start !== undefined && isUnbounded(pattern, at + 1) && isAmbiguous(bodyOf(pattern, start, at))) return true;
    }
  }
  return false;
}

/** Behind the last `]` of a character class; the first may be a member. */
function classEnd(pattern: string, at: number): number {
  let end = at + (pattern[at + 1] === "^" ? 2 : 1);
  if (pattern[end] === "]") end++;
  for (; end < pattern.length && pattern[end] !== "]"; end++) if (pattern[end] === "\\") end++;
  return end;
}

/** `*`, `+` or `{n,}`, not possessive. */
function isUnbounded(pattern: string, at: number): boolean {
  const quantifier = /^(?:[*+]|\{\d*,\})(\+?)/.exec(pattern.slice(at, at + 24));
  return quantifier !== null && quantifier[1] === "";
}

/** What stands in a group, without its kind; nothing for a look-around and what cannot be given back. */
function bodyOf(pattern: string, start: number, end: number): string {
  const kind = /^\((?:\?(?:P<\w+>|:|([=!>]|<[=!])|[a-zA-Z-]+:))?/.exec(pattern.slice(start, Math.min(end, start + 80)));
  return kind === null || kind[1] !== undefined ? "" : pattern.slice(start + kind[0].length, end);
}

/** One part: an escape, a class, a group or a character. */
const PART = String.raw`(?:\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\\.|[^()\\])*\)|[^\\[\]()|*+?{}])`;
const REPEATED = new RegExp(`^${PART}(?:[*+]|\\{\\d*,\\})\\??$`, "s");
const SAME_TWICE = new RegExp(`^(${PART})\\|\\1$`, "s");

function isAmbiguous(body: string): boolean {
  return body.length <= MAX_BODY && (REPEATED.test(body) || SAME_TWICE.test(body) || REPEATED.test(withoutParentheses(body)));
}

const MAX_BODY = 200;

function withoutParentheses(body: string): string {
  return /^\((?:\?:)?([^()]*)\)$/.exec(body)?.[1] ?? "";
}

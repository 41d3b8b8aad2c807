import type { Tokens } from "./tokens.ts";

/**
 * Whether a principal submitted something itself: under its own id, by a token that it made, or as a token of whoever made the token that did. Two tokens
 * of one maker are one pair of eyes.
 */
export function isOwnSubmission(tokens: Pick<Tokens, "behind">, principal: string, submitters: readonly string[]): boolean {
  const own = new Set(tokens.behind(principal));
  return submitters.includes(principal) || submitters.some((submitter) => tokens.behind(submitter).some((id) => own.has(id)));
}

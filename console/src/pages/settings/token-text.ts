import type { Token } from "../../api/types.ts";
import { numberText } from "../../words/quantities.ts";
import type { Word } from "../../words/words.ts";

/** Whether a token still opens anything. */
export function stateOf({ revokedAt, expiresAt }: Token, now: Date): Word {
  if (revokedAt !== null) return { word: "Revoked", tone: "bad", shape: "cross" };
  if (Date.parse(expiresAt) <= now.getTime()) return { word: "Expired", tone: "wait", shape: "clock" };
  return { word: "Active", tone: "good", shape: "circle" };
}

export function limitsText({ requestsPerMinute, tokensPerDay }: Token): string {
  const limits = [
    requestsPerMinute === null ? "" : `${numberText(requestsPerMinute)} calls a minute`,
    tokensPerDay === null ? "" : `${numberText(tokensPerDay)} tokens a day`,
  ].filter((limit) => limit !== "");
  return limits.length === 0 ? "as the installation sets them" : limits.join(", ");
}

import { isRecord } from "./content-rules.ts";

/** Tokens of a call. `counted`: the model server did not say, so they were counted here, from what came. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly source: "upstream" | "counted";
}

const MOST = 2 ** 40;

/** What a model server says; null where it says nothing that could be true. */
export function usageIn(usage: unknown): Usage | null {
  if (!isRecord(usage)) return null;
  const { prompt_tokens: input, completion_tokens: output = 0 } = usage;
  return isTokens(input) && isTokens(output) ? { input, output, source: "upstream" } : null;
}

function isTokens(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MOST;
}

const CHARS_PER_TOKEN = 4;

/** Model servers send a delta for each token, or for some at once. */
export function countedOutput(deltas: number, chars: number): number {
  return Math.max(deltas, Math.ceil(chars / CHARS_PER_TOKEN));
}

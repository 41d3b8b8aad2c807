import type { Json } from "../json.ts";
import { CLIENT_ERRORS, type ClientErrorCode } from "./client-errors.ts";

/** Why a call does not get its answer, in words for the client. */
export interface Refusal {
  readonly code: ClientErrorCode;
  readonly message: string;
  /** The member of the request that is to blame. */
  readonly param: string | null;
  /** Who found it: the gateway itself, or the model server behind it. */
  readonly origin: "gateway" | "upstream";
  readonly retryAfterMs: number | null;
  /** More members of `error`. */
  readonly more: Readonly<Record<string, Json>>;
}

export function refusal(code: ClientErrorCode, message: string, rest: Partial<Omit<Refusal, "code" | "message">> = {}): Refusal {
  return { code, message, param: null, origin: "gateway", retryAfterMs: null, more: {}, ...rest };
}

/**
 * OpenAI's error object with the members of a problem document (RFC 9457) beside it: official SDKs show nothing of a bare problem document, and
 * whoever reads problem documents finds one. `request` is the request id.
 */
export function errorBody(reason: Refusal, request: string): string {
  const { status, title } = CLIENT_ERRORS[reason.code];
  const problem = { type: `urn:weighbridge:problem:${reason.code}`, title, status, detail: reason.message, instance: request };
  return JSON.stringify({ error: errorMember(reason, request), ...problem });
}

/** The last events of a stream that cannot go on: what all official clients raise as an error (gateway-dialects §4, hard ending). */
export function errorEvents(reason: Refusal, request: string): string {
  return `data: ${JSON.stringify({ error: errorMember(reason, request) })}\n\ndata: [DONE]\n\n`;
}

function errorMember({ code, message, param, origin, more }: Refusal, request: string): Json {
  return { ...more, message, type: CLIENT_ERRORS[code].type, param, code, origin, request_id: request };
}

/** A longer wait than this is not asked for: SDKs sleep it in full, whatever their own timeout says. */
const LONGEST_WAIT_MS = 10_000;

/** Headers that tell SDKs whether and when to try again. */
export function retryHeaders({ code, retryAfterMs }: Refusal): readonly string[] {
  const headers: string[] = [];
  if (retryAfterMs !== null) headers.push("retry-after", String(Math.ceil(retryAfterMs / 1000)));
  if (CLIENT_ERRORS[code].retry === "never" || (retryAfterMs ?? 0) > LONGEST_WAIT_MS) headers.push("x-should-retry", "false");
  return headers;
}

import { errors } from "undici";
import { isRecord } from "./content-rules.ts";
import { type Refusal, refusal } from "./refusal.ts";

const LONGEST_MESSAGE = 500;
const UPSTREAM = { origin: "upstream" } as const;

/**
 * What the client is told when a model server answers with another status than 200. Its own words are kept where they are about the request; what it
 * says about tokens, paths and redirects is between it and whoever deployed it.
 */
export function refusalOfStatus(status: number, body: unknown): Refusal {
  const said = messageIn(body);
  const words = said === null ? "" : `: ${said}`;
  switch (status) {
    case 400:
    case 413:
    case 422:
    case 424:
      return refusal("upstream_rejected", `the model server rejects the request${words}`, UPSTREAM);
    case 408:
    case 504:
      return refusal("upstream_timeout", "the model server did not answer in time", UPSTREAM);
    case 429:
    case 503:
      return refusal("upstream_overloaded", `the model server has too much to do${words}`, UPSTREAM);
    case 401:
    case 403:
    case 404:
    case 405:
      return refusal("upstream_invalid", `the model server does not serve this call (${status}): see how it was deployed`, UPSTREAM);
    default:
      if (status >= 500) return refusal("upstream_error", `the model server failed (${status})${words}`, UPSTREAM);
      if (status >= 300 && status < 400)
        return refusal("upstream_invalid", `the model server redirects (${status}), and redirects are not followed`, UPSTREAM);
      return refusal("upstream_invalid", `the model server answered with status ${status}`, UPSTREAM);
  }
}

/**
 * What the client is told when an answer, or an event of a stream, holds an error: OpenAI's nested object, vLLM's flat one with a number as code, TGI's
 * `error` and `error_type`, a plain text. Null: it holds none.
 */
export function errorIn(value: Readonly<Record<string, unknown>>): Refusal | null {
  const isFlat = value.object === "error" || ("detail" in value && "title" in value);
  if ((value.error === undefined || value.error === null) && !isFlat) return null;
  const code = isRecord(value.error) ? value.error.code : (value.code ?? value.status);
  if (typeof code === "number" && code >= 400 && code < 600) return refusalOfStatus(code, value);
  if (value.error_type === "overloaded") return refusalOfStatus(429, value);
  if (value.error_type === "validation") return refusalOfStatus(422, value);
  return refusalOfStatus(500, value);
}

/** What the client is told when the connection to a model server fails. `code` is that of undici or of the operating system. */
export function refusalOfFault(error: unknown, wasAnswering: boolean): Refusal {
  const code = isRecord(error) && typeof error.code === "string" ? error.code : "";
  if (code === "UND_ERR_HEADERS_TIMEOUT") return refusal("upstream_timeout", "the model server did not answer in time", UPSTREAM);
  if (code === "UND_ERR_BODY_TIMEOUT") return refusal("upstream_timeout", "the model server did not go on in time", UPSTREAM);
  if (error instanceof errors.HTTPParserError || code === "UND_ERR_HEADERS_OVERFLOW" || code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH")
    return refusal("upstream_invalid", "what the model server answered is not HTTP", UPSTREAM);
  if (wasAnswering) return refusal("upstream_cut", "the model server ended its answer before it was complete", UPSTREAM);
  return refusal("upstream_unavailable", "the model server cannot be reached", UPSTREAM);
}

/** The text of an error, in the shapes that model servers have. Control characters and more than a few lines are nobody's message. */
function messageIn(body: unknown): string | null {
  if (!isRecord(body)) return null;
  const { error, message, detail } = body;
  const said = [isRecord(error) ? error.message : error, message, detail].find((text) => typeof text === "string" && text !== "");
  if (typeof said !== "string") return null;
  return said
    .replace(/[\p{Cc}\p{Cf}]+/gu, " ")
    .slice(0, LONGEST_MESSAGE)
    .toWellFormed();
}

import type { Call } from "./call.ts";

/** Names and values of the headers of an answer: what answers, by which decision, and what is left of the limits. Nothing in them comes from a client or a model server. */
export function answerHeaders(call: Call, contentType: string, contentLength: number | null): string[] {
  const { deployment, decision, stripped, rate } = call;
  const headers = ["content-type", contentType, "cache-control", "no-store", "x-request-id", call.id];
  if (contentLength !== null) headers.push("content-length", String(contentLength));
  if (deployment !== null) headers.push("x-weighbridge-artifact", deployment.artifact, "x-weighbridge-level", deployment.level);
  if (decision !== null) headers.push("x-weighbridge-decision", decision.id);
  if (stripped.length > 0) headers.push("x-weighbridge-stripped", stripped.join(", "));
  if (rate !== null) {
    headers.push("x-ratelimit-limit-requests", String(rate.limit), "x-ratelimit-remaining-requests", String(rate.remaining));
    headers.push("x-ratelimit-reset-requests", `${Math.ceil(rate.resetMs / 1000)}s`);
  }
  const left = call.reservation?.left ?? null;
  if (left !== null) headers.push("x-ratelimit-remaining-tokens", String(left));
  return headers;
}

import type { CallRecord } from "../../audit/record.ts";
import type { Logger } from "./logger.ts";

/** A request to the console or the API that was answered. */
export interface AnsweredRequest {
  readonly request: string;
  readonly method: string;
  /** As it was asked for; the log gets it without the query, where codes and links stand. */
  readonly url: string;
  readonly status: number;
  readonly durationMs: number;
  readonly principal: string | null;
  readonly address: string | null;
}

const LONGEST_PATH = 256;
/** Methods that there are: another is told by its length alone. RFC 9110 §9. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** A line for a request: an error of ours always, one of the client's from `info` on, the rest from `debug` on. */
export function logRequest(logger: Logger, { url, method, durationMs, ...rest }: AnsweredRequest): void {
  const path = (url.split(/[?#]/, 1)[0] ?? "").slice(0, LONGEST_PATH);
  const fields = { ...rest, method: METHODS.has(method) ? method : "other", path, durationMs: Math.round(durationMs) };
  if (rest.status >= 500) logger.error(fields, "request failed");
  else if (rest.status >= 400) logger.info(fields, "request refused");
  else logger.debug(fields, "request");
}

const CALL_LEVELS = { allowed: "debug", abandoned: "debug", refused: "info", limited: "info", failed: "warn" } as const satisfies Record<
  CallRecord["outcome"],
  string
>;

/** A line for a call through the gateway. All of them are in the audit log, so only what went wrong is told at the usual level. */
export function logCall(logger: Logger, record: CallRecord, deployment: string | null): void {
  const { request, principal, surface, outcome, code, status, durationMs, streamed } = record;
  logger[CALL_LEVELS[outcome]]({ request, principal, deployment, surface, code, status, durationMs, streamed }, `call ${outcome}`);
}

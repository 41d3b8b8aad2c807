import { STATUS_CODES } from "node:http";
import type { z } from "@hono/zod-openapi";
import type { ErrorHandler, NotFoundHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { WeighbridgeError } from "../../errors.ts";
import type { Problem } from "../api/schema/wire.ts";
import { SignInLimitedError } from "../auth/errors.ts";
import { ServerError } from "../errors.ts";
import type { ServerEnv } from "../parts.ts";
import { statusOf } from "./status-of.ts";

export type ProblemDocument = z.infer<typeof Problem>;

/** What is told of errors on our side: their own text may name files and addresses of this machine. */
const ON_OUR_SIDE = "something went wrong on the server";
const HINT_ON_OUR_SIDE = "Try again; if it happens again, the log of the server has it under the id of this request.";
/** Errors on our side that were written for whoever asks. */
const TOLD: ReadonlySet<string> = new Set(["WB_SIGN_IN_PROVIDER", "WB_UPLOAD_NO_ROOM"]);

/** The problem document (RFC 9457) that tells of an error. `request`: its id. */
export function problemOf(error: unknown, request: string): ProblemDocument {
  const { status, code, message, hint } = factsOf(error);
  const isTold = status < 500 || TOLD.has(code);
  return {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail: isTold ? message : ON_OUR_SIDE,
    instance: `urn:uuid:${request}`,
    code,
    hint: isTold ? hint : HINT_ON_OUR_SIDE,
  };
}

/** Answers with a problem document. `report`: told of each error on our side, with the id of its request. */
export function problemHandler(report: (error: unknown, request: string) => void): ErrorHandler<ServerEnv> {
  return (error, c) => {
    const request = c.get("request");
    const problem = problemOf(error, request);
    if (problem.status >= 500) report(error, request);
    return new Response(JSON.stringify(problem), { status: problem.status, headers: headersFor(problem, error) });
  };
}

export const notFound: NotFoundHandler<ServerEnv> = (c) => {
  throw new ServerError("WB_SERVER_NOT_FOUND", `there is nothing to ${c.req.method} under this address`, { hint: "See /api/openapi.json." });
};

function factsOf(error: unknown): { readonly status: number; readonly code: string; readonly message: string; readonly hint: string } {
  if (error instanceof WeighbridgeError) return { status: statusOf(error.code), code: error.code, message: error.message, hint: error.hint };
  if (error instanceof HTTPException && error.status < 500)
    return { status: error.status, code: "WB_REQUEST_INVALID", message: error.message, hint: "See /api/openapi.json for what it takes." };
  return { status: 500, code: "WB_BUG", message: "", hint: "" };
}

function headersFor({ status, code }: ProblemDocument, error: unknown): Record<string, string> {
  return {
    "content-type": "application/problem+json",
    // RFC 6750 §3: why, where a token was sent
    ...(status === 401 ? { "www-authenticate": `Bearer realm="weighbridge"${code === "WB_SIGN_IN_TOKEN" ? ', error="invalid_token"' : ""}` } : {}),
    ...(code === "WB_SIGN_IN_SCOPE" ? { "www-authenticate": 'Bearer realm="weighbridge", error="insufficient_scope", scope="api"' } : {}),
    ...(error instanceof SignInLimitedError ? { "retry-after": String(error.seconds) } : {}),
    // what is left of the body is not read: the connection is of no more use
    ...(code === "WB_REQUEST_TOO_LARGE" || code === "WB_REQUEST_SLOW" ? { connection: "close" } : {}),
  };
}

import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Principal } from "../access/principal.ts";
import { Call } from "./call.ts";
import { CLIENT_ERRORS } from "./client-errors.ts";
import { type InferenceParts, infer } from "./infer.ts";
import type { Surface } from "./inference-request.ts";
import type { GatewayParts } from "./parts.ts";
import type { ProvenAudit } from "./proven-audit.ts";
import { type BodiesUnderWay, readBody } from "./read-body.ts";
import { errorBody, type Refusal, refusal, retryHeaders } from "./refusal.ts";
import { answerRefused } from "./refuse-request.ts";
import type { RemoteFailures } from "./remote-failures.ts";
import { hostName, isJsonType, type RequestHead, readHead } from "./request-head.ts";
import { type Route, routeOf } from "./route.ts";
import { modelsBody, modelsFor } from "./served.ts";

/** What all calls of a running gateway share. */
export interface Serving {
  readonly parts: GatewayParts;
  /** That of the parts. */
  readonly audit: ProvenAudit;
  readonly inference: InferenceParts;
  readonly hosts: ReadonlySet<string>;
  readonly maxBodyBytes: number;
  readonly bodyMs: number;
  readonly bodies: BodiesUnderWay;
  readonly failures: RemoteFailures;
  readonly calls: Set<Call>;
  /** Takes what the operator should know of. */
  readonly report: (error: unknown) => void;
  isClosing: boolean;
}

/**
 * Serves one request: what it asks for and who asks comes first, and only then its body is read. `expectsContinue`: the client waits to be told to send
 * it.
 */
export function serve(serving: Serving, request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
  const begun = attempt(serving, request, response);
  if ("code" in begun) refuse(request, response, begun);
  else void proceed(serving, begun, expectsContinue);
}

/** As `begin`; a fault of ours is the end of this request, not of the process. */
function attempt(serving: Serving, request: IncomingMessage, response: ServerResponse): Begun | Refusal {
  try {
    return begin(serving, request, response);
  } catch (error) {
    serving.report(error);
    return refusal("internal_error", "the gateway failed over this request");
  }
}

interface Begun {
  readonly call: Call;
  readonly head: RequestHead;
  readonly route: Route;
}

function begin(serving: Serving, request: IncomingMessage, response: ServerResponse): Begun | Refusal {
  const head = readHead(request);
  if ("code" in head) return head;
  if (!serving.hosts.has(hostName(head.host))) return refusal("host_not_allowed", "this gateway does not go by the name that the request calls it");
  const route = routeOf(request.method ?? "", request.url ?? "");
  if (route === null) return refusal("unknown_url", "this gateway serves /v1/models, /v1/chat/completions and /v1/embeddings");
  if (serving.isClosing) return refusal("shutting_down", "this gateway is being stopped");
  const principal = principalOf(serving, request, head.bearer);
  if ("code" in principal) return principal;
  const trace = { traceparent: head.traceparent, tracestate: head.tracestate };
  const call = new Call(serving, { principal, surface: route.surface, request, response, trace }, (ended) => serving.calls.delete(ended));
  serving.calls.add(call);
  return { call, head, route };
}

/** Who asks. */
function principalOf({ parts, report, failures }: Serving, { socket }: IncomingMessage, bearer: string | null): Principal | Refusal {
  try {
    const principal = bearer === null ? null : parts.authenticate(bearer);
    if (principal !== null) return principal;
  } catch (error) {
    report(error);
    return refusal("not_ready", "who may use this gateway is not known at the moment");
  }
  const retryAfterMs = failures.note(socket.remoteAddress ?? "");
  if (retryAfterMs !== null) return refusal("too_many_failures", "too many requests without a valid token came from this address", { retryAfterMs });
  return refusal("invalid_api_key", bearer === null ? "give a token: Authorization: Bearer …" : "nobody holds this token");
}

/** Whatever a part of the installation throws that has to be asked first: nothing is served. */
async function proceed(serving: Serving, { call, head, route }: Begun, expectsContinue: boolean): Promise<void> {
  try {
    call.rate = await serving.parts.rates.take(call.principal);
    if (call.hasEnded) return;
    const { retryAfterMs, limit } = call.rate;
    if (retryAfterMs !== null) call.fail(refusal("rate_limited", `more than ${limit} requests in a minute`, { retryAfterMs }));
    else if (serving.audit.isFailing) call.fail(refusal("audit_unavailable", "no call can be recorded at the moment, so that none is served"));
    else if (route.surface === "models") showModels(serving, call, route.model, head);
    else receive(serving, call, route.surface, head, expectsContinue);
  } catch (error) {
    notReady(serving, call, error);
  }
}

function showModels({ parts }: Serving, call: Call, name: string | null, head: RequestHead): void {
  const dataClass = head.dataClass ?? "public"; // what it may be asked at all
  call.dataClass = dataClass;
  const body = modelsBody(modelsFor(parts.deployments, parts.judge, call.principal, dataClass), name);
  if (typeof body === "string") call.answer(body);
  else call.fail(body);
}

function receive(serving: Serving, call: Call, surface: Surface, head: RequestHead, expectsContinue: boolean): void {
  const { maxBodyBytes: maxBytes, bodyMs: timeoutMs, bodies: underWay } = serving;
  const unfit = isJsonType(head.contentType) ? null : refusal("unsupported_media_type", "send content-type: application/json");
  const refused = (head.contentLength ?? 0) > maxBytes ? tooLarge(maxBytes) : unfit;
  if (refused !== null) {
    call.fail(refused);
    return;
  }
  if (expectsContinue) call.response.writeContinue();
  readBody(call.request, { maxBytes, timeoutMs, underWay }, (body) => {
    if (call.hasEnded || body === "gone") return; // the call knows
    try {
      const refused = Buffer.isBuffer(body) ? infer(serving.inference, call, surface, head, body) : unread(body, maxBytes);
      if (refused !== null) call.fail(refused);
    } catch (error) {
      notReady(serving, call, error);
    }
  });
}

function unread(why: "too-large" | "too-many" | "timeout", maxBytes: number): Refusal {
  if (why === "too-many") return refusal("overloaded", "more is being sent to this gateway than it can hold");
  return why === "too-large" ? tooLarge(maxBytes) : refusal("request_timeout", "the body did not come in time");
}

function tooLarge(maxBytes: number): Refusal {
  return refusal("body_too_large", `a body may have ${maxBytes} bytes`);
}

function notReady({ report }: Serving, call: Call, error: unknown): void {
  report(error);
  call.fail(refusal("not_ready", "who may use what is not known at the moment, so that nothing is served"));
}

/** Answers a request that nobody is known to have made: it is in no record. */
function refuse(request: IncomingMessage, response: ServerResponse, reason: Refusal): void {
  const id = `req_${randomUUID()}`;
  const headers = ["content-type", "application/json", "cache-control", "no-store", "x-request-id", id, ...retryHeaders(reason)];
  if (reason.code === "invalid_api_key") headers.push("www-authenticate", "Bearer");
  response.on("error", () => {}); // the client is gone
  answerRefused(request, response, { status: CLIENT_ERRORS[reason.code].status, body: errorBody(reason, id), headers });
}

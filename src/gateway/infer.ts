import type { Call } from "./call.ts";
import { Exchange } from "./exchange.ts";
import { forwardedBody } from "./forwarded-body.ts";
import { type InferenceRequest, readInferenceRequest, type Surface } from "./inference-request.ts";
import { folded } from "./member-rules.ts";
import type { GatewayParts } from "./parts.ts";
import { type Refusal, refusal } from "./refusal.ts";
import type { RequestHead } from "./request-head.ts";
import { reserve } from "./reserve.ts";
import { deploymentFor } from "./served.ts";
import type { Upstreams } from "./upstream.ts";

export interface InferenceParts extends Pick<GatewayParts, "deployments" | "judge" | "budgets"> {
  readonly upstreams: Upstreams;
  readonly clientIdleMs: number;
}

/** Takes a call with its body through everything that may refuse it, and sends it to the model server. Null: it is on its way. */
export function infer(parts: InferenceParts, call: Call, surface: Surface, head: RequestHead, body: Buffer): Refusal | null {
  const request = readInferenceRequest(surface, body);
  if ("code" in request) return request;
  call.streamed = request.stream;
  call.stripped = [...new Set(request.dropped.map(folded))]; // names of the table: what a client wrote belongs in no header
  const denied = authorize(parts, call, request.model, head);
  if (denied !== null) return denied;
  const reserved = reserve(parts.budgets, call.principal, request);
  if ("code" in reserved) return reserved;
  call.reservation = reserved.reservation;
  call.reserved = reserved.tokens;
  forward(parts, call, request, reserved.maxOutput);
  return null;
}

/** Finds the deployment, and asks whether this call may reach it. Null: it may. */
function authorize({ deployments, judge }: InferenceParts, call: Call, model: string, head: RequestHead): Refusal | null {
  if (head.badDataClass)
    return refusal("invalid_data_class", "x-weighbridge-data-class has to be public, internal, confidential or restricted", {
      param: "x-weighbridge-data-class",
    });
  const dataClass = head.dataClass ?? "restricted";
  call.dataClass = dataClass;
  const found = deploymentFor(deployments, call.principal, model);
  call.deployment = found.deployment;
  if (found.refusal !== null) return found.refusal;
  const access = judge.decide(call.principal, found.deployment, dataClass);
  call.decision = access;
  const { outcome, reasons } = access.decision;
  if (outcome === "allow") return null;
  const more = { decision: access.id, reasons: reasons.map(({ policy, text }) => ({ policy, text })) };
  const unsaid = head.dataClass === null ? [UNSAID] : [];
  return refusal("policy_denied", [...reasons.map(({ text }) => text), ...unsaid].join(" "), { more });
}

/** Most tokens may not send what is restricted, and most callers do not know that they said so. */
const UNSAID = "The call said nothing of its data, so that it counts as restricted: send x-weighbridge-data-class, such as internal.";

function forward({ upstreams, clientIdleMs }: InferenceParts, call: Call, request: InferenceRequest, maxOutput: number | null): void {
  const { deployment } = call;
  if (deployment === null) throw new Error("a call is forwarded without a deployment"); // it was found before
  const body = forwardedBody(request, { model: deployment.upstream.model, maxOutput });
  const { stream, wantsUsage, choices, inputTokens } = request; // not the body, which may be large, for as long as the answer takes
  const exchange = new Exchange(call, { stream, wantsUsage, choices, inputTokens }, clientIdleMs);
  call.exchange = exchange;
  const route = call.surface === "embeddings" ? "/v1/embeddings" : "/v1/chat/completions";
  const sent = { accept: request.stream ? "text/event-stream" : "application/json", traced: call.watch?.asks(deployment) ?? [] };
  upstreams.send(deployment, route, sent, body, exchange);
}

import type { Attributes } from "@opentelemetry/api";
import type { CallRecord } from "../../../audit/record.ts";
import type { BegunCall, EndedCall } from "../../../gateway/observer.ts";
import type { Deployment } from "../../../registry/index.ts";

/**
 * Names and values by OpenTelemetry's conventions for HTTP servers and for generative AI, in which inputs and outputs are opt-in: nothing that was said is
 * ever in a span. https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
 */
const SURFACES = {
  "chat.completions": { method: "POST", route: "/v1/chat/completions", operation: "chat" },
  embeddings: { method: "POST", route: "/v1/embeddings", operation: "embeddings" },
  models: { method: "GET", route: "/v1/models", operation: null },
} as const satisfies Record<CallRecord["surface"], { readonly method: string; readonly route: string; readonly operation: string | null }>;

/** A span is found by its name, so it holds nothing that a stranger chose. */
export function callName(surface: CallRecord["surface"]): string {
  const { method, route } = SURFACES[surface];
  return `${method} ${route}`;
}

/** What is known of a call when it begins. */
export function callAttributes({ surface, request }: BegunCall): Attributes {
  const { method, route } = SURFACES[surface];
  return { "http.request.method": method, "http.route": route, "url.path": route, "weighbridge.request.id": request };
}

/** What is known of a call when it is over. By the conventions for servers, what the client did wrong is no error. */
export function endAttributes({ record: { status, outcome, decision, code } }: EndedCall): Attributes {
  return {
    "http.response.status_code": status,
    "weighbridge.outcome": outcome,
    ...(decision === null ? {} : { "weighbridge.decision": decision }),
    ...(code === null ? {} : { "weighbridge.code": code }),
    ...(outcome === "failed" ? { "error.type": code ?? String(status) } : {}),
  };
}

export function upstreamName(surface: CallRecord["surface"], { name }: Deployment): string {
  return `${SURFACES[surface].operation ?? surface} ${name}`;
}

/** What is asked of a model server. Its name for the model is what it is asked for; ours is beside it. */
export function upstreamAttributes(surface: CallRecord["surface"], { id, name, artifact, level, upstream, engine }: Deployment): Attributes {
  const { hostname, port, protocol } = new URL(upstream.url);
  return {
    "gen_ai.operation.name": SURFACES[surface].operation ?? surface,
    "gen_ai.provider.name": "openai", // the dialect that is spoken, as the conventions want it for compatible servers
    "gen_ai.request.model": upstream.model ?? name,
    "server.address": hostname.replace(/^\[(.*)\]$/, "$1"),
    "server.port": Number(port) || (protocol === "https:" ? 443 : 80),
    "weighbridge.deployment.id": id,
    "weighbridge.deployment.name": name,
    "weighbridge.artifact": artifact,
    "weighbridge.level": level,
    ...(engine === null ? {} : { "weighbridge.engine": engine.version === null ? engine.name : `${engine.name} ${engine.version}` }),
  };
}

const MOST_REASONS = 8;

/** What a model server answered. Numbers that the gateway counted itself are no usage that the server told. */
export function answerAttributes({
  record: { usage, inputTokens, outputTokens, outcome, code, status },
  model,
  finishReasons,
}: EndedCall): Attributes {
  return {
    ...(model === null ? {} : { "gen_ai.response.model": model.toWellFormed() }),
    ...(finishReasons.length === 0
      ? {}
      : { "gen_ai.response.finish_reasons": finishReasons.slice(0, MOST_REASONS).map((reason) => reason.toWellFormed()) }),
    ...(usage === null ? {} : { "gen_ai.usage.input_tokens": inputTokens ?? 0, "gen_ai.usage.output_tokens": outputTokens ?? 0 }),
    ...(usage === "counted" ? { "weighbridge.usage.counted": true } : {}),
    ...(outcome === "failed" ? { "error.type": code ?? String(status) } : {}),
  };
}

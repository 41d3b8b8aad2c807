import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { CallRecord } from "../../../audit/record.ts";
import type { BegunCall } from "../../../gateway/observer.ts";
import type { Deployment } from "../../../registry/index.ts";
import { openTracing } from "./open-tracing.ts";
import { UNTRACED } from "./tracing.ts";

interface Received {
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/** A collector that takes everything. */
async function collector() {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request
      .setEncoding("utf8")
      .on("data", (piece) => {
        text += piece;
      })
      .on("end", () => {
        received.push({ headers: request.headers, text });
        response.setHeader("content-type", "application/json").end("{}");
      });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { received, server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces` }; // it listens on TCP
}

let collecting: Awaited<ReturnType<typeof collector>>;
beforeEach(async () => {
  collecting = await collector();
});
afterEach(() => void collecting.server.close());

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const CALL = { request: "req_1", surface: "chat.completions", traceparent: null, tracestate: null } as const;
const DEPLOYMENT: Deployment = {
  id: "leaf",
  name: "tiny",
  artifact: `sha256:${"0".repeat(64)}`,
  ticket: "ticket",
  level: "declared",
  upstream: { url: "http://10.1.2.3:8080", addresses: ["10.1.2.3"], model: "tiny-llama" },
  engine: { name: "llama.cpp", version: "b7000" },
  at: "2026-11-21T12:00:00.000Z",
  record: { notAfter: "2027-01-01T00:00:00.000Z", act: null, outcome: "allow" },
};
const RECORD: CallRecord = {
  kind: "call",
  at: "2026-11-21T12:00:00.000Z",
  request: "req_1",
  principal: "token:abc",
  team: "red",
  deployment: "leaf",
  artifact: DEPLOYMENT.artifact,
  level: "declared",
  surface: "chat.completions",
  dataClass: "public",
  decision: "0011223344556677",
  outcome: "allowed",
  code: null,
  status: 200,
  streamed: false,
  inputTokens: 12,
  outputTokens: 30,
  usage: "upstream",
  durationMs: 70,
};
const SAID = { model: "tiny-llama-q4", finishReasons: ["stop"] };

type Attribute = { readonly key: string; readonly value: Record<string, unknown> };
interface SpanJson {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code: number };
}

/** The spans of one call that was traced and closed, by name. */
async function spansOf(call: BegunCall, ended: Partial<CallRecord> = {}, said = SAID) {
  const tracing = await openTracing({ endpoint: collecting.endpoint, report: () => {} });
  const traced = tracing.begin(call);
  const headers = call.surface === "models" ? [] : traced.asks(DEPLOYMENT);
  traced.ends({ record: { ...RECORD, ...ended }, deployment: DEPLOYMENT, ...said });
  await tracing.close();
  const spans: SpanJson[] = collecting.received.flatMap(({ text }) => JSON.parse(text).resourceSpans[0].scopeSpans[0].spans);
  return { headers, spans: new Map(spans.map((span) => [span.name, span])) };
}

function attributesOf(span: SpanJson | undefined): Record<string, unknown> {
  return Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]));
}

it("tells of a call and of the model server's work below it, by the GenAI conventions", async () => {
  const { spans } = await spansOf(CALL);
  const call = spans.get("POST /v1/chat/completions");
  const work = spans.get("chat tiny");
  expect(attributesOf(call)).toEqual({
    "http.request.method": "POST",
    "http.route": "/v1/chat/completions",
    "url.path": "/v1/chat/completions",
    "http.response.status_code": 200,
    "weighbridge.request.id": "req_1",
    "weighbridge.outcome": "allowed",
    "weighbridge.decision": "0011223344556677",
  });
  expect(attributesOf(work)).toEqual({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "tiny-llama",
    "gen_ai.response.model": "tiny-llama-q4",
    "gen_ai.response.finish_reasons": { values: [{ stringValue: "stop" }] },
    "gen_ai.usage.input_tokens": 12,
    "gen_ai.usage.output_tokens": 30,
    "server.address": "10.1.2.3",
    "server.port": 8080,
    "weighbridge.deployment.id": "leaf",
    "weighbridge.deployment.name": "tiny",
    "weighbridge.artifact": DEPLOYMENT.artifact,
    "weighbridge.level": "declared",
    "weighbridge.engine": "llama.cpp b7000",
  });
  expect([call?.kind, work?.kind]).toEqual([2, 3]); // SERVER, CLIENT
  expect([work?.parentSpanId, work?.traceId]).toEqual([call?.spanId, call?.traceId]);
  expect([call?.parentSpanId, call?.status.code, work?.status.code]).toEqual([undefined, 0, 0]);
});

it("goes on in the trace of the client, and tells the model server of it", async () => {
  const { headers, spans } = await spansOf({ ...CALL, traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: "vendor=a,b=c" });
  const call = spans.get("POST /v1/chat/completions");
  const work = spans.get("chat tiny");
  expect([call?.traceId, call?.parentSpanId, work?.traceId]).toEqual([TRACE, SPAN, TRACE]);
  expect(headers).toEqual(["traceparent", `00-${TRACE}-${work?.spanId}-01`, "tracestate", "vendor=a,b=c"]);
});

it("takes no trace that the client does not take, and hands that on", async () => {
  const { headers, spans } = await spansOf({ ...CALL, traceparent: `00-${TRACE}-${SPAN}-00` });
  expect([...spans.keys()]).toEqual([]);
  expect(headers).toEqual(["traceparent", expect.stringMatching(new RegExp(`^00-${TRACE}-[\\da-f]{16}-00$`))]);
});

it("says what went wrong, and counts a refusal as no error of ours", async () => {
  const { spans } = await spansOf(CALL, { outcome: "failed", code: "upstream_cut", status: 502, usage: null });
  expect(attributesOf(spans.get("chat tiny"))).toMatchObject({ "error.type": "upstream_cut" });
  expect(attributesOf(spans.get("chat tiny"))).not.toHaveProperty(["gen_ai.usage.input_tokens"]);
  expect(spans.get("POST /v1/chat/completions")?.status.code).toBe(2);
  collecting.received.length = 0;
  const refused = await spansOf({ ...CALL, surface: "models" }, { outcome: "refused", code: "model_not_found", status: 404 });
  expect([...refused.spans.keys()]).toEqual(["GET /v1/models"]);
  expect(refused.spans.get("GET /v1/models")?.status.code).toBe(0);
  expect(attributesOf(refused.spans.get("GET /v1/models"))).toMatchObject({
    "weighbridge.code": "model_not_found",
    "http.response.status_code": 404,
  });
});

it("cuts off what a model server says of itself, and says when numbers are our own", async () => {
  const { spans } = await spansOf(
    CALL,
    { usage: "counted" },
    { model: `${"m".repeat(9000)}\ud800`, finishReasons: Array(99).fill("r".repeat(9000)) },
  );
  const attributes = attributesOf(spans.get("chat tiny"));
  expect(String(attributes["gen_ai.response.model"])).toHaveLength(256);
  expect(attributes["weighbridge.usage.counted"]).toBe(true);
  expect(collecting.received[0]?.text.length).toBeLessThan(8000);
});

it("says who is traced, and nothing of who called or of what was said", async () => {
  await spansOf(CALL);
  const [{ text = "", headers } = {}] = collecting.received;
  expect(headers?.["content-type"]).toBe("application/json");
  expect(text).toContain('"service.name"');
  expect(text).not.toContain("token:abc");
  expect(text).not.toContain('"red"');
});

it("a collector that is not there delays nothing and is told of", async () => {
  collecting.server.close();
  const told: string[] = [];
  const tracing = await openTracing({ endpoint: collecting.endpoint, report: (what) => void told.push(what) });
  const traced = tracing.begin(CALL);
  traced.asks(DEPLOYMENT);
  traced.ends({ record: RECORD, deployment: DEPLOYMENT, ...SAID });
  await tracing.close();
  expect(told.join()).toContain("ECONNREFUSED");
});

it("where no collector is named, nothing is traced", async () => {
  expect(await openTracing({ endpoint: null, report: () => {} })).toBe(UNTRACED);
});

import { expect, it } from "vitest";
import type { CallRecord } from "../../audit/record.ts";
import type { EndedCall } from "../../gateway/observer.ts";
import type { Deployment } from "../../registry/index.ts";
import { observeCalls } from "./call-observer.ts";
import { createLogger } from "./logger.ts";
import type { MeasuredCall } from "./metrics/call-metrics.ts";
import { type TracedCall, UNTRACED } from "./tracing/tracing.ts";

const PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const CALL = { request: "req_1", surface: "embeddings", traceparent: PARENT, tracestate: "a=b" } as const;
const DEPLOYMENT: Deployment = {
  id: "leaf",
  name: "tiny",
  artifact: `sha256:${"0".repeat(64)}`,
  ticket: "ticket",
  level: "declared",
  upstream: { url: "http://127.0.0.1:8080", addresses: ["127.0.0.1"], model: null },
  engine: null,
  at: "2026-11-21T12:00:00.000Z",
  record: { notAfter: "2027-01-01T00:00:00.000Z", act: null, outcome: "allow" },
};
const RECORD: CallRecord = {
  kind: "call",
  at: "2026-11-21T12:00:00.000Z",
  request: "req_1",
  principal: "token:abc",
  team: null,
  deployment: "leaf",
  artifact: DEPLOYMENT.artifact,
  level: "declared",
  surface: "embeddings",
  dataClass: "public",
  decision: null,
  outcome: "failed",
  code: "upstream_cut",
  status: 502,
  streamed: false,
  inputTokens: null,
  outputTokens: null,
  usage: null,
  durationMs: 70,
};

function observed() {
  const measured: MeasuredCall[] = [];
  const lines: string[] = [];
  const ended: EndedCall[] = [];
  const logger = createLogger({ level: "info", human: true, now: () => new Date(0), write: (line) => void lines.push(line) });
  const traced: TracedCall = { asks: () => ["traceparent", "here"], ends: (call) => void ended.push(call) };
  let now = 0;
  const observer = observeCalls({
    metrics: { called: (call) => void measured.push(call) },
    tracing: { ...UNTRACED, begin: () => traced },
    logger,
    clock: () => {
      now += 30;
      return now;
    },
  });
  return { observer, measured, lines, ended };
}

it("hands one call to metrics, log and trace, with the time until its first answer", () => {
  const { observer, measured, lines, ended } = observed();
  const watch = observer.begin(CALL);
  expect(watch.asks(DEPLOYMENT)).toEqual(["traceparent", "here"]);
  watch.answers();
  watch.answers();
  const end = { record: RECORD, deployment: DEPLOYMENT, model: "tiny-1", finishReasons: ["stop"] };
  watch.ends(end);
  expect(measured).toEqual([{ record: RECORD, deployment: "tiny", firstByteMs: 30 }]);
  expect(lines.join("")).toContain("WARN  call failed request=req_1 principal=token:abc deployment=tiny surface=embeddings code=upstream_cut");
  expect(ended).toEqual([end]);
});

it("a call that reached no deployment has none, and no first byte", () => {
  const { observer, measured } = observed();
  observer.begin(CALL).ends({ record: RECORD, deployment: null, model: null, finishReasons: [] });
  expect(measured).toEqual([{ record: RECORD, deployment: null, firstByteMs: null }]);
});

it("where nobody collects traces, a model server still hears of the client's", async () => {
  expect(UNTRACED.begin(CALL).asks(DEPLOYMENT)).toEqual(["traceparent", PARENT, "tracestate", "a=b"]);
  expect(UNTRACED.begin({ ...CALL, traceparent: "x" }).asks(DEPLOYMENT)).toEqual([]);
  await UNTRACED.close();
});

import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import type { CallRecord } from "../../../audit/record.ts";
import { VERSION } from "../../../version.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import type { Readings } from "./readings.ts";

const READINGS: Readings = {
  artifacts: () => ({ allow: 3, deny: 1, hold: 0 }),
  jobs: async () => ({ queued: 2, running: 1 }),
  deployments: () => ({ good: 1, revoked: 1 }),
  logEntries: async () => 42,
  callsInFlight: () => 4,
  unauthenticated: () => 7,
};

const CALL: CallRecord = {
  kind: "call",
  at: "2026-11-21T12:00:00.000Z",
  request: "req_1",
  principal: "token:abcdefghijkl",
  team: null,
  deployment: "leaf",
  artifact: "sha256:00",
  level: "declared",
  surface: "chat.completions",
  dataClass: "internal",
  decision: "0011223344556677",
  outcome: "allowed",
  code: null,
  status: 200,
  streamed: true,
  inputTokens: 12,
  outputTokens: 30,
  usage: "upstream",
  durationMs: 1500,
};

/** Lines of ours that are no comments. */
async function linesOf(metrics: Metrics): Promise<readonly string[]> {
  return (await metrics.text()).split("\n").filter((line) => line.startsWith("weighbridge_"));
}

async function seriesOf(act: (metrics: Metrics) => unknown, beginning: string, readings = READINGS): Promise<readonly string[]> {
  const metrics = createMetrics(readings);
  await act(metrics);
  return (await linesOf(metrics)).filter((line) => line.startsWith(beginning));
}

it("counts a call by deployment, surface, outcome and code, with its times and tokens", async () => {
  const metrics = createMetrics(READINGS);
  metrics.called({ record: CALL, deployment: "tiny", firstByteMs: 90 });
  metrics.called({ record: CALL, deployment: "tiny", firstByteMs: 90 });
  const lines = await linesOf(metrics);
  expect(lines).toEqual(
    expect.arrayContaining([
      'weighbridge_gateway_calls_total{deployment="tiny",surface="chat.completions",outcome="allowed",code="none"} 2',
      'weighbridge_gateway_call_duration_seconds_bucket{le="1.28",deployment="tiny",surface="chat.completions",outcome="allowed"} 0',
      'weighbridge_gateway_call_duration_seconds_bucket{le="2.56",deployment="tiny",surface="chat.completions",outcome="allowed"} 2',
      'weighbridge_gateway_call_duration_seconds_sum{deployment="tiny",surface="chat.completions",outcome="allowed"} 3',
      'weighbridge_gateway_first_byte_seconds_bucket{le="0.08",deployment="tiny",surface="chat.completions"} 0',
      'weighbridge_gateway_first_byte_seconds_bucket{le="0.16",deployment="tiny",surface="chat.completions"} 2',
      'weighbridge_gateway_tokens_total{deployment="tiny",direction="input",source="upstream"} 24',
      'weighbridge_gateway_tokens_total{deployment="tiny",direction="output",source="upstream"} 60',
    ]),
  );
});

it("counts what rates and budgets refuse by code, and no tokens where nobody says any", async () => {
  const limited = { ...CALL, outcome: "limited", inputTokens: null, outputTokens: null, usage: null } as const;
  const act = (metrics: Metrics) => {
    metrics.called({ record: { ...limited, code: "rate_limited" }, deployment: null, firstByteMs: null });
    metrics.called({ record: { ...limited, code: "budget_spent" }, deployment: "tiny", firstByteMs: null });
  };
  expect(await seriesOf(act, "weighbridge_gateway_calls_total")).toEqual([
    'weighbridge_gateway_calls_total{deployment="none",surface="chat.completions",outcome="limited",code="rate_limited"} 1',
    'weighbridge_gateway_calls_total{deployment="tiny",surface="chat.completions",outcome="limited",code="budget_spent"} 1',
  ]);
  expect(await seriesOf(act, "weighbridge_gateway_tokens_total")).toEqual([]);
  expect(await seriesOf(act, "weighbridge_gateway_first_byte_seconds_count")).toEqual([]);
});

it("reads what is there each time that it is asked", async () => {
  let entries = 1;
  const metrics = createMetrics({ ...READINGS, logEntries: () => entries });
  expect(await linesOf(metrics)).toContain("weighbridge_log_entries 1");
  entries = 2;
  const lines = await linesOf(metrics);
  expect(lines).toEqual(
    expect.arrayContaining([
      "weighbridge_log_entries 2",
      'weighbridge_registry_artifacts{decision="allow"} 3',
      'weighbridge_registry_artifacts{decision="deny"} 1',
      'weighbridge_registry_artifacts{decision="hold"} 0',
      'weighbridge_jobs{state="queued"} 2',
      'weighbridge_jobs{state="running"} 1',
      'weighbridge_deployments{standing="good"} 1',
      'weighbridge_deployments{standing="revoked"} 1',
      "weighbridge_gateway_calls_in_flight 4",
      "weighbridge_gateway_unauthenticated_requests_total 7",
      `weighbridge_build_info{version="${VERSION}",node="${process.version}"} 1`,
    ]),
  );
});

it("a reading that cannot be taken is missing and counted, and the others are there", async () => {
  const broken = {
    ...READINGS,
    artifacts: () => Promise.reject(new Error("locked")),
    logEntries: () => {
      throw new Error("closed");
    },
  };
  const lines = await linesOf(createMetrics(broken));
  expect(lines.filter((line) => /^weighbridge_(registry_artifacts|log_entries)/.test(line))).toEqual([]);
  expect(lines).toContain('weighbridge_jobs{state="queued"} 2');
  const again = createMetrics(broken);
  await again.text();
  expect(await linesOf(again)).toContain('weighbridge_reading_errors_total{reading="artifacts"} 1');
});

it("a value that is gone the next time is not told from memory", async () => {
  const jobs = [{ queued: 1 }, {}];
  const metrics = createMetrics({ ...READINGS, jobs: () => jobs.shift() ?? {} });
  expect(await linesOf(metrics)).toContain('weighbridge_jobs{state="queued"} 1');
  expect((await linesOf(metrics)).filter((line) => line.startsWith("weighbridge_jobs"))).toEqual([]);
});

it("watches the audit log: what waits, what was written, what failed", async () => {
  const metrics = createMetrics(READINGS);
  const pending = Promise.withResolvers<void>();
  const append = metrics.watchedAudit((record) => (record.outcome === "failed" ? Promise.reject(new Error("disk full")) : pending.promise));
  const written = append(CALL);
  const queue = async () => (await linesOf(metrics)).filter((line) => line.startsWith("weighbridge_audit_"));
  expect(await queue()).toEqual(["weighbridge_audit_queue_records 1", "weighbridge_audit_write_errors_total 0"]);
  pending.resolve();
  await written;
  await expect(append({ ...CALL, outcome: "failed" })).rejects.toThrow("disk full");
  expect(await queue()).toEqual([
    "weighbridge_audit_queue_records 0",
    'weighbridge_audit_records_total{kind="call"} 1',
    "weighbridge_audit_write_errors_total 1",
  ]);
});

it("tells how long a revocation took to act", async () => {
  const act = (metrics: Metrics) => metrics.revocationTookEffect(480);
  const lines = await seriesOf(act, "weighbridge_revocation_effect_seconds");
  expect(lines).toContain('weighbridge_revocation_effect_seconds_bucket{le="0.25"} 0');
  expect(lines).toContain('weighbridge_revocation_effect_seconds_bucket{le="0.5"} 1');
  expect(lines).toContain("weighbridge_revocation_effect_seconds_sum 0.48");
});

it("tells requests by the pattern of their route", async () => {
  const request = { method: "GET", status: 200, durationMs: 3 };
  const act = (metrics: Metrics) => {
    metrics.requested({ ...request, route: "/api/v1/artifacts/:digest" });
    metrics.requested({ ...request, route: null, status: 404, method: "brew\n" });
  };
  expect(await seriesOf(act, "weighbridge_server_request_duration_seconds_count")).toEqual([
    'weighbridge_server_request_duration_seconds_count{method="GET",route="/api/v1/artifacts/:digest",status="200"} 1',
    'weighbridge_server_request_duration_seconds_count{method="other",route="none",status="404"} 1',
  ]);
});

it("tells of the process, too", async () => {
  const text = await createMetrics(READINGS).text();
  for (const name of ["process_resident_memory_bytes", "process_cpu_seconds_total", "nodejs_eventloop_lag_p99_seconds"])
    expect(text).toMatch(new RegExp(`^${name} [\\d.e-]+$`, "m"));
});

test.prop([fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 20 })])(
  "no value that a stranger chose becomes a label",
  async (values) => {
    const metrics = createMetrics(READINGS);
    for (const value of values) metrics.called({ record: { ...CALL, code: `!${value}` }, deployment: `!${value}`, firstByteMs: null });
    const lines = (await linesOf(metrics)).filter((line) => line.startsWith("weighbridge_gateway_calls_total"));
    expect(lines).toEqual([
      `weighbridge_gateway_calls_total{deployment="other",surface="chat.completions",outcome="allowed",code="other"} ${values.length}`,
    ]);
  },
);

it("the number of series has an end, however many names are declared", async () => {
  const metrics = createMetrics(READINGS);
  for (let i = 0; i < 700; i += 1) metrics.called({ record: CALL, deployment: `model-${i}`, firstByteMs: null });
  const lines = (await linesOf(metrics)).filter((line) => line.startsWith("weighbridge_gateway_calls_total"));
  expect(lines).toHaveLength(501);
  expect(lines.at(-1)).toMatch(/deployment="other".* 200$/);
});

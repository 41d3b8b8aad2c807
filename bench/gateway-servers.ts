import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { type Dispatcher, Pool } from "undici";
import { Tokens } from "../src/access/tokens.ts";
import { openAuditLog } from "../src/audit/audit-log.ts";
import { openTokenBudgets } from "../src/gateway/budgets/index.ts";
import { DeploymentTable, PolicyJudge, requestRates, startGateway } from "../src/gateway/index.ts";
import { DEFAULT_ACCESS_POLICIES, loadPolicySet } from "../src/policy/policy-set.ts";
import { type Deployment, SYSTEM } from "../src/registry/index.ts";
import { openState } from "../src/state/database.ts";

// One of the servers that gateway.bench.ts compares, as a process of its own. Says { port, token } when it listens, and what it used when it is asked.
const [role = "", upstream = "", events = "32"] = process.argv.slice(2);
const roles: Readonly<Record<string, () => Promise<{ readonly port: number; readonly token?: string }>>> = {
  upstream: modelServer,
  bare: bareProxy,
  stream: streamProxy,
  hono: honoProxy,
  gateway,
};
process.on("message", (collects) => {
  if (collects === true) globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ rss, heapUsed, cpuMicros: user + system });
});
process.on("disconnect", () => process.exit());
process.send?.(await roles[role]?.());

/** Answers at once: a completion of some 600 bytes, or a stream with each event in a write of its own, as models make them. */
async function modelServer(): Promise<{ readonly port: number }> {
  const text = "The scale shows what a lorry weighs, with and without its load. ".repeat(6);
  const usage = { prompt_tokens: 21, completion_tokens: 90, total_tokens: 111 };
  const shared = { id: "chatcmpl-0123456789", created: 1_700_000_000, model: "bench" };
  const choice = { index: 0, message: { role: "assistant", content: text }, logprobs: null, finish_reason: "stop" };
  const whole = Buffer.from(JSON.stringify({ ...shared, object: "chat.completion", choices: [choice], usage }));
  const event = (choices: readonly object[], more: object = {}) =>
    Buffer.from(`data: ${JSON.stringify({ ...shared, object: "chat.completion.chunk", choices, ...more })}\n\n`);
  const delta = event([{ index: 0, delta: { content: " weighs" }, logprobs: null, finish_reason: null }]);
  const last = Buffer.concat([
    event([{ index: 0, delta: {}, logprobs: null, finish_reason: "stop" }]),
    event([], { usage }),
    Buffer.from("data: [DONE]\n\n"),
  ]);
  return listening(
    createServer((request, response) => {
      let isStream = false;
      request.on("data", (chunk: Buffer) => {
        isStream ||= chunk.includes('"stream":true');
      });
      request.on("end", () => {
        if (!isStream) {
          response.writeHead(200, { "content-type": "application/json", "content-length": whole.length });
          response.end(whole);
          return;
        }
        response.writeHead(200, { "content-type": "text/event-stream" });
        let left = Number(events);
        const next = () => {
          if (left-- === 0) response.end(last);
          else {
            response.write(delta);
            setImmediate(next);
          }
        };
        next();
      });
    }),
  );
}

/** The least that a proxy in front of a model can do: no checks, bytes in and bytes out. */
async function bareProxy(): Promise<{ readonly port: number }> {
  const pool = new Pool(upstream, { connections: 256, pipelining: 1 });
  return listening(
    createServer((request, response) => {
      void pool.request(passedOn(request)).then(
        ({ statusCode, headers, body }) => {
          response.writeHead(statusCode, answerHeaders(headers));
          pipeline(body, response, () => {});
        },
        () => response.destroy(),
      );
    }),
  );
}

/** The same by undici's faster call. */
async function streamProxy(): Promise<{ readonly port: number }> {
  const pool = new Pool(upstream, { connections: 256, pipelining: 1 });
  return listening(
    createServer((request, response) => {
      pool
        .stream(passedOn(request), ({ statusCode, headers }) => response.writeHead(statusCode, answerHeaders(headers)))
        .catch(() => response.destroy());
    }),
  );
}

function passedOn(request: IncomingMessage): Dispatcher.RequestOptions {
  const { url = "/", method = "GET", headers } = request;
  const passed = { "content-type": headers["content-type"] ?? "", accept: headers.accept ?? "", "content-length": headers["content-length"] ?? "0" };
  return { path: url, method, headers: passed, body: request };
}

function answerHeaders({ "content-type": type = "", "content-length": length }: IncomingHttpHeaders): OutgoingHttpHeaders {
  return length === undefined ? { "content-type": type } : { "content-type": type, "content-length": length };
}

async function honoProxy(): Promise<{ readonly port: number }> {
  const app = new Hono();
  app.all("/*", async ({ req }) => {
    const { pathname } = new URL(req.url);
    return fetch(upstream + pathname, { method: req.method, headers: { "content-type": "application/json" }, body: await req.arrayBuffer() });
  });
  return new Promise((done) => {
    serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => done({ port }));
  });
}

/** With everything on: tokens and budgets in SQLite, Cedar policies, rates, and an audit log on the disk. */
async function gateway(): Promise<{ readonly port: number; readonly token: string }> {
  const folder = mkdtempSync(join(tmpdir(), "gateway-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const tokens = new Tokens(openState(folder), SYSTEM);
  const admin = {
    id: "local:bench",
    name: "bench",
    kind: "person",
    roles: ["admin"],
    scopes: ["api", "infer"],
    team: null,
    deployments: null,
  } as const;
  const { secret } = tokens.create(
    { name: "bench", scopes: ["infer"], roles: [], team: "blue", deployments: ["bench"], dataClass: "internal", days: 1 },
    { ...admin, dataClass: "restricted", limits: { requestsPerMinute: null, tokensPerDay: null } },
  );
  const deployment: Deployment = {
    id: "11".repeat(32),
    name: "bench",
    artifact: `sha256:${"22".repeat(32)}`,
    ticket: "33".repeat(32),
    level: "declared",
    upstream: { url: upstream, addresses: ["127.0.0.1"], model: null },
    engine: null,
    at: "2026-11-21T00:00:00.000Z",
    record: { notAfter: "2099-01-01T00:00:00.000Z", act: null, outcome: "allow" },
  };
  const policies = loadPolicySet(DEFAULT_ACCESS_POLICIES, "access");
  const { now } = SYSTEM;
  const running = await startGateway({
    authenticate: (bearer) => tokens.authenticate(bearer),
    deployments: await DeploymentTable.open({ deployments: async () => [deployment], version: () => 1 }, { now }),
    judge: new PolicyJudge({ policies: () => policies, now }),
    rates: requestRates({ requestsPerMinute: 1e9 }),
    budgets: openTokenBudgets(folder, { tokensPerDay: 1e12, installationTokensPerDay: 1e12, now }),
    audit: await openAuditLog(join(folder, "audit")),
    now,
  });
  return { port: Number(new URL(running.address).port), token: secret };
}

function listening(server: Server): Promise<{ readonly port: number }> {
  return new Promise((done) => {
    server.listen(0, "127.0.0.1", () => done({ port: (server.address() as AddressInfo).port })); // it listens on TCP
  });
}

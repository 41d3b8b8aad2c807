import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Principal } from "../../src/access/principal.ts";
import type { CallRecord } from "../../src/audit/record.ts";
import { startGateway } from "../../src/gateway/gateway.ts";
import type { GatewayOptions } from "../../src/gateway/options.ts";
import type { DeploymentNow, GatewayParts, TokenBudgets } from "../../src/gateway/parts.ts";
import type { Deployment, Standing } from "../../src/registry/index.ts";

/** A gateway over parts in memory, in front of a model server that the test writes. */
export interface World extends AsyncDisposable {
  readonly address: string;
  readonly records: CallRecord[];
  /** Tokens that were settled, in order. */
  readonly settled: number[];
  /** What the gateway told its operator. */
  readonly reports: unknown[];
  readonly upstream: UpstreamServer;
  readonly deployments: Map<string, DeploymentNow>;
  readonly counts: () => { readonly unauthenticated: number; readonly inFlight: number };
  close(): Promise<void>;
}

export interface WorldChanges {
  readonly upstream?: RequestListener;
  readonly options?: GatewayOptions;
  readonly parts?: Partial<GatewayParts>;
  readonly principal?: Partial<Principal>;
  readonly deployment?: Partial<Deployment>;
}

export const TOKEN = "wb_test-token";
export const MODEL = "tiny";

export function principalWith(changes: Partial<Principal> = {}): Principal {
  return {
    id: "token:t1",
    name: "test",
    kind: "token",
    roles: [],
    scopes: ["infer"],
    team: "blue",
    deployments: null,
    dataClass: "restricted",
    limits: { requestsPerMinute: null, tokensPerDay: null },
    ...changes,
  };
}

export function deploymentWith(url: string, changes: Partial<Deployment> = {}): Deployment {
  return {
    id: "11".repeat(32),
    name: MODEL,
    artifact: `sha256:${"ab".repeat(32)}`,
    ticket: "22".repeat(32),
    level: "declared",
    upstream: { url, addresses: ["127.0.0.1"], model: null },
    engine: null,
    at: "2026-11-20T00:00:00.000Z",
    record: { notAfter: "2099-01-01T00:00:00.000Z", act: null, outcome: "allow" },
    ...changes,
  };
}

/** Limits nothing, and remembers what was settled. */
function openBudgets(settled: number[]): TokenBudgets {
  return {
    reserve: () => {
      let isOpen = true;
      return {
        kind: "reserved",
        left: null,
        settle: (tokens) => {
          if (isOpen) settled.push(tokens);
          isOpen = false;
        },
      };
    },
  };
}

export async function world({ upstream, options, parts, principal, deployment }: WorldChanges = {}): Promise<World> {
  const server = await upstreamServer(upstream ?? ((_request, response) => response.end("{}")));
  const deployments = new Map<string, DeploymentNow>();
  deploy(deployments, deploymentWith(server.url, deployment));
  const records: CallRecord[] = [];
  const settled: number[] = [];
  const reports: unknown[] = [];
  const holder = principalWith(principal);
  const gateway = await startGateway(
    {
      authenticate: (bearer) => (bearer === TOKEN ? holder : null),
      deployments: { find: (name) => deployments.get(name) ?? null, list: () => [...deployments.values()], onChange: () => () => {} },
      judge: { decide: () => ALLOWED },
      rates: { take: async () => ({ limit: 600, remaining: 599, resetMs: 60_000, retryAfterMs: null }) },
      budgets: openBudgets(settled),
      audit: {
        append: async (record) => {
          records.push(record);
        },
      },
      now: () => new Date(),
      ...parts,
    },
    { report: (error) => reports.push(error), ...options },
  );
  return {
    address: gateway.address,
    records,
    settled,
    reports,
    upstream: server,
    deployments,
    counts: () => gateway.counts(),
    close: () => gateway.close(),
    [Symbol.asyncDispose]: async () => {
      await gateway.close();
      await server.close();
    },
  };
}

export function deploy(deployments: Map<string, DeploymentNow>, deployment: Deployment, standing: Standing = "good"): void {
  deployments.set(deployment.name, { deployment, standing, why: `it is ${standing}` });
}

export const ALLOWED = {
  id: "0123456789abcdef",
  decision: {
    outcome: "allow",
    reasons: [],
    context: `sha256:${"00".repeat(32)}`,
    policySet: `sha256:${"00".repeat(32)}`,
    evaluatedAt: "2026-11-20T00:00:00Z",
  },
} as const;

export interface UpstreamServer {
  readonly url: string;
  readonly requests: Received[];
  /** Resolves when a client of it went away before its answer was complete. */
  readonly aborted: Promise<void>;
  close(): Promise<void>;
}

export interface Received {
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** A model server. Its listener is called when the whole request is there. */
export async function upstreamServer(listener: RequestListener): Promise<UpstreamServer> {
  const requests: Received[] = [];
  const aborted = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    response.on("close", () => {
      if (!response.writableFinished) aborted.resolve();
    });
    void bodyOf(request).then((body) => {
      requests.push({ url: request.url ?? "", rawHeaders: request.rawHeaders, body });
      listener(request, response);
    });
  });
  await listening(server);
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    aborted: aborted.promise,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server): Promise<void> {
  return new Promise((done) => server.listen(0, "127.0.0.1", done));
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
  return body;
}

/** Destroys the connection under an answer. */
export function cut(response: ServerResponse): void {
  const socket: Socket | null = response.socket;
  socket?.destroy();
}

export const JSON_TYPE = { "content-type": "application/json" };

export function post(address: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(address + path, {
    method: "POST",
    headers: { ...JSON_TYPE, authorization: `Bearer ${TOKEN}`, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

export function chat(
  address: string,
  changes: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return post(address, "/v1/chat/completions", { model: MODEL, messages: [{ role: "user", content: "hello" }], ...changes }, headers);
}

export const COMPLETION = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1700000000,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "Hi", refusal: null }, logprobs: null, finish_reason: "stop" }],
  usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
};

/** One event of a streamed completion. */
export function event(delta: object, finish: string | null = null, index = 0): string {
  const chunk = {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1700000000,
    model: "m",
    choices: [{ index, delta, finish_reason: finish }],
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

export const USAGE_EVENT = `data: ${JSON.stringify({ ...COMPLETION, object: "chat.completion.chunk", choices: [] })}\n\n`;
export const DONE = "data: [DONE]\n\n";

/** Writes pieces of an event stream, each at once, and ends it. */
export function streamed(...pieces: readonly string[]): RequestListener {
  return (_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const piece of pieces) response.write(piece);
    response.end();
  };
}

import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import type { Principal } from "../../src/access/principal.ts";
import type { TokenRequestFields } from "../../src/access/token.ts";
import { DEFAULT_POLICIES } from "../../src/policy/policy-set.ts";
import { appOf } from "../../src/server/app.ts";
import { IdentityProvider, type IdentityProviderSettings } from "../../src/server/auth/identity-provider.ts";
import { loadConfiguration } from "../../src/server/configuration/index.ts";
import { Exposure } from "../../src/server/guards/exposure.ts";
import { Jobs } from "../../src/server/jobs/index.ts";
import { listen } from "../../src/server/listen.ts";
import { LiveEvents } from "../../src/server/live-events.ts";
import { openParts } from "../../src/server/open-parts.ts";
import type { ServerParts } from "../../src/server/parts.ts";
import { readingsOf } from "../../src/server/readings.ts";
import { createLogger, createMetrics } from "../../src/server/telemetry/index.ts";
import { Uploads } from "../../src/server/uploads/index.ts";
import { World, withFolder } from "../registry-world.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Parsed; undefined where it is no JSON. */
  readonly json: unknown;
}

export interface Asking {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as JSON, but for a string, which is sent as it is. */
  readonly body?: unknown;
}

export interface Served {
  readonly parts: ServerParts;
  readonly world: World;
  readonly events: LiveEvents;
  /** Such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  readonly reported: unknown[];
  /** Paths without a leading `/api` are taken to be below `/api/v1`. */
  ask(method: string, path: string, asking?: Asking): Promise<Answer>;
  /** The same as a page of the console does it. */
  fromConsole(method: string, path: string, cookie: string, body?: unknown): Promise<Answer>;
  /** Signs in by a new link; yields what the browser sends from then on. */
  signIn(): Promise<string>;
  token(request: Partial<TokenRequestFields>): string;
  acts(): Promise<readonly string[]>;
}

export interface ServedOptions {
  readonly publicUrl?: string;
  readonly allowedHosts?: readonly string[];
  readonly trusts?: (address: string) => boolean;
  readonly provider?: IdentityProviderSettings;
}

export const ADA: Principal = {
  id: "local:ada",
  name: "ada",
  kind: "person",
  roles: ["viewer", "operator", "approver", "admin"],
  scopes: ["api"],
  team: null,
  deployments: null,
  dataClass: "restricted",
  limits: { requestsPerMinute: null, tokensPerDay: null },
};

/** Runs over a control plane that listens on loopback, with a clock that stands still and an installation of its own. */
export function served(use: (served: Served) => Promise<void>, options: ServedOptions = {}): Promise<void> {
  return withFolder(async (folder) => {
    const world = new World();
    const { parts, close } = await openParts({
      directory: join(folder, "data"),
      stateFolder: join(folder, "state"),
      policyFolder: DEFAULT_POLICIES,
      configuration: loadConfiguration({ file: { path: join(folder, "none.yaml"), required: false }, env: {}, flags: {} }),
      surroundings: world,
      principal: "local:ada",
    });
    const uploads = new Uploads(parts);
    const jobs = new Jobs({ ...parts, uploads });
    await uploads.start();
    await jobs.start();
    const events = new LiveEvents(0);
    const reported: unknown[] = [];
    const app = appOf({
      ...parts,
      uploads,
      jobs,
      events,
      console: new Map(),
      logger: createLogger({ level: "silent", human: false, now: () => world.now(), write: () => {} }),
      metrics: createMetrics(readingsOf({ ...parts, jobs, gateway: () => undefined })),
      servesMetrics: true,
      facts: { gateway: () => null, oidc: options.provider?.issuer ?? null },
      health: { missing: () => [] },
      local: { id: "local:ada", name: "ada" },
      provider: options.provider === undefined ? null : new IdentityProvider(options.provider, () => world.now()),
      exposure: new Exposure({ tls: false, publicUrl: null, allowedHosts: [], trusts: () => false, ...options }),
      report: (error) => void reported.push(error),
    });
    const listening = await listen(app, { host: "127.0.0.1", port: 0, tls: null, headersMs: 5000 });
    try {
      await use(servedAt(listening.address, { parts, world, events, reported }));
    } finally {
      await listening.close(0);
      await jobs.close();
      await uploads.close();
      await close();
    }
  });
}

function servedAt(origin: string, { parts, world, events, reported }: Pick<Served, "parts" | "world" | "events" | "reported">): Served {
  const ask: Served["ask"] = (method, path, asking) => exchange(method, new URL(path.startsWith("/api") ? path : `/api/v1${path}`, origin), asking);
  const fromConsole: Served["fromConsole"] = (method, path, cookie, body) =>
    ask(method, path, { headers: { cookie, origin, "sec-fetch-site": "same-origin" }, ...(body === undefined ? {} : { body }) });
  return {
    parts,
    world,
    events,
    origin,
    reported,
    ask,
    fromConsole,
    async signIn() {
      const answer = await fromConsole("POST", "/sign-in", "", { link: parts.links.make().secret });
      return cookieOf(answer);
    },
    token: (request) => parts.tokens.create({ name: "test", scopes: ["api"], roles: [], dataClass: "internal", days: 1, ...request }, ADA).secret,
    async acts() {
      const { entries } = await parts.audit.recent({ kind: "act", limit: 100 });
      return entries.map((entry) => (entry.kind === "act" ? `${entry.act} ${entry.outcome} by ${entry.principal}` : "")).reverse();
    },
  };
}

/** `name=value` of the cookie that an answer sets. */
export function cookieOf({ headers }: Answer): string {
  return (headers["set-cookie"] ?? []).map((cookie) => cookie.split(";")[0] ?? "").join("; ");
}

/** One request, with whatever headers: fetch would refuse some of them. */
export function exchange(method: string, url: URL, { headers = {}, body }: Asking = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    const about = sent === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(sent)) };
    const all = { ...about, ...headers } as Record<string, string | string[]>; // node:http changes none
    const request = httpRequest(url, { method, agent: false, headers: all }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
      });
    });
    request.on("error", reject);
    request.end(sent);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Sends exactly this, and yields the first line of what comes back. */
export function rawStatus(origin: string, text: string): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1").split("\r\n")[0] ?? ""));
  });
}

import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Call } from "./call.ts";
import { GatewayError } from "./errors.ts";
import { httpServer } from "./http-server.ts";
import { DEFAULT_GRACE_MS, DEFAULT_MAX_BODY_BYTES, DEFAULT_TIMEOUTS, type GatewayOptions, type GatewayTimeouts, LOOPBACK_NAMES } from "./options.ts";
import type { GatewayParts } from "./parts.ts";
import { ProvenAudit } from "./proven-audit.ts";
import { BodiesUnderWay } from "./read-body.ts";
import { refusal } from "./refusal.ts";
import { RemoteFailures } from "./remote-failures.ts";
import type { Serving } from "./serve.ts";
import { Upstreams } from "./upstream.ts";

/** A running data plane. */
export interface Gateway {
  /** Such as `http://127.0.0.1:8080`; clients add `/v1`. */
  readonly address: string;
  /** What it lacks to serve calls; empty when it lacks nothing. */
  missing(): readonly string[];
  /** For metrics: requests without a valid token since the start, and calls that are not at their end. */
  counts(): { readonly unauthenticated: number; readonly inFlight: number };
  /** Takes no more calls, lets those in flight go on for the grace period, then ends them with an error. Closing twice is closing once. */
  close(): Promise<void>;
}

/** How long what is left to be sent may take when the grace period is over. */
const FLUSH_MS = 200;
const SWEEP_MS = 25;
/** Bodies of the greatest length that may be on their way at once. */
const MOST_BODIES = 16;

/** Starts to serve what is deployed. Throws GatewayError WB_GATEWAY_LISTEN. */
export async function startGateway(parts: GatewayParts, options: GatewayOptions = {}): Promise<Gateway> {
  const timeouts: GatewayTimeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const host = options.host ?? "127.0.0.1";
  const upstreams = new Upstreams(timeouts);
  const audit = new ProvenAudit(parts.audit);
  const serving: Serving = {
    parts: { ...parts, audit },
    audit,
    inference: { deployments: parts.deployments, judge: parts.judge, budgets: parts.budgets, upstreams, clientIdleMs: timeouts.clientIdleMs },
    hosts: new Set((options.hosts ?? [...LOOPBACK_NAMES, host.includes(":") ? `[${host}]` : host]).map((name) => name.toLowerCase())),
    maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    bodyMs: timeouts.bodyMs,
    bodies: new BodiesUnderWay(MOST_BODIES * (options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES)),
    failures: new RemoteFailures(parts.now),
    calls: new Set<Call>(),
    report: options.report ?? (() => {}),
    isClosing: false,
  };
  const server = httpServer(serving, options, timeouts);
  const stopTelling = parts.deployments.onChange(() => upstreams.closeGone(parts.deployments));
  await listen(server, host, options.port ?? 0);
  let closing: Promise<void> | undefined;
  return {
    address: addressOf(server, options.tls !== undefined),
    missing: () => [...(audit.isFailing ? ["audit log"] : []), ...(canFind(parts.deployments) ? [] : ["deployments"])],
    counts: () => ({ unauthenticated: serving.failures.total, inFlight: serving.calls.size }),
    close: () => {
      stopTelling();
      closing ??= close(server, serving, upstreams, options.graceMs ?? DEFAULT_GRACE_MS);
      return closing;
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((done, failed) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      failed(
        new GatewayError("WB_GATEWAY_LISTEN", `the gateway cannot listen on ${host}, port ${port} (${cause.code ?? cause.message})`, {
          hint: "Give another port, or end what listens there.",
          cause,
        }),
      ),
    );
    server.listen(port, host, done);
  });
  server.removeAllListeners("error");
}

function addressOf(server: Server, isTls: boolean): string {
  const { address, port, family } = server.address() as AddressInfo; // it listens on TCP
  return `${isTls ? "https" : "http"}://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

async function close(server: Server, serving: Serving, upstreams: Upstreams, graceMs: number): Promise<void> {
  serving.isClosing = true;
  const closed = new Promise<void>((done) => server.close(() => done()));
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS); // those that wait for another call when theirs has ended
  if (!(await within(closed, graceMs))) {
    for (const call of [...serving.calls]) call.fail(refusal("shutting_down", "this gateway was stopped before the answer was complete"));
    await within(closed, FLUSH_MS);
    server.closeAllConnections();
  }
  clearInterval(sweep);
  await upstreams.destroy();
  await closed;
}

/** Whether something came to its end in that time. */
async function within(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((done) => {
    timer = setTimeout(done, ms, false);
  });
  const inTime = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}

/** Whether it is known what is deployed. */
function canFind(deployments: GatewayParts["deployments"]): boolean {
  try {
    deployments.list();
    return true;
  } catch {
    return false;
  }
}

import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { load, type Measured } from "./gateway-load.ts";
import { line } from "./measure.ts";

// What does it cost to go through the gateway, with authentication, policy, limits and audit on? Against a bare proxy on the same undici Pool, an empty
// Hono proxy and the model server itself, which answers at once. `npm run bench -- gateway`; node bench/gateway.bench.ts soak SECONDS watches the memory.
const CONNECTIONS = 16;
const PASSES = 3;
const PASS_MS = Number(process.env.BENCH_PASS_MS ?? 5000);

interface Started {
  readonly name: string;
  readonly child: ChildProcess;
  readonly port: number;
  readonly token: string | undefined;
}

async function start(name: string, ...args: readonly string[]): Promise<Started> {
  const child = fork(join(import.meta.dirname, "gateway-servers.ts"), [name, ...args], {
    execArgv: ["--expose-gc", "--disable-warning=ExperimentalWarning"],
  });
  const { port, token } = (await told(child)) as { readonly port: number; readonly token?: string }; // gateway-servers.ts says so
  return { name, child, port, token };
}

function told(child: ChildProcess): Promise<unknown> {
  return new Promise((done, failed) => {
    const died = (code: number | null, signal: string | null) => failed(new Error(`a server ended with ${code ?? signal}`));
    child.once("exit", died);
    child.once("message", (message) => {
      child.off("exit", died);
      done(message);
    });
  });
}

interface Used {
  readonly rss: number;
  readonly heapUsed: number;
  readonly cpuMicros: number;
}

async function usedBy({ child }: Started, { collects = false }: { readonly collects?: boolean } = {}): Promise<Used> {
  child.send(collects);
  return (await told(child)) as Used; // gateway-servers.ts says so
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

interface Pass extends Measured {
  /** Of the server's process: what it costs however busy the machine is with other work. */
  readonly cpuMicros: number;
}

async function pass(server: Started, isStream: boolean): Promise<Pass> {
  const { port, token } = server;
  const before = await usedBy(server);
  const measured = await load({ port, token, isStream, connections: CONNECTIONS, durationMs: PASS_MS });
  const after = await usedBy(server);
  return { ...measured, cpuMicros: (after.cpuMicros - before.cpuMicros) / measured.requests };
}

async function compare(servers: readonly Started[], isStream: boolean): Promise<void> {
  const kind = isStream ? "SSE, 32 events" : "JSON";
  const passes = new Map<string, Pass[]>(servers.map(({ name }) => [name, []]));
  for (const { port, token } of servers) await load({ port, token, isStream, connections: CONNECTIONS, durationMs: 1000 });
  for (let i = 0; i < PASSES; i++) for (const server of servers) passes.get(server.name)?.push(await pass(server, isStream));
  const of = (name: string, what: keyof Pass) => median((passes.get(name) ?? []).map((measured) => measured[what]));
  const against = (what: keyof Pass, unit: string, baseline: string, called: string, aim: string) =>
    line(`${kind}, gateway${LABELS[what] ?? ""}`, of("gateway", what), unit, called, of(baseline, what), aim);
  against("requestsPerSecond", "requests/s", "bare", "bare undici proxy", "≥ 0.75");
  against("requestsPerSecond", "requests/s", "stream", "bare proxy by Pool.stream", "none");
  against("requestsPerSecond", "requests/s", "hono", "empty Hono proxy", "> 1");
  against("requestsPerSecond", "requests/s", "upstream", "model server alone", "none");
  against("p99Ms", "ms", "bare", "bare undici proxy", "≤ 3");
  against("p50Ms", "ms", "bare", "bare undici proxy", "none");
  against("cpuMicros", "µs", "bare", "bare undici proxy", "none");
  against("cpuMicros", "µs", "stream", "bare proxy by Pool.stream", "none");
}

const LABELS: Readonly<Partial<Record<keyof Pass, string>>> = { p99Ms: ", p99", p50Ms: ", p50", cpuMicros: ", CPU of a request" };

async function soak(gateway: Started, seconds: number): Promise<void> {
  const steps = Math.max(2, Math.ceil(seconds / 30));
  for (let step = 0; step < steps; step++) {
    for (const isStream of [false, true]) await load({ ...gateway, isStream, connections: CONNECTIONS, durationMs: (seconds * 1000) / steps / 2 });
    const { rss, heapUsed } = await usedBy(gateway, { collects: true });
    console.log(
      `  after ${Math.round(((step + 1) * seconds) / steps)} s: resident ${Math.round(rss / 1e6)} MB, heap ${(heapUsed / 1e6).toFixed(1)} MB`,
    );
  }
}

const upstream = await start("upstream", "", "32");
const address = `http://127.0.0.1:${upstream.port}`;
const gateway = await start("gateway", address);
const servers = [upstream, gateway];
try {
  if (process.argv[2] === "soak") await soak(gateway, Number(process.argv[3] ?? 600));
  else {
    servers.push(await start("bare", address), await start("stream", address), await start("hono", address));
    await compare(servers, false);
    await compare(servers, true);
    for (const server of servers.slice(1)) {
      const { rss, heapUsed } = await usedBy(server, { collects: true });
      console.log(`  ${server.name}: resident ${Math.round(rss / 1e6)} MB, heap ${(heapUsed / 1e6).toFixed(1)} MB`);
    }
  }
} finally {
  for (const { child } of servers) if (child.connected) child.disconnect();
}

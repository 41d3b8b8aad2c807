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
    child.once("message", done);
    child.once("exit", (code) => failed(new Error(`a server ended with ${code}`)));
  });
}

async function rssOf({ child }: Started): Promise<{ readonly rss: number; readonly heap: number }> {
  child.send("rss");
  return (await told(child)) as { readonly rss: number; readonly heap: number }; // gateway-servers.ts says so
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function compare(servers: readonly Started[], isStream: boolean): Promise<void> {
  const kind = isStream ? "SSE, 32 events" : "JSON";
  const passes = new Map<string, Measured[]>(servers.map(({ name }) => [name, []]));
  for (const { port, token } of servers) await load({ port, token, isStream, connections: CONNECTIONS, durationMs: 1000 });
  for (let pass = 0; pass < PASSES; pass++)
    for (const { name, port, token } of servers)
      passes.get(name)?.push(await load({ port, token, isStream, connections: CONNECTIONS, durationMs: PASS_MS }));
  const of = (name: string, what: keyof Measured) => median((passes.get(name) ?? []).map((measured) => measured[what]));
  const rate = of("gateway", "requestsPerSecond");
  line(`${kind}, gateway`, rate, "requests/s", "bare undici proxy", of("bare", "requestsPerSecond"), "≥ 0.75");
  line(`${kind}, gateway`, rate, "requests/s", "bare proxy by Pool.stream", of("stream", "requestsPerSecond"), "none");
  line(`${kind}, gateway`, rate, "requests/s", "empty Hono proxy", of("hono", "requestsPerSecond"), "> 1");
  line(`${kind}, gateway`, rate, "requests/s", "model server alone", of("upstream", "requestsPerSecond"), "none");
  line(`${kind}, gateway, p99`, of("gateway", "p99Ms"), "ms", "bare undici proxy", of("bare", "p99Ms"), "≤ 3");
  line(`${kind}, gateway, p50`, of("gateway", "p50Ms"), "ms", "bare undici proxy", of("bare", "p50Ms"), "none");
}

async function soak(gateway: Started, seconds: number): Promise<void> {
  const steps = Math.max(2, Math.ceil(seconds / 30));
  for (let step = 0; step < steps; step++) {
    for (const isStream of [false, true]) await load({ ...gateway, isStream, connections: CONNECTIONS, durationMs: (seconds * 1000) / steps / 2 });
    const { rss, heap } = await rssOf(gateway);
    console.log(`  after ${Math.round(((step + 1) * seconds) / steps)} s: rss ${Math.round(rss / 1e6)} MB, heap ${(heap / 1e6).toFixed(1)} MB`);
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
    const before = await rssOf(gateway);
    await compare(servers, false);
    await compare(servers, true);
    const after = await rssOf(gateway);
    console.log(`  gateway, resident memory: ${Math.round(before.rss / 1e6)} MB before, ${Math.round(after.rss / 1e6)} MB after`);
  }
} finally {
  for (const { child } of servers) child.disconnect();
}

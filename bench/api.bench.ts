import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Agent, request } from "undici";
import { DEFAULT_POLICIES } from "../src/policy/policy-set.ts";
import { SYSTEM } from "../src/registry/index.ts";
import { loadConfiguration } from "../src/server/configuration/index.ts";
import { startInstallation } from "../src/server/start.ts";
import { figure, line, scratch } from "./measure.ts";
import { seedRegistry } from "./seeded-registry.ts";

// What the console waits for: reads of the API under ten thousand models, four at a time, against an HTTP server that answers with the same bytes at once.
const MODELS = 10_000;
const REQUESTS = 400;
const AT_ONCE = 4;

const root = await scratch();
const directory = join(root, "data");
const stateFolder = join(root, "state");
await seedRegistry(directory, stateFolder, MODELS);
const configuration = loadConfiguration({
  file: { path: join(root, "none.yaml"), required: false },
  env: {},
  flags: { port: 0, gatewayPort: 0, logLevel: "silent" },
});
const running = await startInstallation({
  directory,
  stateFolder,
  policyFolder: DEFAULT_POLICIES,
  configuration,
  surroundings: SYSTEM,
  principal: "local:bench",
});
const { secret } = running.parts.tokens.create(
  { name: "bench", scopes: ["api"], roles: ["viewer"], dataClass: "public", days: 1 },
  {
    id: "local:bench",
    name: "bench",
    kind: "person",
    roles: ["viewer"],
    scopes: ["api"],
    team: null,
    deployments: null,
    dataClass: "restricted",
    limits: { requestsPerMinute: null, tokensPerDay: null },
  },
);
const dispatcher = new Agent({ connections: AT_ONCE });
const headers = { authorization: `Bearer ${secret}` };

interface Spread {
  readonly p50: number;
  readonly p99: number;
}

async function spreadOf(origin: string, paths: readonly string[]): Promise<Spread> {
  const all: number[] = [];
  let next = 0;
  const one = async () => {
    while (next < REQUESTS) {
      const path = paths[next++ % paths.length] ?? "/";
      const started = performance.now();
      const { statusCode, body } = await request(origin + path, { dispatcher, headers });
      await body.arrayBuffer();
      if (statusCode !== 200) throw new Error(`${path}: ${statusCode}`);
      all.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  const sorted = all.toSorted((a, b) => a - b);
  return { p50: sorted[Math.floor(sorted.length / 2)] ?? 0, p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0 };
}

const first = await request(`${running.console}/api/v1/artifacts?limit=200`, { dispatcher, headers });
const page = (await first.body.json()) as { items: { artifact: string }[] };
const ids = page.items.map(({ artifact }) => artifact);
const bytes = Buffer.from(JSON.stringify(page));
const bare = createServer((_, response) => response.setHeader("content-type", "application/json").end(bytes));
await new Promise<void>((done) => bare.listen(0, "127.0.0.1", done));
const bareOrigin = `http://127.0.0.1:${(bare.address() as AddressInfo).port}`;

const baseline = await spreadOf(bareOrigin, ["/"]);
const routes: readonly (readonly [string, readonly string[]])[] = [
  ["a page of 50 models", ["/api/v1/artifacts", "/api/v1/artifacts?cursor=5000", "/api/v1/artifacts?decision=hold"]],
  ["models found by name", ["/api/v1/artifacts?q=model-77", "/api/v1/artifacts?q=team-3", "/api/v1/artifacts?q=nothing"]],
  ["one model", ids.map((id) => `/api/v1/artifacts/${id}`)],
  ["overview", ["/api/v1/overview"]],
  ["a page of the log", ["/api/v1/log/entries", "/api/v1/log/entries?before=6000"]],
  ["an entry with its proof", Array.from({ length: 50 }, (_, i) => `/api/v1/log/entries/${i * 200}`)],
  ["what waits", ["/api/v1/approvals"]],
];
for (const [what, paths] of routes) {
  await spreadOf(running.console, paths);
  const { p50, p99 } = await spreadOf(running.console, paths);
  line(`${what}, p50`, p50, "ms", "bare server", baseline.p50, "none");
  figure(`${what}, p99`, p99, "ms", "at most 20");
}
await dispatcher.close();
bare.close();
await running.close();

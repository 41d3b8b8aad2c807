import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import OpenAI from "openai";
import { expect, it, onTestFinished } from "vitest";
import { jsonLines, only, scratch, weighbridge } from "./cli.ts";
import { modelServer } from "./model-server.ts";
import { startServer } from "./server-process.ts";

const HERON = resolve(import.meta.dirname, "../../examples/clean-heron");
const TRACE = "0af7651916cd43dd8448eb211c80319c";

interface Span {
  readonly traceId: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
}

/** A collector of traces (OTLP over HTTP, JSON). */
async function collector(): Promise<{ readonly endpoint: string; readonly spans: Span[] }> {
  const spans: Span[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const sent = JSON.parse(Buffer.concat(chunks).toString()) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }; // as OTLP says
      spans.push(...sent.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.setHeader("content-type", "application/json").end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`, spans }; // it listens on TCP
}

it("a call is traced by the conventions for generative AI, counted, and nothing of it is told that was said", async () => {
  const folder = scratch();
  const { endpoint, spans } = await collector();
  const config = join(folder, "config.yaml");
  writeFileSync(config, `telemetry:\n  otlpEndpoint: ${endpoint}\n`);
  const { digest } = only(weighbridge(folder, "admit", "--json", HERON)).artifact;
  const model = await modelServer();
  weighbridge(folder, "deploy", HERON, "--upstream", model.url, "--name", "heron", "--model", "heron-7b");
  const token = (...args: readonly string[]) =>
    String(jsonLines(weighbridge(folder, "token", "create", "--json", "--name", "t", ...args))[0]?.secret);
  const [secret, reader] = [token("--data-class", "restricted"), token("--scope", "api", "--role", "viewer")];
  const server = await startServer(folder, "serve", "--config", config);
  const client = new OpenAI({ apiKey: secret, baseURL: server.gateway, maxRetries: 0 });
  const said = "What does a heron weigh, in confidence?";
  await client.chat.completions.create(
    { model: "heron", messages: [{ role: "user", content: said }] },
    { headers: { traceparent: `00-${TRACE}-b7ad6b7169203331-01` } },
  );
  expect(model.asked[0]?.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
  expect(model.asked[0]?.authorization).toBeUndefined();

  const metrics = await fetch(`${server.console}/metrics`, { headers: { authorization: `Bearer ${reader}` } });
  const lines = (await metrics.text()).split("\n");
  expect(lines).toContain('weighbridge_registry_artifacts{decision="allow"} 1');
  expect(lines).toContain('weighbridge_deployments{standing="good"} 1');
  expect(lines.filter((line) => /^weighbridge_gateway_tokens_total\{.*deployment="heron".*\} [36]$/.test(line))).toHaveLength(2);
  expect((await fetch(`${server.console}/metrics`)).status).toBe(401);
  expect((await fetch(`${server.console}/metrics`, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(403);

  expect(await server.stop()).toBe(0); // what waits is sent
  const attributes = new Map(spans.flatMap((span) => span.attributes.map(({ key, value }) => [key, Object.values(value as object)[0]])));
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
  expect(Object.fromEntries([...attributes].filter(([key]) => key.startsWith("gen_ai.")))).toMatchObject({
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "heron-7b",
    "gen_ai.response.model": "heron-7b",
  });
  expect(attributes.get("weighbridge.artifact")).toBe(digest);
  expect(JSON.stringify(spans)).not.toContain(said);
  expect(JSON.stringify(spans)).not.toContain(secret);
});

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { environment, jsonLines, only, scratch, weighbridge } from "./cli.ts";
import { modelServer } from "./model-server.ts";
import { startServer } from "./server-process.ts";

const HERON = resolve(import.meta.dirname, "../../examples/clean-heron");

function signIn(address: string, secret: string): Promise<Response> {
  return fetch(`${address}/api/v1/sign-in`, {
    method: "POST",
    headers: { origin: address, "content-type": "application/json" },
    body: JSON.stringify({ link: secret }),
  });
}

async function untilAudited(folder: string, test: (line: string) => boolean): Promise<string> {
  const audit = join(environment(folder).WEIGHBRIDGE_DATA ?? "", "audit");
  for (;;) {
    const lines = readdirSync(audit)
      .filter((name) => name.endsWith(".jsonl"))
      .flatMap((name) => readFileSync(join(audit, name), "utf8").split("\n"));
    const found = lines.find(test);
    if (found !== undefined) return found;
    await setTimeout(50);
  }
}

describe("serve", () => {
  it("prints where to go, keeps the link from whoever reads the output, and signs in once with it", async () => {
    const folder = scratch();
    const server = await startServer(folder);
    expect(server.output.slice(0, 3)).toEqual([
      `Console  ${server.console}`,
      `API      ${server.console}/api/openapi.json`,
      `Gateway  ${server.gateway}`,
    ]);
    const file = join(environment(folder).WEIGHBRIDGE_DATA ?? "", "sign-in-link");
    expect(server.output[3]).toBe(`Sign in  the link in ${file}   (once, within 10 minutes)`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const secret = server.linkSecret();
    expect(server.output.join("\n")).not.toContain(secret);
    const first = await signIn(server.console, secret);
    expect(first.status).toBe(204);
    const cookie = first.headers.get("set-cookie")?.split(";")[0] ?? "";
    const session = await fetch(`${server.console}/api/v1/session`, { headers: { cookie } });
    expect(await session.json()).toMatchObject({
      principal: { id: expect.stringMatching(/^local:/), roles: ["viewer", "operator", "approver", "admin"] },
    });
    expect((await signIn(server.console, secret)).status).toBe(401);
  });

  it("ends with 0 when it is told to, and goes on with its data", async () => {
    const folder = scratch();
    const first = await startServer(folder);
    const facts = await (await fetch(`${first.console}/api/v1/installation`)).json();
    expect(await first.stop("SIGINT")).toBe(0);
    const second = await startServer(folder);
    expect(await (await fetch(`${second.console}/api/v1/installation`)).json()).toMatchObject({
      fingerprint: (facts as { fingerprint: string }).fingerprint,
    });
  });

  it("refuses to run twice on the same data, in one line", async () => {
    const folder = scratch();
    await startServer(folder);
    const again = weighbridge(folder, "serve", "--port", "0", "--gateway-port", "0");
    expect(again.status).toBe(2);
    expect(again.stderr).toMatch(/^weighbridge: .+ \[WB_AUDIT_BUSY\]\n$/);
  });

  it("refuses another address without TLS, and a port that is taken, in one line each", async () => {
    const folder = scratch();
    const open = weighbridge(folder, "serve", "--host", "0.0.0.0");
    expect(open.status).toBe(2);
    expect(open.stderr).toMatch(/\[WB_CONFIG_INSECURE_LISTEN\]\n$/);
    const { console: taken } = await startServer(scratch());
    const busy = weighbridge(folder, "serve", "--port", new URL(taken).port, "--gateway-port", "0");
    expect(busy.status).toBe(2);
    expect(busy.stderr).toMatch(/^weighbridge: .+ \[WB_SERVER_LISTEN\]\n$/);
  });
});

describe("what holds a ticket is served", () => {
  it("from admission to an answer, and not within a second of a revocation", async () => {
    const folder = scratch();
    const { digest } = only(weighbridge(folder, "admit", "--json", HERON)).artifact;
    const server = await startServer(folder);
    const { url: upstream } = await modelServer();
    const [deployed] = jsonLines(weighbridge(folder, "deploy", HERON, "--upstream", upstream, "--name", "heron", "--engine", "test", "--json"));
    expect(deployed).toMatchObject({ name: "heron", artifact: digest, level: "declared", standing: "good", upstream: { addresses: ["127.0.0.1"] } });
    const [token] = jsonLines(weighbridge(folder, "token", "create", "--name", "test", "--data-class", "restricted", "--json"));
    const client = new OpenAI({ apiKey: String(token?.secret), baseURL: server.gateway, maxRetries: 0 });
    await expect.poll(async () => (await client.models.list()).data.map(({ id }) => id), { timeout: 5000 }).toEqual(["heron"]);
    const { data, response } = await client.chat.completions.create({ model: "heron", messages: [{ role: "user", content: "?" }] }).withResponse();
    expect(data.choices[0]?.message.content).toBe("The heron weighs two kilograms.");
    expect(response.headers.get("x-weighbridge-artifact")).toBe(digest);
    expect(response.headers.get("x-weighbridge-level")).toBe("declared");
    expect(weighbridge(folder, "registry", "revoke", digest, "--reason", "It bites.").status).toBe(0);
    await setTimeout(1000);
    await expect(client.chat.completions.create({ model: "heron", messages: [{ role: "user", content: "?" }] })).rejects.toMatchObject({
      status: 403,
      code: "model_revoked",
    });
    expect(JSON.parse(await untilAudited(folder, (line) => line.includes('"code":"model_revoked"')))).toMatchObject({
      kind: "call",
      outcome: "refused",
      artifact: digest,
      principal: `token:${token?.id}`,
    });
    expect(JSON.parse(await untilAudited(folder, (line) => line.includes('"act":"token.create"')))).toMatchObject({ subject: token?.id });
  });

  it("not without a ticket, not from where secrets of clouds lie, and not under a name that nobody can write", () => {
    const folder = scratch();
    const falcon = resolve(HERON, "../trapped-falcon");
    weighbridge(folder, "admit", HERON);
    weighbridge(folder, "admit", falcon);
    const deploy = (model: string, upstream: string, name: string) => weighbridge(folder, "deploy", model, "--upstream", upstream, "--name", name);
    for (const [run, code] of [
      [deploy(falcon, "http://127.0.0.1:8080", "falcon"), "WB_REGISTRY_NO_STANDING"],
      [deploy(HERON, "http://169.254.169.254", "heron"), "WB_GATEWAY_UPSTREAM_REFUSED"],
      [deploy(HERON, "file:///etc/passwd", "heron"), "WB_GATEWAY_UPSTREAM_REFUSED"],
      [deploy(HERON, "http://127.0.0.1:8080", "a b"), "WB_REGISTRY_BAD_NAME"],
    ] as const) {
      expect(run.status).toBe(2);
      expect(run.stderr).toMatch(new RegExp(`^weighbridge: .+ \\[${code}\\]\n$`));
    }
    expect(weighbridge(folder, "deploy", "--list").stdout).toBe("");
  });
});

describe("start", () => {
  it("admits the examples, serves them, and says how to send a first prompt", async () => {
    const folder = scratch();
    const server = await startServer(folder, "start");
    expect(server.output.some((line) => line.startsWith("ALLOW"))).toBe(true);
    expect(server.output.some((line) => line.startsWith("DENY"))).toBe(true);
    await expect.poll(() => server.output.join("\n"), { timeout: 10_000 }).toContain("Ctrl-C ends it.");
    const text = server.output.join("\n");
    expect(text).toContain("A first prompt:");
    expect(text).toContain(`curl -s ${server.gateway.replace(/\/v1$/, "")}/v1/chat/completions`);
  });
});

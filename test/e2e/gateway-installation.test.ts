import { join } from "node:path";
import { OpenAI } from "openai";
import { describe, expect, it } from "vitest";
import { Tokens } from "../../src/access/tokens.ts";
import { openAuditLog } from "../../src/audit/index.ts";
import { openTokenBudgets } from "../../src/gateway/budgets/index.ts";
import { DeploymentTable, type Gateway, PolicyJudge, requestRates, startGateway } from "../../src/gateway/index.ts";
import { DEFAULT_ACCESS_POLICIES, loadPolicySet } from "../../src/policy/policy-set.ts";
import type { Registry } from "../../src/registry/index.ts";
import { openState } from "../../src/state/database.ts";
import { MODEL as ARTIFACT, type World as Clock, founded, ticketed } from "../registry-world.ts";
import { COMPLETION, DONE, event, JSON_TYPE, principalWith, streamed, type UpstreamServer, USAGE_EVENT, upstreamServer } from "./gateway-world.ts";

// The gateway over a real installation: registry and log, tokens in SQLite, Cedar policies, the budget ledger, the audit log.
interface Installation {
  readonly gateway: Gateway;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly root: string;
  readonly upstream: UpstreamServer;
  /** A client of the gateway with a token of its own. */
  client(token?: {
    readonly deployments?: readonly string[];
    readonly dataClass?: "public";
    readonly tokensPerDay?: number;
    readonly scopes?: readonly ["api"];
  }): OpenAI;
  audited(): Promise<readonly unknown[]>;
}

function installation(use: (place: Installation) => Promise<void>): Promise<void> {
  return founded(async (registry, clock, root) => {
    const upstream = await upstreamServer((request, response) => {
      if (request.headers.accept === "text/event-stream") streamed(event({ content: "Hi" }), event({}, "stop"), USAGE_EVENT, DONE)(request, response);
      else response.writeHead(200, JSON_TYPE).end(JSON.stringify(COMPLETION));
    });
    await ticketed(registry, clock);
    await registry.deploy({
      artifact: ARTIFACT.digest,
      name: "tiny",
      upstream: { url: upstream.url, addresses: ["127.0.0.1"], model: null },
      engine: null,
      principal: "local:ada",
    });
    const now = () => clock.now();
    const state = openState(root);
    const tokens = new Tokens(state, clock);
    const policies = loadPolicySet(DEFAULT_ACCESS_POLICIES, "access");
    const deployments = await DeploymentTable.open(registry, { now });
    const budgets = openTokenBudgets(root, { now });
    const audit = await openAuditLog(join(root, "audit"));
    const judge = new PolicyJudge({ policies: () => policies, now });
    const authenticate = (bearer: string) => tokens.authenticate(bearer);
    const gateway = await startGateway({ authenticate, deployments, judge, rates: requestRates(), budgets, audit, now });
    try {
      await use({
        gateway,
        registry,
        clock,
        tokens,
        root,
        upstream,
        client: (token = {}) => {
          const admin = principalWith({ roles: ["admin"], scopes: ["api", "infer"] });
          const { secret } = tokens.create({ name: "t", scopes: ["infer"], roles: [], dataClass: "internal", days: 1, ...token }, admin);
          const headers = { "x-weighbridge-data-class": "internal" };
          return new OpenAI({ baseURL: `${gateway.address}/v1`, apiKey: secret, maxRetries: 0, defaultHeaders: headers });
        },
        audited: async () => (await audit.recent({ limit: 100 })).entries.toReversed(),
      });
    } finally {
      await gateway.close();
      deployments.close();
      budgets.close();
      await audit.close();
      state.close();
      await upstream.close();
    }
  });
}

const messages = [{ role: "user" as const, content: "hello" }];
const ask = (client: OpenAI) => client.chat.completions.create({ model: "tiny", messages });

describe("the gateway of an installation", () => {
  it("serves what holds a ticket to whoever holds a token, and writes it down", () =>
    installation(async ({ client, audited, registry }) => {
      const [deployment] = await registry.deployments();
      const caller = client();
      expect(await ask(caller)).toMatchObject(COMPLETION);
      let text = "";
      for await (const chunk of await caller.chat.completions.create({ model: "tiny", messages, stream: true }))
        text += chunk.choices[0]?.delta.content ?? "";
      expect(text).toBe("Hi");
      expect((await caller.models.list()).data.map(({ id }) => id)).toEqual(["tiny"]);
      const served = {
        kind: "call",
        outcome: "allowed",
        deployment: deployment?.id,
        artifact: ARTIFACT.digest,
        level: "declared",
        dataClass: "internal",
      };
      expect(await audited()).toMatchObject([
        { ...served, seq: 1, streamed: false, inputTokens: 9, outputTokens: 2, usage: "upstream", decision: expect.stringMatching(/^[0-9a-f]{16}$/) },
        { ...served, seq: 2, streamed: true, inputTokens: 9, outputTokens: 2, usage: "upstream" },
        { kind: "call", seq: 3, surface: "models", outcome: "allowed", deployment: null },
      ]);
    }));

  it.each(["revoke", "suspend"] as const)("stops within a second after somebody decided to %s", (effect) =>
    installation(async ({ client, registry }) => {
      const caller = client();
      await ask(caller);
      await registry.changeStanding({ artifact: ARTIFACT.digest, effect, reason: "it leaks", principal: "local:ada" });
      const began = performance.now();
      let refused: unknown = null;
      while (refused === null && performance.now() - began < 5000)
        refused = await ask(caller)
          .then(() => null)
          .catch((error: unknown) => error);
      expect(performance.now() - began).toBeLessThan(1000);
      expect(refused).toMatchObject({ status: 403, code: effect === "revoke" ? "model_revoked" : "model_suspended" });
    }),
  );

  it("stops when a ticket ends, and when a deployment is withdrawn", () =>
    installation(async ({ client, registry, clock }) => {
      const caller = client();
      clock.passDays(0.5);
      await ask(caller);
      const [deployment] = await registry.deployments();
      await registry.withdraw({ id: deployment?.id ?? "", reason: "retired", principal: "local:ada" });
      await expect.poll(() => ask(caller).catch((error: { code: string }) => error.code), { timeout: 5000 }).toBe("model_not_found");
    }));

  it("takes tokens for what they are for", () =>
    installation(async ({ client, tokens, clock, audited }) => {
      await expect(ask(client({ scopes: ["api"] }))).rejects.toMatchObject({ status: 403, code: "policy_denied" });
      await expect(ask(client({ deployments: ["other"] }))).rejects.toMatchObject({ status: 404, code: "model_not_found" });
      await expect(ask(client({ dataClass: "public" }))).rejects.toMatchObject({ status: 403, code: "policy_denied" });
      const revoked = client();
      await ask(revoked);
      const made = tokens
        .list()
        .find(({ scopes, deployments, dataClass }) => scopes.includes("infer") && deployments === null && dataClass === "internal");
      tokens.revoke(made?.id ?? "");
      await expect(ask(revoked)).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
      const expired = client();
      clock.passDays(1.1);
      await expect(ask(expired)).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
      expect((await audited()).length).toBe(4);
    }));

  it("gives what a day's budget has, and then no more", () =>
    installation(async ({ client, upstream }) => {
      const caller = client({ tokensPerDay: 150 });
      await ask(caller); // uses 11
      expect(JSON.parse(upstream.requests[0]?.body ?? "").max_tokens).toBeLessThan(150);
      let calls = 1;
      const last: unknown = await (async () => {
        for (; calls < 100; calls++) await ask(caller);
      })().catch((error: unknown) => error);
      expect(last).toMatchObject({ status: 429, code: "budget_spent", error: { limit: 150, resets_at: "2026-05-02T00:00:00.000Z" } });
      expect(calls * 11).toBeLessThanOrEqual(150);
      expect(upstream.requests).toHaveLength(calls);
    }));
});

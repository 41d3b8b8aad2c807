import { OpenAI } from "openai";
import { describe, expect, it } from "vitest";
import type { GatewayParts, TokenBudgets } from "../../src/gateway/parts.ts";
import type { Standing } from "../../src/registry/index.ts";
import {
  ALLOWED,
  COMPLETION,
  chat,
  DONE,
  deploy,
  deploymentWith,
  event,
  JSON_TYPE,
  MODEL,
  post,
  streamed,
  TOKEN,
  USAGE_EVENT,
  type World,
  type WorldChanges,
  world,
} from "./gateway-world.ts";

/** A model server that answers as it is asked. */
const model: WorldChanges["upstream"] = (request, response) => {
  if (request.url?.endsWith("/embeddings") === true) {
    const data = [{ object: "embedding", index: 0, embedding: "AAAAPwAAgL4AAIA/" }];
    response.writeHead(200, JSON_TYPE).end(JSON.stringify({ object: "list", model: "e", data, usage: { prompt_tokens: 2, total_tokens: 2 } }));
  } else if (request.headers.accept === "text/event-stream")
    streamed(event({ role: "assistant", content: "Hi" }), event({ content: " there" }), event({}, "stop"), USAGE_EVENT, DONE)(request, response);
  else response.writeHead(200, JSON_TYPE).end(JSON.stringify(COMPLETION));
};

const clientOf = ({ address }: World) => new OpenAI({ baseURL: `${address}/v1`, apiKey: TOKEN });
const messages = [{ role: "user" as const, content: "hello" }];

describe("a call of the official client", () => {
  it("gets a whole answer, with what answered in its headers", async () => {
    await using gateway = await world({ upstream: model });
    const { data, response } = await clientOf(gateway).chat.completions.create({ model: MODEL, messages }).withResponse();
    expect(data).toMatchObject(COMPLETION);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/json",
      "cache-control": "no-store",
      "x-request-id": expect.stringMatching(/^req_/),
      "x-weighbridge-artifact": `sha256:${"ab".repeat(32)}`,
      "x-weighbridge-decision": ALLOWED.id,
      "x-weighbridge-level": "declared",
      "x-ratelimit-limit-requests": "600",
      "x-ratelimit-remaining-requests": "599",
      "x-ratelimit-reset-requests": "60s",
    });
    expect(response.headers.has("access-control-allow-origin")).toBe(false);
  });

  it("gets a stream, without the usage that it did not ask for", async () => {
    await using gateway = await world({ upstream: model });
    const chunks = [];
    for await (const chunk of await clientOf(gateway).chat.completions.create({ model: MODEL, messages, stream: true })) chunks.push(chunk);
    expect(chunks.map(({ choices, usage }) => [choices[0]?.delta.content, choices[0]?.finish_reason, usage])).toEqual([
      ["Hi", null, undefined],
      [" there", null, undefined],
      [undefined, "stop", undefined],
    ]);
    expect(JSON.parse(gateway.upstream.requests[0]?.body ?? "")).toMatchObject({ stream_options: { include_usage: true } });
    expect(gateway.records).toMatchObject([{ inputTokens: 9, outputTokens: 2, usage: "upstream" }]);
  });

  it("gets the usage of a stream that it asks for", async () => {
    await using gateway = await world({ upstream: model });
    const options = { model: MODEL, messages, stream: true, stream_options: { include_usage: true } } as const;
    let usage: unknown;
    for await (const chunk of await clientOf(gateway).chat.completions.create(options)) usage = chunk.usage ?? usage;
    expect(usage).toEqual(COMPLETION.usage);
  });

  it("gets embeddings, in the base64 that the client asks for by itself", async () => {
    await using gateway = await world({ upstream: model });
    const { data } = await clientOf(gateway).embeddings.create({ model: MODEL, input: "hi" });
    expect(data[0]?.embedding).toEqual([0.5, -0.25, 1]);
    expect(gateway.records).toMatchObject([{ surface: "embeddings", inputTokens: 2, outputTokens: 0 }]);
  });

  it("sees the models that it may call, and no others", async () => {
    const denied = { ...ALLOWED, decision: { ...ALLOWED.decision, outcome: "deny" } } as const;
    const judge: GatewayParts["judge"] = { decide: (_principal, { name }) => (name === "denied" ? denied : ALLOWED) };
    await using gateway = await world({ upstream: model, parts: { judge }, principal: { deployments: [MODEL, "denied", "ended", "org/slash"] } });
    const put = (name: string, standing: Standing = "good") =>
      deploy(gateway.deployments, deploymentWith("http://127.0.0.1:1", { name, id: name }), standing);
    put("denied");
    put("ended", "expired");
    put("of-others");
    put("org/slash");
    const client = clientOf(gateway);
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual([MODEL, "org/slash"]);
    expect(await client.models.retrieve("org/slash")).toMatchObject({
      id: "org/slash",
      object: "model",
      created: 1795132800,
      owned_by: "weighbridge",
    });
    for (const name of ["denied", "ended", "of-others", "nothing"])
      await expect(client.models.retrieve(name)).rejects.toMatchObject({ status: 404, code: "model_not_found" });
    expect(gateway.records.map(({ surface, outcome }) => `${surface} ${outcome}`)).toEqual([
      "models allowed",
      "models allowed",
      ...Array.from({ length: 4 }, () => "models refused"),
    ]);
  });
});

describe("what the model server gets", () => {
  it("is the body as it was written, and no header of the client", async () => {
    await using gateway = await world({ upstream: model });
    const body = `{ "model":"${MODEL}", "messages":[{"role":"user","content":"Gr\\u00fc\u00dfe"}],"seed":12345678901234567890,"x_unknown":{"a":1.0e0} }`;
    await post(gateway.address, "/v1/chat/completions", body, {
      cookie: "session=1",
      "x-forwarded-for": "1.2.3.4",
      "openai-organization": "o",
      "x-request-id": "mine",
    });
    const [request] = gateway.upstream.requests;
    expect(request?.body).toBe(body);
    const names = request?.rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
    expect(names?.toSorted()).toEqual(["accept", "accept-encoding", "connection", "content-length", "content-type", "host", "user-agent"]);
    expect(request?.rawHeaders.join(" ")).not.toContain(TOKEN);
  });

  it("is asked under the deployment's own path and name", async () => {
    await using upstream = await world({ upstream: model });
    await using gateway = await world({
      deployment: { upstream: { url: `${upstream.upstream.url}/team/a/`, addresses: ["127.0.0.1"], model: "org/real" } },
    });
    await chat(gateway.address);
    expect(upstream.upstream.requests.map(({ url, body }) => [url, JSON.parse(body).model])).toEqual([["/team/a/v1/chat/completions", "org/real"]]);
  });

  it("lacks what only says how to work, and the client is told", async () => {
    await using gateway = await world({ upstream: model });
    const answer = await chat(gateway.address, { cache_prompt: true, id_slot: 3, ID_SLOT: 4 });
    expect(answer.headers.get("x-weighbridge-stripped")).toBe("cache_prompt, id_slot");
    expect(JSON.parse(gateway.upstream.requests[0]?.body ?? "")).toEqual({ model: MODEL, messages });
  });

  it("is an end for the answer where a budget counts", async () => {
    const budgets: TokenBudgets = { reserve: () => ({ kind: "reserved", left: 100_000, settle: () => {} }) };
    await using gateway = await world({ upstream: model, parts: { budgets } });
    const answer = await chat(gateway.address);
    expect(answer.headers.get("x-ratelimit-remaining-tokens")).toBe("100000");
    expect(JSON.parse(gateway.upstream.requests[0]?.body ?? "")).toMatchObject({ max_tokens: 4096 });
  });
});

/** Status, code and what SDKs are told, of an answer with an error in it. */
async function refusedWith(answer: Response): Promise<object> {
  const body = JSON.parse(await answer.text());
  return {
    status: answer.status,
    code: body.error.code,
    problem: [body.type, body.status, typeof body.title, body.detail === body.error.message, body.instance === answer.headers.get("x-request-id")],
    retry: answer.headers.get("x-should-retry"),
    after: answer.headers.get("retry-after"),
  };
}

const refusal = (status: number, code: string, retry: string | null = null, after: string | null = null) => ({
  status,
  code,
  problem: [`urn:weighbridge:problem:${code}`, status, "string", true, true],
  retry,
  after,
});

describe("a call that is refused", () => {
  it.each([
    ["revoked", "model_revoked"],
    ["expired", "model_expired"],
    ["suspended", "model_suspended"],
    ["unknown", "model_standing_unknown"],
    ["stale", "model_standing_unknown"],
  ] as const)("is told that its model is %s, in a way that SDKs do not try again", async (standing, code) => {
    await using gateway = await world({ upstream: model });
    const { deployment } = gateway.deployments.get(MODEL) ?? {};
    if (deployment !== undefined) deploy(gateway.deployments, deployment, standing);
    expect(await refusedWith(await chat(gateway.address))).toEqual(refusal(403, code));
    await expect(clientOf(gateway).chat.completions.create({ model: MODEL, messages })).rejects.toMatchObject({ status: 403, error: { standing } });
    expect(gateway.records).toHaveLength(2); // of which the client made one
    expect(gateway.upstream.requests).toEqual([]);
  });

  it("is told what policy says", async () => {
    const reasons = [{ policy: "too-confidential", effect: "forbid", text: "The data is more confidential than this token may send." }] as const;
    const judge: GatewayParts["judge"] = { decide: () => ({ ...ALLOWED, decision: { ...ALLOWED.decision, outcome: "deny", reasons } }) };
    await using gateway = await world({ upstream: model, parts: { judge } });
    const answer = await chat(gateway.address);
    expect(answer.headers.get("x-weighbridge-decision")).toBe(ALLOWED.id);
    expect(await answer.json()).toMatchObject({
      error: {
        code: "policy_denied",
        message: `${reasons[0].text} The call said nothing of its data, so that it counts as restricted: send x-weighbridge-data-class, such as internal.`,
        decision: ALLOWED.id,
        reasons: [{ policy: "too-confidential", text: reasons[0].text }],
      },
      status: 403,
    });
    expect(gateway.records).toMatchObject([
      { outcome: "refused", code: "policy_denied", decision: ALLOWED.id, dataClass: "restricted", status: 403 },
    ]);
  });

  it("is judged by the class that its header names, and by the last where it names none", async () => {
    const asked: string[] = [];
    const judge: GatewayParts["judge"] = {
      decide: (_principal, _deployment, dataClass) => {
        asked.push(dataClass);
        return ALLOWED;
      },
    };
    await using gateway = await world({ upstream: model, parts: { judge } });
    await chat(gateway.address, {}, { "x-weighbridge-data-class": "public" });
    await chat(gateway.address);
    expect(await refusedWith(await chat(gateway.address, {}, { "x-weighbridge-data-class": "secret" }))).toEqual(refusal(400, "invalid_data_class"));
    expect(asked).toEqual(["public", "restricted"]);
  });

  it.each([
    ["a model that there is not", { model: "nothing" }, 404, "model_not_found"],
    ["an adapter", { lora: [{ id: 0, scale: 1 }] }, 400, "unsupported_parameter"],
    ["a remote image", { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "http://x/" } }] }] }, 400, "media_url_refused"],
    ["too many choices", { n: 17 }, 400, "invalid_value"],
  ])("is told about %s", async (_what, body, status, code) => {
    await using gateway = await world({ upstream: model });
    expect(await refusedWith(await chat(gateway.address, body))).toEqual(refusal(status, code));
    expect(gateway.records).toMatchObject([{ outcome: "refused", code, status }]);
    expect(gateway.upstream.requests).toEqual([]);
  });

  it("does not learn of models that its token does not list", async () => {
    await using gateway = await world({ upstream: model, principal: { deployments: ["other"] } });
    expect(await refusedWith(await chat(gateway.address))).toEqual(refusal(404, "model_not_found"));
  });

  it("is not told to wait long: SDKs would sleep that long", async () => {
    const rated = (retryAfterMs: number): Partial<GatewayParts> => ({
      rates: { take: async () => ({ limit: 5, remaining: 0, resetMs: retryAfterMs, retryAfterMs }) },
    });
    await using soon = await world({ parts: rated(1500) });
    expect(await refusedWith(await chat(soon.address))).toEqual(refusal(429, "rate_limited", null, "2"));
    await using later = await world({ parts: rated(50_000) });
    expect(await refusedWith(await chat(later.address))).toEqual(refusal(429, "rate_limited", "false", "50"));
    expect(later.records).toMatchObject([{ outcome: "limited", code: "rate_limited" }]);
  });

  it("is told at once that the budget is spent, and when it is back", async () => {
    const budgets: TokenBudgets = { reserve: () => ({ kind: "spent", scope: "principal", limit: 10, resetsAt: "2026-11-22T00:00:00Z" }) };
    await using gateway = await world({ parts: { budgets } });
    await expect(clientOf(gateway).chat.completions.create({ model: MODEL, messages })).rejects.toMatchObject({
      status: 429,
      code: "budget_spent",
      error: { resets_at: "2026-11-22T00:00:00Z", scope: "principal" },
    });
    expect(gateway.records).toMatchObject([{ outcome: "limited", code: "budget_spent" }]); // one: the client did not try again
  });

  it.each([
    ["no token", {}],
    ["a token that nobody holds", { authorization: "Bearer wb_wrong" }],
    ["a password", { authorization: "Basic YTpi" }],
    ["a token in the wrong place", { "x-api-key": TOKEN }],
  ])("is not recorded with %s, but counted", async (_what, headers) => {
    await using gateway = await world({ upstream: model });
    const answer = await fetch(`${gateway.address}/v1/chat/completions`, { method: "POST", headers: { ...JSON_TYPE, ...headers }, body: "{}" });
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(await refusedWith(answer)).toEqual(refusal(401, "invalid_api_key"));
    expect(gateway.records).toEqual([]);
    expect(gateway.counts().unauthenticated).toBe(1);
  });

  it("is told to stop guessing, which keeps nobody out who has a token", async () => {
    await using gateway = await world({ upstream: model });
    const guess = () => fetch(`${gateway.address}/v1/models`, { headers: { authorization: "Bearer wb_wrong" } });
    for (let i = 0; i < 60; i++) expect((await guess()).status).toBe(401);
    expect(await refusedWith(await guess())).toEqual(refusal(429, "too_many_failures", "false", expect.any(String) as unknown as string));
    expect((await chat(gateway.address)).status).toBe(200);
  });
});

describe("a gateway that does not know enough", () => {
  const throws = (): never => {
    throw new Error("cannot be read");
  };
  it.each<[string, Partial<GatewayParts>]>([
    ["who holds a token", { authenticate: throws }],
    ["how many requests there were", { rates: { take: async () => throws() } }],
    ["what is deployed", { deployments: { find: throws, list: throws, onChange: () => () => {} } }],
    ["what policy says", { judge: { decide: throws } }],
    ["what was spent", { budgets: { reserve: throws } }],
  ])("serves nothing when it does not know %s, and tells its operator why", async (_what, parts) => {
    await using gateway = await world({ upstream: model, parts });
    expect(await refusedWith(await chat(gateway.address))).toEqual(refusal(503, "not_ready", "false"));
    expect(gateway.upstream.requests).toEqual([]);
    expect(gateway.reports).toMatchObject([{ message: "cannot be read" }]);
  });

  it("survives a part that fails where nothing may", async () => {
    const observer = { begin: throws };
    await using gateway = await world({ upstream: model, parts: { observer } });
    expect(await refusedWith(await chat(gateway.address))).toEqual(refusal(500, "internal_error", "false"));
    expect(gateway.reports).toMatchObject([{ message: "cannot be read" }]);
  });

  it("answers nothing that it could not record", async () => {
    const full = () => world({ upstream: model, parts: { audit: { append: async () => throws() } } });
    await using one = await full();
    const whole = await chat(one.address);
    expect(await refusedWith(whole)).toEqual(refusal(503, "audit_unavailable", "false"));
    await using other = await full();
    const stream = await chat(other.address, { stream: true });
    const text = await stream.text();
    expect(text).toContain('"code":"audit_unavailable"');
    expect(text.endsWith(DONE)).toBe(true);
    expect([...one.settled, ...other.settled]).toEqual([11, 11]); // what was used was used
  });

  it("asks no model while it cannot record, and goes on when it can", async () => {
    let isFull = true;
    let asked = 0;
    const counted: NonNullable<WorldChanges["upstream"]> = (request, response) => {
      asked++;
      return model?.(request, response);
    };
    const append = async () => (isFull ? throws() : undefined);
    await using gateway = await world({ upstream: counted, parts: { audit: { append } } });
    await (await chat(gateway.address)).text();
    for (const stream of [true, false])
      expect(await refusedWith(await chat(gateway.address, { stream }))).toEqual(refusal(503, "audit_unavailable", "false"));
    expect(asked).toBe(1);
    isFull = false;
    await (await chat(gateway.address)).text(); // its record is the first that is kept again
    expect((await chat(gateway.address)).status).toBe(200);
    expect(asked).toBe(2);
  });

  it("ends no answer before its record is kept", async () => {
    const kept = Promise.withResolvers<void>();
    await using gateway = await world({ upstream: model, parts: { audit: { append: () => kept.promise } } });
    const stream = await chat(gateway.address, { stream: true });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes('"stop"')) text += (await reader?.read())?.value ?? "";
    expect(text).not.toContain("[DONE]");
    kept.resolve();
    expect((await reader?.read())?.value).toBe(DONE);
  });
});

import { once } from "node:events";
import { request as httpRequest, type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { gzipSync } from "node:zlib";
import { APIError, OpenAI } from "openai";
import { describe, expect, it } from "vitest";
import {
  COMPLETION,
  chat,
  cut,
  DONE,
  event,
  JSON_TYPE,
  MODEL,
  streamed,
  TOKEN,
  USAGE_EVENT,
  type World,
  type WorldChanges,
  world,
} from "./gateway-world.ts";

// Model servers that hang, lie and break off, and clients that vanish: what the official client sees, what is settled, what is recorded.

const SSE = { "content-type": "text/event-stream" };
const QUICK = { timeouts: { firstByteMs: 300, idleMs: 300, connectMs: 300 } };
const clientOf = ({ address }: World) => new OpenAI({ baseURL: `${address}/v1`, apiKey: TOKEN, maxRetries: 0 });
const PATIENT = { timeout: 20_000 };
const messages = [{ role: "user" as const, content: "hello" }];

/** What the client made of a stream: the text that it was given, and the error that ended it. */
async function readStream(gateway: World): Promise<{ readonly text: string; readonly error: unknown }> {
  let text = "";
  try {
    for await (const chunk of await clientOf(gateway).chat.completions.create({ model: MODEL, messages, stream: true }))
      text += chunk.choices[0]?.delta.content ?? "";
    return { text, error: null };
  } catch (error) {
    return { text, error };
  }
}

async function readWhole(gateway: World): Promise<unknown> {
  return clientOf(gateway)
    .chat.completions.create({ model: MODEL, messages })
    .catch((error: unknown) => error);
}

const answers = (status: number, headers: Readonly<Record<string, string>>, body: string | Uint8Array): RequestListener => {
  return (_request, response) => response.writeHead(status, headers).end(body);
};

const begins =
  (then: RequestListener): RequestListener =>
  (request, response) => {
    response.writeHead(200, SSE);
    response.write(event({ role: "assistant", content: "Hi" }), () => then(request, response));
  };

describe("a stream that breaks", () => {
  it.each<[string, RequestListener, string, WorldChanges["options"]?]>([
    ["is cut", begins((_request, response) => cut(response)), "upstream_cut"],
    ["ends without a finish", begins((_request, response) => response.end()), "upstream_cut"],
    ["is said to be done without a finish", begins((_request, response) => response.end(DONE)), "upstream_cut"],
    ["finishes and is not said to be done", begins((_request, response) => response.end(event({}, "stop"))), "upstream_cut"],
    ["ends inside of an event", begins((_request, response) => response.end('data: {"choices":[{"ind')), "upstream_cut"],
    ["lacks its last blank line", begins((_request, response) => response.end(`${event({}, "stop")}data: [DONE]\n`)), "upstream_cut"],
    ["hangs", begins(() => {}), "upstream_timeout", QUICK],
    ["holds garbage", begins((_request, response) => response.end("data: oops\n\n")), "upstream_invalid"],
    [
      "is not UTF-8",
      begins((_request, response) => response.end(Buffer.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0x20, 0xff, 0x0a, 0x0a]))),
      "upstream_invalid",
    ],
    ["is one line that does not end", begins((_request, response) => response.end(`data: ${"x".repeat(1_100_000)}`)), "upstream_invalid"],
    ["says an error", begins((_request, response) => response.end('data: {"error":{"message":"out of memory","code":500}}\n\n')), "upstream_error"],
    ["says an error by its name", begins((_request, response) => response.end(`event: error\n${event({})}`)), "upstream_error"],
    ["answers a choice that was not asked for", begins((_request, response) => response.end(event({ content: "x" }, null, 7))), "upstream_invalid"],
  ])("ends with an error that the client raises when it %s", async (_how, upstream, code, options) => {
    await using gateway = await world({ upstream, options: options ?? {} });
    const { text, error } = await readStream(gateway);
    expect(text).toBe("Hi");
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ code, error: { origin: "upstream", request_id: gateway.records[0]?.request } });
    expect(gateway.records).toMatchObject([{ outcome: "failed", code, status: 200, streamed: true, usage: "counted", outputTokens: 1 }]);
    expect(gateway.settled).toEqual([(gateway.records[0]?.inputTokens ?? 0) + 1]);
    expect(gateway.counts().inFlight).toBe(0);
  });

  it.each<[string, RequestListener, number, string, WorldChanges["options"]?]>([
    ["hangs before its headers", () => {}, 504, "upstream_timeout", QUICK],
    ["hangs behind them", (_request, response) => response.writeHead(200, SSE).flushHeaders(), 504, "upstream_timeout", QUICK],
    ["is cut before its headers", (_request, response) => cut(response), 502, "upstream_unavailable"],
    ["is only said to be done", streamed(DONE), 502, "upstream_invalid"],
    ["is empty", streamed(), 502, "upstream_cut"],
    ["says an error first", streamed('data: {"error":{"message":"bad","type":"BadRequestError","code":400}}\n\n', DONE), 400, "upstream_rejected"],
    ["is an error over which 200 is said", answers(200, JSON_TYPE, '{"error":{"message":"no"}}'), 502, "upstream_error"],
    ["is no stream", answers(200, JSON_TYPE, JSON.stringify(COMPLETION)), 502, "upstream_invalid"],
    ["is a page", answers(200, { "content-type": "text/html" }, "<html>"), 502, "upstream_invalid"],
    ["is compressed", answers(200, { ...SSE, "content-encoding": "gzip" }, gzipSync(event({}, "stop"))), 502, "upstream_invalid"],
  ])("is an error from the beginning when it %s", async (_how, upstream, status, code, options) => {
    await using gateway = await world({ upstream, options: options ?? {} });
    const { text, error } = await readStream(gateway);
    expect(text).toBe("");
    expect(error).toMatchObject({ status, code });
    expect(gateway.records).toMatchObject([{ outcome: "failed", code, status }]);
  });

  it("hears nothing of what comes behind its end", async () => {
    await using gateway = await world({ upstream: streamed(event({ content: "Hi" }, "stop"), DONE, 'data: {"error":{"message":"late"}}\n\n') });
    expect(await readStream(gateway)).toEqual({ text: "Hi", error: null });
    expect(gateway.records).toMatchObject([{ outcome: "allowed" }]);
  });

  it("is not held up by a model server that does not hang up behind its end", async () => {
    await using gateway = await world({ upstream: begins((_request, response) => response.write(`${event({}, "stop")}${DONE}`)) });
    expect(await readStream(gateway)).toEqual({ text: "Hi", error: null });
  });

  it("is let go when much comes behind its end", async () => {
    await using gateway = await world({
      upstream: begins((_request, response) => {
        response.write(`${event({}, "stop")}${DONE}`);
        const more = () => response.destroyed || response.write(": more\n\n".repeat(1000), () => setImmediate(more));
        more();
      }),
    });
    expect(await readStream(gateway)).toEqual({ text: "Hi", error: null });
    await gateway.upstream.aborted;
  });
});

describe("a whole answer that is none", () => {
  it.each<[string, RequestListener, number, string, WorldChanges["options"]?]>([
    ["an error over which 200 is said", answers(200, JSON_TYPE, '{"error":{"message":"no"}}'), 502, "upstream_error"],
    ["vLLM's flat error", answers(200, JSON_TYPE, '{"object":"error","message":"no","code":400}'), 400, "upstream_rejected"],
    ["no JSON", answers(200, JSON_TYPE, "<html>"), 502, "upstream_invalid"],
    ["half a JSON", answers(200, JSON_TYPE, '{"choices":['), 502, "upstream_invalid"],
    ["an array", answers(200, JSON_TYPE, "[]"), 502, "upstream_invalid"],
    ["nothing", answers(200, JSON_TYPE, ""), 502, "upstream_invalid"],
    ["not UTF-8", answers(200, JSON_TYPE, Buffer.from('{"choices":["\xff"]}', "latin1")), 502, "upstream_invalid"],
    ["without choices", answers(200, JSON_TYPE, '{"choices":[]}'), 502, "upstream_invalid"],
    ["compressed", answers(200, { ...JSON_TYPE, "content-encoding": "gzip" }, gzipSync(JSON.stringify(COMPLETION))), 502, "upstream_invalid"],
    ["a redirect", answers(307, { location: "http://127.0.0.1:1/" }, ""), 502, "upstream_invalid"],
    ["a redirect to itself", answers(302, { location: "/v1/chat/completions" }, ""), 502, "upstream_invalid"],
    ["a login", answers(401, JSON_TYPE, '{"error":{"message":"Bearer token of the model server is wrong"}}'), 502, "upstream_invalid"],
    ["a refusal", answers(422, JSON_TYPE, '{"error":"too long","error_type":"validation"}'), 400, "upstream_rejected"],
    ["too much to do", answers(429, JSON_TYPE, '{"error":"busy","error_type":"overloaded"}'), 503, "upstream_overloaded"],
    ["a crash", answers(500, { "content-type": "text/plain" }, "Traceback"), 502, "upstream_error"],
    ["an endless error", answers(500, JSON_TYPE, "x".repeat(1_000_000)), 502, "upstream_error"],
    ["no content", answers(204, {}, ""), 502, "upstream_invalid"],
    [
      "cut",
      (_request, response) => response.writeHead(200, { ...JSON_TYPE, "content-length": "500" }).write("{", () => cut(response)),
      502,
      "upstream_cut",
    ],
    ["not there in time", () => {}, 504, "upstream_timeout", QUICK],
  ])("is an error that the client raises: %s", async (_what, upstream, status, code, options) => {
    await using gateway = await world({ upstream, options: options ?? {} });
    expect(await readWhole(gateway)).toMatchObject({ status, code, error: { origin: "upstream" } });
    expect(gateway.upstream.requests).toHaveLength(1);
    expect(gateway.records).toMatchObject([{ outcome: "failed", code, status }]);
  });

  it("says nothing of what a model server says about its own tokens", async () => {
    await using gateway = await world({ upstream: answers(401, JSON_TYPE, '{"error":{"message":"key sk-123 is wrong"}}') });
    expect(JSON.stringify(await readWhole(gateway))).not.toContain("sk-123");
  });

  it("is an error when nobody is there, and settles nothing", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo; // it listens on TCP
    closed.close();
    await using gateway = await world({ deployment: { upstream: { url: `http://127.0.0.1:${port}`, addresses: ["127.0.0.1"], model: null } } });
    expect(await readWhole(gateway)).toMatchObject({ status: 502, code: "upstream_unavailable" });
    expect(gateway.settled).toEqual([0]);
  });

  it.each([
    ["no HTTP", "SSH-2.0-OpenSSH_9.6\r\n", "upstream_invalid"],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 4\r\n\r\n{}{}", "upstream_invalid"],
    ["headers without end", `HTTP/1.1 200 OK\r\n${"x-y: z\r\n".repeat(10_000)}`, "upstream_invalid"],
    ["an interim answer and then nothing", "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n", "upstream_unavailable"],
  ])("is an error when what answers speaks %s", async (_what, bytes, code) => {
    const server = createServer((socket) => socket.once("data", () => socket.end(bytes)).on("error", () => {}));
    await using gateway = await worldBefore(server);
    expect(await readWhole(gateway)).toMatchObject({ status: 502, code });
    server.close();
  });

  it("settles all that was reserved when nobody can say what was used", async () => {
    await using gateway = await world({ upstream: () => {}, options: QUICK });
    await chat(gateway.address, { max_tokens: 1000 });
    expect(gateway.settled[0]).toBeGreaterThan(1000);
  });
});

async function worldBefore(server: Server): Promise<World> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return world({ deployment: { upstream: { url: `http://127.0.0.1:${port}`, addresses: ["127.0.0.1"], model: null } } });
}

describe("a name that leads elsewhere by now", () => {
  it("is not followed: only the pinned address is connected to", async () => {
    await using real = await world({ upstream: answers(200, JSON_TYPE, JSON.stringify(COMPLETION)) });
    const { port } = new URL(real.upstream.url);
    const url = `http://nobody-knows-this.invalid:${port}`;
    await using gateway = await world({ deployment: { upstream: { url, addresses: ["127.0.0.1"], model: null } } });
    expect((await chat(gateway.address)).status).toBe(200);
    expect(real.upstream.requests[0]?.rawHeaders).toContain(`nobody-knows-this.invalid:${port}`);
  });

  it.each([
    ["another address than the pinned one", "http://127.0.0.1:9", ["127.0.0.2"]],
    ["no pinned address", "http://127.0.0.1:9", []],
    ["a metadata service, whatever was pinned", "http://169.254.169.254", ["169.254.169.254"]],
  ])("is not connected to when it has %s", async (_what, url, addresses) => {
    await using gateway = await world({ deployment: { upstream: { url, addresses, model: null } } });
    expect((await chat(gateway.address)).status).toBe(503);
    expect(gateway.reports).toMatchObject([{ code: "WB_GATEWAY_UPSTREAM_REFUSED" }]);
  });
});

describe("a client", () => {
  it("that goes away ends the work of the model at once, and pays for what it got", async () => {
    const sent = Promise.withResolvers<void>();
    await using gateway = await world({ upstream: begins(() => sent.resolve()) });
    const controller = new AbortController();
    const stream = await clientOf(gateway).chat.completions.create({ model: MODEL, messages, stream: true }, { signal: controller.signal });
    for await (const _chunk of stream) break;
    await sent.promise;
    controller.abort();
    const began = performance.now();
    await gateway.upstream.aborted;
    expect(performance.now() - began).toBeLessThan(1000);
    await expect
      .poll(() => gateway.records, PATIENT)
      .toMatchObject([{ outcome: "abandoned", code: null, status: 200, outputTokens: 1, usage: "counted" }]);
    expect(gateway.settled).toHaveLength(1);
    expect(gateway.counts().inFlight).toBe(0);
  });

  it("that goes away before the answer begins does so, too", async () => {
    const asked = Promise.withResolvers<void>();
    await using gateway = await world({ upstream: () => asked.resolve() });
    const controller = new AbortController();
    const call = clientOf(gateway).chat.completions.create({ model: MODEL, messages }, { signal: controller.signal });
    await asked.promise;
    controller.abort();
    await expect(call).rejects.toThrow();
    await gateway.upstream.aborted;
    await expect.poll(() => gateway.records, PATIENT).toMatchObject([{ outcome: "abandoned", status: 499 }]);
  });

  it("that goes away while it sends its body is recorded, and asks nothing of the model", async () => {
    await using gateway = await world();
    const request = httpRequest(`${gateway.address}/v1/chat/completions`, {
      method: "POST",
      headers: { ...JSON_TYPE, authorization: `Bearer ${TOKEN}`, "content-length": "100" },
    });
    request.on("error", () => {});
    request.write('{"model":');
    await expect.poll(() => gateway.counts().inFlight, PATIENT).toBe(1);
    request.destroy();
    await expect.poll(() => gateway.records, PATIENT).toMatchObject([{ outcome: "abandoned", status: 499, inputTokens: null }]);
    expect(gateway.upstream.requests).toEqual([]);
  });

  it("that reads slowly slows the model down, and nothing piles up in between", async () => {
    let written = 0;
    const total = 64 * 1024 * 1024;
    const piece = event({ content: "x".repeat(64 * 1024) });
    await using gateway = await world({
      upstream: begins((_request, response) => {
        const more = () => {
          while (written < total) {
            written += piece.length;
            if (!response.write(piece)) return response.once("drain", more);
          }
          return response.end(event({}, "stop") + DONE);
        };
        more();
      }),
    });
    const answer = await chat(gateway.address, { stream: true });
    const before = process.memoryUsage.rss();
    let last = -1;
    while (last !== written) {
      last = written;
      await new Promise((done) => setTimeout(done, 200)); // until nothing moves any more
    }
    expect(written).toBeLessThan(total / 2);
    expect(process.memoryUsage.rss() - before).toBeLessThan(48 * 1024 * 1024);
    let bytes = 0;
    for await (const chunk of answer.body ?? []) bytes += chunk.length;
    expect(bytes).toBeGreaterThan(total);
    expect(gateway.records).toMatchObject([{ outcome: "allowed" }]);
  });

  it("that reads nothing is dropped after a while", async () => {
    await using gateway = await world({
      options: { timeouts: { clientIdleMs: 300 } },
      upstream: begins((_request, response) => {
        const piece = event({ content: "x".repeat(64 * 1024) });
        const more = () => {
          while (!response.destroyed) if (!response.write(piece)) return response.once("drain", more);
          return undefined;
        };
        more();
      }),
    });
    const answer = await chat(gateway.address, { stream: true });
    await gateway.upstream.aborted;
    await expect.poll(() => gateway.records, PATIENT).toMatchObject([{ outcome: "abandoned" }]);
    await expect(answer.text()).rejects.toThrow();
  });

  it("gets ten thousand events that came in one piece, all of them", async () => {
    const many = event({ content: "x" }).repeat(10_000);
    await using gateway = await world({ upstream: streamed(many + event({}, "stop") + USAGE_EVENT + DONE) });
    const { text, error } = await readStream(gateway);
    expect({ length: text.length, error }).toEqual({ length: 10_000, error: null });
  });
});

describe("close", () => {
  it("ends a stream with an error when its time is over, and is done within a second", async () => {
    await using gateway = await world({ upstream: begins(() => {}) });
    const answer = await chat(gateway.address, { stream: true });
    const began = performance.now();
    await gateway.close();
    expect(performance.now() - began).toBeLessThan(1000);
    const text = await answer.text();
    expect(text).toContain('"code":"shutting_down"');
    expect(text.endsWith(DONE)).toBe(true);
    expect(gateway.records).toMatchObject([{ outcome: "failed", code: "shutting_down", status: 200 }]);
  });

  it("answers a call that waits for its model", async () => {
    const asked = Promise.withResolvers<void>();
    await using gateway = await world({ upstream: () => asked.resolve(), options: { graceMs: 50 } });
    const call = chat(gateway.address);
    await asked.promise;
    await gateway.close();
    expect((await call).status).toBe(503);
    expect(gateway.records).toMatchObject([{ code: "shutting_down", status: 503 }]);
  });

  it("lets a call end that is nearly there, and takes no more", async () => {
    const asked = Promise.withResolvers<() => void>();
    await using gateway = await world({
      upstream: (_request, response) => asked.resolve(() => response.writeHead(200, JSON_TYPE).end(JSON.stringify(COMPLETION))),
      options: { graceMs: 5000 },
    });
    const call = chat(gateway.address);
    const answer = await asked.promise;
    const closed = gateway.close();
    await expect(chat(gateway.address)).rejects.toThrow();
    answer();
    expect((await call).status).toBe(200);
    await closed;
  });

  it("is not kept waiting by connections that nobody uses, nor by those that nobody reads", async () => {
    await using gateway = await world({
      upstream: begins((_request, response) => response.write(event({ content: "x".repeat(1_000_000) }).repeat(20))),
    });
    await fetch(`${gateway.address}/v1/models`);
    await chat(gateway.address, { stream: true }); // of which nothing is read
    const began = performance.now();
    await gateway.close();
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it("twice is once", async () => {
    await using gateway = await world();
    await Promise.all([gateway.close(), gateway.close()]);
  });
});

import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { COMPLETION, chat, JSON_TYPE, MODEL, post, TOKEN, type World, type WorldChanges, world } from "./gateway-world.ts";

// What somebody with a socket tries. Each request is written byte by byte; what comes back is read to the end of the connection.

const answering: WorldChanges = {
  upstream: (_request, response) => response.writeHead(200, JSON_TYPE).end(JSON.stringify(COMPLETION)),
};
const BODY = `{"model":"${MODEL}","messages":[]}`;
const AUTH = `authorization: Bearer ${TOKEN}`;

/** Writes pieces, and reads until the gateway hangs up or has said nothing for a while. */
function exchange(
  gateway: World,
  pieces: readonly (string | Buffer)[],
  quietMs = 300,
): Promise<{ readonly text: string; readonly isClosed: boolean; readonly sent: number }> {
  const { port } = new URL(gateway.address);
  return new Promise((done) => {
    const socket = connect(Number(port), "127.0.0.1");
    let text = "";
    let timer: NodeJS.Timeout | undefined;
    const finish = (isClosed: boolean) => {
      clearTimeout(timer);
      const sent = socket.bytesWritten - socket.writableLength;
      socket.destroy();
      done({ text, isClosed, sent });
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(finish, quietMs, false);
    };
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      text += chunk;
      wait();
    });
    socket.on("error", () => {});
    socket.on("close", () => finish(true));
    socket.on("connect", () => {
      for (const piece of pieces) socket.write(piece);
      wait();
    });
  });
}

const statusesIn = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

/** The body of the first answer, as its head says how long that is. */
function firstBody(text: string): unknown {
  const at = text.indexOf("\r\n\r\n") + 4;
  return JSON.parse(text.slice(at, at + Number(/content-length: (\d+)/i.exec(text)?.[1])));
}

function head(lines: readonly string[], line = "POST /v1/chat/completions HTTP/1.1"): string {
  return `${[line, "host: 127.0.0.1", AUTH, "content-type: application/json", ...lines].join("\r\n")}\r\n\r\n`;
}

const LENGTH = `content-length: ${BODY.length}`;

describe("a request that two servers would read in two ways", () => {
  const smuggled = "GET /v1/models HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
  it.each([
    ["a length and chunks", `${head([LENGTH, "transfer-encoding: chunked"])}0\r\n\r\n${smuggled}`],
    ["chunks and a length", `${head(["transfer-encoding: chunked", LENGTH])}0\r\n\r\n${smuggled}`],
    ["two lengths", head([LENGTH, "content-length: 0"]) + BODY],
    ["the same length twice", head([LENGTH, LENGTH]) + BODY],
    ["a list of lengths", head([`content-length: ${BODY.length}, ${BODY.length}`]) + BODY],
    ["a length with a sign", head([`content-length: +${BODY.length}`]) + BODY],
    ["a length in hexadecimal", head([`content-length: 0x${BODY.length.toString(16)}`]) + BODY],
    ["a negative length", head(["content-length: -1"]) + BODY],
    ["a coding before chunks", `${head(["transfer-encoding: gzip, chunked"])}0\r\n\r\n`],
    ["chunks twice", `${head(["transfer-encoding: chunked", "transfer-encoding: chunked"])}0\r\n\r\n`],
    ["a coding that is nearly chunks", `${head(["transfer-encoding: xchunked"])}0\r\n\r\n`],
    ["a coding in quotes", `${head(['transfer-encoding: "chunked"'])}0\r\n\r\n`],
    ["a coding behind a tab", `${head(["transfer-encoding:\u000bchunked"])}0\r\n\r\n`],
    ["a space before the colon", head([`content-length : ${BODY.length}`]) + BODY],
    ["a folded header", head([`x-a: b\r\n content-length: 0`, LENGTH]) + BODY],
    ["a line that ends with LF alone", `POST /v1/chat/completions HTTP/1.1\nhost: 127.0.0.1\n${AUTH}\n${LENGTH}\n\n${BODY}`],
    ["a line that ends with CR alone", head([`x-a: b\rcontent-length: 0`, LENGTH]) + BODY],
    ["a zero byte in a header", head(["x-a: b\0c", LENGTH]) + BODY],
    ["a chunk whose size is none", `${head(["transfer-encoding: chunked"])}-1\r\n\r\n`],
    ["a chunk of endless size", `${head(["transfer-encoding: chunked"])}fffffffffffffffff\r\n${BODY}\r\n0\r\n\r\n`],
    ["two hosts", head(["host: evil.example", LENGTH]) + BODY],
    ["two tokens", head([`authorization: Bearer other`, LENGTH]) + BODY],
    ["two types", head(["content-type: text/plain", LENGTH]) + BODY],
    ["no host", `POST /v1/chat/completions HTTP/1.1\r\n${AUTH}\r\n${LENGTH}\r\n\r\n${BODY}`],
    ["HTTP/1.0", head([LENGTH], "POST /v1/chat/completions HTTP/1.0") + BODY],
    ["HTTP/0.9", "GET /v1/models\r\n\r\n"],
    ["the beginning of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["an upgrade", head(["connection: upgrade", "upgrade: websocket", LENGTH]) + BODY],
    ["an upgrade to HTTP/2", head(["connection: upgrade, http2-settings", "upgrade: h2c", "http2-settings: AAMAAABkAAQAAP__", LENGTH]) + BODY],
    ["a method to tunnel", "CONNECT 127.0.0.1:22 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"],
  ])("is refused, and reaches no model: %s", async (_what, bytes) => {
    await using gateway = await world(answering);
    const { text } = await exchange(gateway, [bytes]);
    const [first, ...more] = statusesIn(text);
    expect(first).toBe(400);
    expect(more.filter((status) => status < 400)).toEqual([]);
    expect(firstBody(text)).toMatchObject({ error: { code: "bad_request", type: "invalid_request_error", param: null }, status: 400 });
    expect(gateway.upstream.requests).toEqual([]);
    expect(gateway.records.filter(({ code }) => code !== "bad_request")).toEqual([]);
  });

  it("is answered once for each that was sent, in order, when they come at once", async () => {
    await using gateway = await world(answering);
    const { text } = await exchange(gateway, [head([LENGTH]) + BODY + head([LENGTH]) + BODY.replace(MODEL, "none") + head([LENGTH]) + BODY]);
    expect(statusesIn(text)).toEqual([200, 404, 200]);
  });

  it("keeps chunks as they are read: extensions and trailers change nothing", async () => {
    await using gateway = await world(answering);
    const chunked = (trailer: string) =>
      `${head(["transfer-encoding: chunked"])}${BODY.length.toString(16)};x=y\r\n${BODY}\r\n0\r\n${trailer}\r\n\r\n`;
    expect(statusesIn((await exchange(gateway, [chunked("authorization: Bearer other\r\nx-weighbridge-data-class: secret")])).text)).toEqual([200]);
    expect(statusesIn((await exchange(gateway, [chunked("content-length: 5")])).text)).toEqual([400]);
    expect(gateway.upstream.requests.map(({ body }) => body)).toEqual([BODY]);
  });

  it("ends the connection, and nothing behind it is read", async () => {
    await using gateway = await world(answering);
    const { text, isClosed } = await exchange(gateway, [head([LENGTH, "content-length: 1"]) + BODY + smuggled + smuggled], 1500);
    expect(statusesIn(text)).toEqual([400]);
    expect(isClosed).toBe(true);
  });
});

describe("a target", () => {
  it.each([
    "/v1/chat/completions?api_key=x",
    "/v1/chat/completions/",
    "//v1/chat/completions",
    "/v1/../v1/chat/completions",
    "/v1/%2e%2e/v1/chat/completions",
    "/v1%2fchat%2fcompletions",
    "/v1/chat\\completions",
    "http://127.0.0.1/v1/chat/completions",
    "http://169.254.169.254/latest/meta-data/",
    "*",
    "/etc/passwd",
    "/../../etc/passwd",
  ])("is unknown unless it is a route to the letter: %s", async (target) => {
    await using gateway = await world(answering);
    const { text } = await exchange(gateway, [head([LENGTH], `POST ${target} HTTP/1.1`) + BODY]);
    expect(statusesIn(text)).toEqual([404]);
    expect(text).toContain('"code":"unknown_url"');
    expect(gateway.upstream.requests).toEqual([]);
  });

  it.each(["TRACE", "OPTIONS", "PUT", "PATCH", "DELETE", "HEAD", "PROPFIND"])("is unknown for the method %s", async (method) => {
    await using gateway = await world(answering);
    const { text } = await exchange(gateway, [head([], `${method} /v1/chat/completions HTTP/1.1`)]);
    expect(statusesIn(text)).toEqual([404]);
    expect(text).not.toMatch(/access-control|allow:/i);
    expect(gateway.upstream.requests).toEqual([]);
  });

  // Routes of model servers that change what answers, or tell of others: gateway-dialects §3.
  it.each([
    [
      "vLLM",
      "/v1/load_lora_adapter /v1/unload_lora_adapter /update_weights /init_weight_transfer_engine /pause /resume /scale_elastic_ep /collective_rpc /sleep /wake_up /reset_prefix_cache /abort_requests /start_profile /stop_profile /server_info /tokenizer_info /invocations /inference/v1/generate /pooling /classify /score /tokenize /v1/responses /v1/completions /v1/messages",
    ],
    [
      "llama.cpp",
      "/lora-adapters /props /slots /slots/0?action=save /models /models/load /models/unload /v1/models?reload=1 /v1/models?autoload /tools /v1/chat/completions/control /completion /infill /apply-template /metrics",
    ],
    [
      "Ollama",
      "/api/pull /api/push /api/create /api/copy /api/delete /api/blobs/sha256:00 /api/me /api/signout /api/user/keys/x /api/experimental/x /api/chat /api/generate /api/show",
    ],
    ["TGI", "/ /generate /generate_stream /vertex /invocations /info"],
    ["OpenAI", "/v1/files /v1/batches /v1/fine_tuning/jobs /v1/models/tiny /v1/chat/completions/chatcmpl-1"],
  ])("of %s that is not OpenAI's is unknown, whatever the method", async (_engine, targets) => {
    await using gateway = await world(answering);
    for (const target of targets.split(" "))
      for (const method of ["GET", "POST", "DELETE"]) {
        if (method === "GET" && target === "/v1/models/tiny") continue; // it is a route
        const answer = await fetch(gateway.address + target, { method, headers: { authorization: `Bearer ${TOKEN}` } });
        expect([method, target, answer.status, JSON.parse(await answer.text()).error.code]).toEqual([method, target, 404, "unknown_url"]);
      }
    expect(gateway.upstream.requests).toEqual([]);
  });
});

describe("a page in a browser", () => {
  it.each([
    "evil.example",
    "evil.example:80",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1@evil.example",
    "",
    "169.254.169.254",
    "[::2]",
  ])("that was told that its name leads here is turned away: %s", async (host) => {
    await using gateway = await world(answering);
    const { text } = await exchange(gateway, [`GET /v1/models HTTP/1.1\r\nhost: ${host}\r\n${AUTH}\r\n\r\n`]);
    expect(statusesIn(text)).toEqual([403]);
    expect(text).toContain('"code":"host_not_allowed"');
  });

  it.each(["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8080"])("of this machine is let in: %s", async (host) => {
    await using gateway = await world(answering);
    const { text } = await exchange(gateway, [`GET /v1/models HTTP/1.1\r\nhost: ${host}\r\n${AUTH}\r\n\r\n`]);
    expect(statusesIn(text)).toEqual([200]);
  });

  it("finds no names but those that the gateway was given", async () => {
    await using gateway = await world({ ...answering, options: { hosts: ["Models.example"] } });
    const asked = async (host: string) => statusesIn((await exchange(gateway, [`GET /v1/models HTTP/1.1\r\nhost: ${host}\r\n${AUTH}\r\n\r\n`])).text);
    expect(await asked("models.example:8443")).toEqual([200]);
    expect(await asked("localhost")).toEqual([403]);
  });

  it("cannot send a call without asking first, and asking is not answered", async () => {
    await using gateway = await world(answering);
    const asked = await fetch(`${gateway.address}/v1/chat/completions`, {
      method: "OPTIONS",
      headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
    });
    expect([asked.status, [...asked.headers.keys()].filter((name) => name.startsWith("access-control"))]).toEqual([404, []]);
    const simple = await post(gateway.address, "/v1/chat/completions", BODY, { "content-type": "text/plain" });
    expect(simple.status).toBe(415);
  });
});

describe("a request that is too much", () => {
  it("has too many headers", async () => {
    await using gateway = await world(answering);
    const { text } = await exchange(gateway, [head([...Array.from({ length: 70 }, (_, i) => `x-${i}: 1`), LENGTH]) + BODY]);
    expect(statusesIn(text)).toEqual([431]);
  });

  it("has headers that do not end, and is not read on", async () => {
    await using gateway = await world(answering);
    const { text, isClosed } = await exchange(gateway, [`GET /v1/models HTTP/1.1\r\nx-long: ${"y".repeat(1_000_000)}`], 2000);
    expect(statusesIn(text)).toEqual([431]);
    expect(isClosed).toBe(true);
  });

  it("sends its headers too slowly", async () => {
    await using gateway = await world({ ...answering, options: { timeouts: { headersMs: 200 } } });
    const { text, isClosed } = await exchange(gateway, ["GET /v1/models HTTP/1.1\r\nhost: 127.0.0.1\r\n"], 3000);
    expect(statusesIn(text)).toEqual([408]);
    expect(isClosed).toBe(true);
  });

  it("sends nothing at all", async () => {
    await using gateway = await world({ ...answering, options: { timeouts: { headersMs: 200 } } });
    expect((await exchange(gateway, [], 3000)).isClosed).toBe(true);
  });

  it("sends its body too slowly, which is recorded", async () => {
    await using gateway = await world({ ...answering, options: { timeouts: { bodyMs: 200 } } });
    const { text, isClosed } = await exchange(gateway, [head(["content-length: 500"]), '{"model"'], 3000);
    expect(statusesIn(text)).toEqual([408]);
    expect(text).toMatch(/x-should-retry: false/);
    expect(isClosed).toBe(true);
    expect(gateway.records).toMatchObject([{ code: "request_timeout", status: 408, outcome: "refused" }]);
  });

  it("says that its body is too long, and sends none of it in vain", async () => {
    await using gateway = await world(answering);
    const { text, isClosed } = await exchange(gateway, [head([`content-length: ${11 * 1024 * 1024}`])], 2000);
    expect(statusesIn(text)).toEqual([413]);
    expect(text).toMatch(/connection: close/i);
    expect(isClosed).toBe(true);
    expect(gateway.records).toMatchObject([{ code: "body_too_large" }]);
  });

  it("sends a body without end in chunks, which is not read to its end", async () => {
    await using gateway = await world({ ...answering, options: { maxBodyBytes: 100_000 } });
    const chunk = `10000\r\n${"x".repeat(65536)}\r\n`;
    const { text, isClosed, sent } = await exchange(
      gateway,
      [head(["transfer-encoding: chunked"]), ...Array.from({ length: 1000 }, () => chunk)],
      2000,
    );
    expect(statusesIn(text)).toEqual([413]);
    expect(isClosed).toBe(true);
    expect(sent).toBeLessThan(30_000_000); // what the buffers of both ends take
  });

  it("sends a long body without a token, which is not read either", async () => {
    await using gateway = await world(answering);
    const bytes = `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 60000000\r\n\r\n`;
    const pieces = Array.from({ length: 1000 }, () => Buffer.alloc(60_000, "x"));
    const { text, isClosed, sent } = await exchange(gateway, [bytes, ...pieces], 2000);
    expect(statusesIn(text)).toEqual([401]);
    expect(isClosed).toBe(true);
    expect(sent).toBeLessThan(30_000_000);
  });

  it("waits to be told to send its body, and is told only when it may", async () => {
    await using gateway = await world(answering);
    const expecting = [LENGTH, "expect: 100-continue"];
    expect(statusesIn((await exchange(gateway, [head(expecting)])).text)).toEqual([100]);
    const strange = `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\n${expecting.join("\r\n")}\r\n\r\n`;
    expect(statusesIn((await exchange(gateway, [strange])).text)).toEqual([401]);
    expect(statusesIn((await exchange(gateway, [head([`content-length: 99000000`, "expect: 100-continue"])])).text)).toEqual([413]);
    expect(statusesIn((await exchange(gateway, [head([LENGTH, "expect: 200-ok"])])).text)).toEqual([417]);
  });

  it("is answered though its client still sends: the answer is not lost to a reset", async () => {
    await using gateway = await world({ ...answering, options: { maxBodyBytes: 1000 } });
    for (let i = 0; i < 5; i++) expect((await chat(gateway.address, { padding: "x".repeat(3_000_000) })).status).toBe(413);
  });
});

describe("what a caller or a model server writes", () => {
  it("ends up in no header", async () => {
    const name = "x\r\nset-cookie: a=b";
    await using gateway = await world(answering);
    const answer = await chat(gateway.address, { model: name, id_slot: 1 });
    expect(answer.status).toBe(404);
    expect(answer.headers.get("set-cookie")).toBe(null);
    for (const [, value] of answer.headers) expect(value).not.toContain("a=b");
  });

  it("ends up in no header when a member is left out: it is called as we call it", async () => {
    await using gateway = await world(answering);
    const answer = await chat(gateway.address, { "\u212Aeep_alive": 0, RID: "\r\nx" });
    expect([answer.status, answer.headers.get("x-weighbridge-stripped")]).toEqual([200, "keep_alive, rid"]);
    expect(JSON.parse(gateway.upstream.requests[0]?.body ?? "")).toEqual({ model: MODEL, messages: [{ role: "user", content: "hello" }] });
  });

  it("ends up in no header when a model server sends headers of its own", async () => {
    await using gateway = await world({
      upstream: (_request, response) =>
        response
          .writeHead(200, { ...JSON_TYPE, "set-cookie": "a=b", "access-control-allow-origin": "*", "x-request-id": "theirs", server: "uvicorn" })
          .end(JSON.stringify(COMPLETION)),
    });
    const answer = await chat(gateway.address);
    expect([...answer.headers.keys()].filter((name) => ["set-cookie", "access-control-allow-origin", "server"].includes(name))).toEqual([]);
    expect(answer.headers.get("x-request-id")).not.toBe("theirs");
  });

  it("is JSON in an error, whatever it was", async () => {
    await using gateway = await world(answering);
    for (const model of ['"}}', "<script>alert(1)</script>", "\u0000\u001b[2J", "\u2028", "\ud800", "a".repeat(100_000)]) {
      const answer = await chat(gateway.address, { model });
      const text = await answer.text();
      expect([answer.status, answer.headers.get("content-type"), JSON.parse(text).error.code]).toEqual([404, "application/json", "model_not_found"]);
      expect(text.length).toBeLessThan(3000);
    }
  });

  it("never holds a token", async () => {
    await using gateway = await world(answering);
    const wrong = await fetch(`${gateway.address}/v1/models`, { headers: { authorization: "Bearer wb_secret-guess" } });
    expect(await wrong.text()).not.toContain("secret-guess");
    await chat(gateway.address);
    expect(JSON.stringify([gateway.records, gateway.reports])).not.toContain(TOKEN);
  });
});

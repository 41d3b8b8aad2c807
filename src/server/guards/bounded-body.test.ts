import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { expect, it } from "vitest";
import type { ServerEnv } from "../parts.ts";
import { boundedBody } from "./bounded-body.ts";
import { problemHandler } from "./problem.ts";

/** Sends pieces of a request, each when the one before was written, and yields all that comes back until the connection ends. */
async function answerTo(pieces: readonly string[], { deadlineMs = 5000 } = {}): Promise<string> {
  const app = new Hono<ServerEnv>();
  app.onError(problemHandler(() => {}));
  app.use(boundedBody({ maxBytes: 100, deadlineMs }));
  app.all("*", async (c) => c.json({ method: c.req.method, body: await c.req.text() }));
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    return await new Promise<string>((resolve, reject) => {
      const chunks: Buffer[] = [];
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1", () => {
        // it listens on TCP
        for (const piece of pieces) socket.write(piece);
      });
      socket.on("data", (chunk) => chunks.push(chunk));
      socket.on("error", reject);
      socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
    });
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

const head = (...lines: readonly string[]) => `${["POST / HTTP/1.1", "Host: x", "Connection: close", ...lines].join("\r\n")}\r\n\r\n`;
const JSON_TYPE = "Content-Type: application/json";
const CHUNKED = "Transfer-Encoding: chunked";

it("a body within the bound arrives whole, with a length or in pieces", async () => {
  expect(await answerTo([head(JSON_TYPE, "Content-Length: 7"), '{"a":', "1}"])).toContain('{"method":"POST","body":"{\\"a\\":1}"}');
  expect(await answerTo([head(JSON_TYPE, CHUNKED), "2\r\n{}\r\n", "0\r\n\r\n"])).toContain('{"method":"POST","body":"{}"}');
  expect(await answerTo([head("Content-Type: application/json; charset=UTF-8", "Content-Length: 2"), "{}"])).toContain('"body":"{}"');
});

it("one over it is refused, as soon as that is known", async () => {
  const told = await answerTo([head(JSON_TYPE, "Content-Length: 101")]);
  expect(told).toMatch(/^HTTP\/1\.1 413 .*connection: close.*"code":"WB_REQUEST_TOO_LARGE"/is);
  const found = await answerTo([head(JSON_TYPE, CHUNKED), `65\r\n${"x".repeat(101)}\r\n`]);
  expect(found).toMatch(/^HTTP\/1\.1 413 .*"code":"WB_REQUEST_TOO_LARGE"/is);
});

it("one that does not come in time is refused, however it dribbles", async () => {
  const stalled = await answerTo([head(JSON_TYPE, "Content-Length: 50"), "{"], { deadlineMs: 30 });
  expect(stalled).toMatch(/^HTTP\/1\.1 408 .*"code":"WB_REQUEST_SLOW"/is);
  const endless = await answerTo([head(JSON_TYPE, CHUNKED), "1\r\n{\r\n"], { deadlineMs: 30 });
  expect(endless).toMatch(/^HTTP\/1\.1 408 .*"code":"WB_REQUEST_SLOW"/is);
});

it("one that is no JSON is refused, and one of an upload is left to its route", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "application/json+x"])
    expect(await answerTo([head(`Content-Type: ${type}`, "Content-Length: 2"), "{}"])).toMatch(/^HTTP\/1\.1 415 .*WB_REQUEST_MEDIA_TYPE/is);
  expect(await answerTo([head("Content-Length: 2"), "{}"])).toMatch(/^HTTP\/1\.1 415 /);
  expect(await answerTo([head("Content-Type: application/octet-stream", "Content-Length: 200"), "x".repeat(200)])).toContain(
    `"body":"${"x".repeat(200)}"`,
  );
});

it("a length and pieces at once are no request at all", async () => {
  expect(await answerTo([head(JSON_TYPE, "Content-Length: 2", CHUNKED), "0\r\n\r\n"])).toMatch(/^HTTP\/1\.1 400 /);
});

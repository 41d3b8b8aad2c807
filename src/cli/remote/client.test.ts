import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { ServerClient } from "./client.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function answering(
  listener: RequestListener,
): Promise<{ readonly client: ServerClient; readonly asked: IncomingMessage[]; readonly url: URL }> {
  const asked: IncomingMessage[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({ close: () => server.closeAllConnections() }, { close: () => server.close() });
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`); // it listens on TCP
  const client = new ServerClient(url, "wbt_secret");
  open.push(client);
  return { client, asked, url };
}

const Thing = z.object({ id: z.string() });
const problem = {
  type: "about:blank",
  title: "Conflict",
  status: 409,
  detail: "It is so already.",
  instance: "urn:uuid:1",
  code: "WB_X_Y",
  hint: "Wait.",
};

it("shows the token in a header, and never in the address", async () => {
  const { client, asked } = await answering((_, response) => response.end('{"id":"a"}'));
  expect(await client.get("/things", Thing)).toEqual({ id: "a" });
  expect(asked[0]).toMatchObject({ url: "/api/v1/things", headers: { authorization: "Bearer wbt_secret" } });
});

it.each([301, 302, 303, 307, 308])("does not follow a redirect (%i), so that the token goes to no other server", async (status) => {
  const other = await answering((_, response) => response.end('{"id":"a"}'));
  const { client } = await answering((_, response) => response.writeHead(status, { location: other.url.href }).end());
  await expect(client.get("/things", Thing)).rejects.toMatchObject({ code: "WB_REMOTE_ANSWER", message: expect.stringContaining("leads elsewhere") });
  expect(other.asked).toEqual([]);
});

describe("an answer that is not a Weighbridge server's", () => {
  it.each<readonly [string, RequestListener]>([
    ["a page", (_, response) => response.end("<html>Sign in</html>")],
    ["JSON of another form", (_, response) => response.end('{"id":1}')],
    ["nothing", (_, response) => response.end()],
    ["an error without a problem document", (_, response) => response.writeHead(500).end("oops")],
    ["a problem document without its members", (_, response) => response.writeHead(409, { "content-type": "application/problem+json" }).end("{}")],
    [
      "a code that is none of ours",
      (_, response) => response.writeHead(409, { "content-type": "application/problem+json" }).end(JSON.stringify({ ...problem, code: "\u001b[2J" })),
    ],
    ["a missing page", (_, response) => response.writeHead(404, { "content-type": "text/html" }).end("not here")],
  ])("%s is said to be so", async (_, listener) => {
    const { client } = await answering(listener);
    await expect(client.get("/things", Thing)).rejects.toMatchObject({ code: "WB_REMOTE_ANSWER" });
    await expect(client.find("/things", Thing)).rejects.toMatchObject({ code: "WB_REMOTE_ANSWER" });
  });
});

describe("what a server refuses", () => {
  const refusing = (over: object) =>
    answering((_, response) => response.writeHead(409, { "content-type": "application/problem+json" }).end(JSON.stringify({ ...problem, ...over })));

  it("is told with its own code, words and hint", async () => {
    const { client } = await refusing({});
    await expect(client.do("/things", {})).rejects.toMatchObject({ code: "WB_X_Y", message: "It is so already", hint: "Wait.", status: 409 });
  });

  it("is a line, however much it says", async () => {
    const { client } = await refusing({ detail: "x".repeat(100_000) });
    await expect(client.do("/things", {})).rejects.toMatchObject({ message: "x".repeat(2000) });
  });

  it("is null where a thing may be missing, and an error where the server knows no such address", async () => {
    let code = "WB_REGISTRY_NOT_FOUND";
    const { client } = await answering((_, response) =>
      response.writeHead(404, { "content-type": "application/problem+json" }).end(JSON.stringify({ ...problem, status: 404, code })),
    );
    expect([await client.find("/things/a", Thing), await client.document("/things/a")]).toEqual([null, null]);
    code = "WB_SERVER_NOT_FOUND";
    await expect(client.find("/things/a", Thing)).rejects.toMatchObject({ code: "WB_SERVER_NOT_FOUND" });
  });
});

it("a server that is not there, or goes in the middle, does not answer", async () => {
  const { client } = await answering((request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{");
    setImmediate(() => request.socket.destroy());
  });
  await expect(client.get("/things", Thing)).rejects.toMatchObject({ code: "WB_REMOTE_UNREACHABLE" });
  await client.close();
  const away = new ServerClient(new URL("http://127.0.0.1:1"), "t");
  open.push(away);
  await expect(away.get("/things", Thing)).rejects.toMatchObject({ code: "WB_REMOTE_UNREACHABLE", message: expect.stringContaining("ECONNREFUSED") });
});

it("ends with the reason of its signal, and lets go of what it was sending", async () => {
  const { client } = await answering(() => {});
  const stream = Readable.from([Buffer.from("a"), Buffer.from("b")]);
  const controller = new AbortController();
  const put = client.put("/things", { stream, length: 100 }, {}, { signal: controller.signal });
  controller.abort(new Error("stopped"));
  await expect(put).rejects.toThrow("stopped");
  expect(stream.destroyed).toBe(true);
});

import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { surveyTree } from "../../artifact/tree.ts";
import { ServerClient } from "./client.ts";
import { sendFiles } from "./send-files.ts";

let folder: string;
let server: FakeServer;
let client: ServerClient;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-send-"));
  server = new FakeServer();
  client = new ServerClient(await server.listen(), "t");
});
afterEach(async () => {
  await client.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Takes uploads into memory. `cuts`: after so many bytes the next bodies are cut off, one after the other. */
class FakeServer {
  readonly cuts: number[] = [];
  /** Offsets of the bodies that were begun. */
  readonly puts: number[] = [];
  begun = 0;
  #files: { readonly path: string; readonly size: number; content: Buffer }[] | undefined;
  #name = "";
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async listen(): Promise<URL> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`); // it listens on TCP
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  get contents(): readonly string[] {
    return (this.#files ?? []).map(({ content }) => content.toString("latin1"));
  }

  /** What an earlier run left. */
  leave(name: string, files: readonly { readonly path: string; readonly size: number; readonly content: string }[]): void {
    this.#name = name;
    this.#files = files.map((file) => ({ ...file, content: Buffer.from(file.content, "latin1") }));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    const file = this.#files?.[Number(/\/files\/(\d+)$/.exec(url)?.[1])];
    if (method === "PUT" && file !== undefined) return this.#put(file, request, response);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer); // a request is read as buffers
    if (method === "POST") {
      this.begun++;
      const { name, files } = JSON.parse(Buffer.concat(chunks).toString());
      this.leave(
        name,
        files.map((announced: object) => ({ ...announced, content: "" })),
      );
    }
    const sizeBytes = this.#files?.reduce((sum, { size }) => sum + size, 0) ?? 0;
    const upload = { id: "u", name: this.#name, createdAt: "2026-01-01T00:00:00.000Z", sizeBytes };
    const summaries = { items: this.#files === undefined ? [] : [{ ...upload, fileCount: this.#files.length }] };
    const files = this.#files?.map(({ path, size, content }) => ({ path, size, received: content.length }));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(method === "GET" && url.endsWith("/uploads") ? summaries : { ...upload, files }));
  }

  async #put(file: { content: Buffer }, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const offset = Number(request.headers["upload-offset"]);
    this.puts.push(offset);
    if (offset !== file.content.length) {
      const problem = { type: "", title: "", status: 409, detail: "other bytes came", instance: "", code: "WB_UPLOAD_OFFSET", hint: "" };
      response.writeHead(409, { "content-type": "application/problem+json" }).end(JSON.stringify(problem));
      return;
    }
    const cut = this.cuts.shift();
    request.on("data", (chunk: Buffer) => {
      file.content = Buffer.concat([file.content, cut === undefined ? chunk : chunk.subarray(0, cut)]);
      if (cut !== undefined) request.socket.destroy();
    });
    request.on("end", () => response.writeHead(204).end());
    request.on("error", () => {});
  }
}

function model(files: Readonly<Record<string, string>>): string {
  const root = join(folder, "model");
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), content, "latin1");
  }
  return root;
}

const options = { signal: new AbortController().signal, onProgress: () => {} };
const WEIGHTS = "weights!".repeat(1000);
const FILES = { "a/model.bin": WEIGHTS, "config.json": "{}", "empty.txt": "" };

it("sends each file, and none that has no bytes", async () => {
  expect(await sendFiles(client, "tiny", surveyTree(model(FILES)), options)).toEqual({ upload: "u", isResumed: false });
  expect(server.contents).toEqual([WEIGHTS, "{}", ""]);
  expect(server.puts).toHaveLength(2);
});

it("goes on from what came, each time that a connection is cut", async () => {
  server.cuts.push(3, 5, 0);
  await sendFiles(client, "tiny", surveyTree(model({ "model.bin": WEIGHTS })), options);
  expect(server.contents).toEqual([WEIGHTS]);
  expect(server.puts).toEqual([0, 3, 8, 8]);
});

it("goes on with what an earlier run sent", async () => {
  const root = model(FILES);
  server.leave("tiny", [
    { path: "a/model.bin", size: 8000, content: WEIGHTS.slice(0, 5000) },
    { path: "config.json", size: 2, content: "{}" },
    { path: "empty.txt", size: 0, content: "" },
  ]);
  expect(await sendFiles(client, "tiny", surveyTree(root), options)).toEqual({ upload: "u", isResumed: true });
  expect([server.contents, server.puts, server.begun]).toEqual([[WEIGHTS, "{}", ""], [5000], 0]);
});

it.each([
  ["another name", "huge", [{ path: "model.bin", size: 8000, content: "" }]],
  ["another size", "tiny", [{ path: "model.bin", size: 7999, content: "" }]],
  ["another file", "tiny", [{ path: "other.bin", size: 8000, content: "" }]],
])("does not go on with an upload of %s", async (_, name, left) => {
  server.leave(name, left);
  await sendFiles(client, "tiny", surveyTree(model({ "model.bin": WEIGHTS })), options);
  expect([server.contents, server.begun]).toEqual([[WEIGHTS], 1]);
});

it("tells of a file that has become shorter, and waits for nothing", async () => {
  const root = model({ "model.bin": WEIGHTS });
  const tree = surveyTree(root);
  truncateSync(join(root, "model.bin"), 100);
  await expect(sendFiles(client, "tiny", tree, options)).rejects.toMatchObject({
    code: "WB_REMOTE_CHANGED",
    message: expect.stringContaining("model.bin"),
  });
});

it("ends at once with the reason of its signal", async () => {
  const controller = new AbortController();
  const tree = surveyTree(model(FILES));
  server.cuts.push(0, 0, 0, 0, 0, 0, 0, 0);
  const sending = sendFiles(client, "tiny", tree, { ...options, signal: controller.signal });
  while (server.puts.length === 0) await new Promise(setImmediate);
  controller.abort(new Error("stopped"));
  await expect(sending).rejects.toThrow("stopped");
});

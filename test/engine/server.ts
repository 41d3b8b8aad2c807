import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { ApiError } from "./api-error.ts";
import { answerChat } from "./chat.ts";
import { answerEmbeddings } from "./embeddings.ts";
import { type Engine, loadEngine } from "./engine.ts";
import { madeModel } from "./model-file.ts";
import { type Body, readBody } from "./request.ts";

// node server.ts [--model FILE] [--port N]: serves one GGUF file on loopback. Prints one line when it is ready.

type Answer = (engine: Engine, body: Body, response: ServerResponse, signal: AbortSignal) => Promise<void>;

const POSTS: Readonly<Record<string, Answer>> = { "/v1/chat/completions": answerChat, "/v1/embeddings": answerEmbeddings };
const GETS: Readonly<Record<string, (engine: Engine) => unknown>> = {
  "/health": (engine) => ({ status: "ok", ...engine.counts }),
  "/v1/models": (engine) => ({ object: "list", data: [{ id: engine.id, object: "model", created: 0, owned_by: "weighbridge" }] }),
};

const { values } = parseArgs({ options: { model: { type: "string" }, port: { type: "string", default: "0" } } });
const engine = await loadEngine(values.model ?? madeModel());
const server = createServer((request, response) => {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  answer(request, response, gone.signal).catch((error: unknown) => refuse(response, error));
});

async function answer(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
  const path = request.url?.split("?")[0] ?? "";
  const get = GETS[path];
  const post = POSTS[path];
  if (get === undefined && post === undefined) throw new ApiError(404, `there is no ${path} here`);
  if (request.method === "GET" && get !== undefined) {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(get(engine)));
    return;
  }
  if (request.method !== "POST" || post === undefined) throw new ApiError(405, `${path} takes ${get === undefined ? "POST" : "GET"}`);
  const body = await readBody(request);
  if (body.model !== engine.id)
    throw new ApiError(404, `the model ${JSON.stringify(body.model)} does not exist; ${engine.id} does`, { param: "model", code: "model_not_found" });
  await post(engine, body, response, signal);
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  const refusal = error instanceof ApiError ? error : new ApiError(500, "the engine failed", { type: "server_error" });
  if (refusal !== error) console.error(error);
  if (response.headersSent) {
    response.end(`data: ${JSON.stringify(refusal.body())}\n\n`);
    return;
  }
  // What is left of a body that was refused is not read, so nothing more can come over this connection.
  response.writeHead(refusal.status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify(refusal.body()));
}

server.listen(Number(values.port), "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  console.log(`listening on http://127.0.0.1:${port}`);
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(0));
// Whoever started it as a child with a channel is gone.
process.on("disconnect", () => process.exit(0));

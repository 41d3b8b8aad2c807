import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface ModelServer {
  readonly url: string;
  /** Headers of each request, in order. */
  readonly asked: IncomingHttpHeaders[];
}

/** A model server that answers every chat with one sentence, until the test ends. */
export async function modelServer(): Promise<ModelServer> {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers);
    request.resume().on("end", () => {
      const message = { role: "assistant", content: "The heron weighs two kilograms.", refusal: null };
      const choices = [{ index: 0, message, finish_reason: "stop", logprobs: null }];
      const usage = { prompt_tokens: 3, completion_tokens: 6, total_tokens: 9 };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ id: "chatcmpl-1", object: "chat.completion", created: 1, model: "heron-7b", choices, usage }));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }; // it listens on TCP
}

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { ApiError, invalid } from "./api-error.ts";
import type { Engine, Generated, Sampling } from "./engine.ts";
import { promptOf } from "./prompt.ts";
import { type Body, isObject, isOn, numberIn, wholeNumberIn } from "./request.ts";

/** What would change the answer's shape or meaning and is not there: refused, not passed over. */
const UNSUPPORTED = ["audio", "functions", "logprobs", "modalities", "stop", "tools"] as const;

/**
 * POST /v1/chat/completions, whole or as server-sent events. https://platform.openai.com/docs/api-reference/chat/create
 * `ignore_eos` is an extension that vLLM and llama.cpp know as well: the answer goes on to `max_tokens`.
 */
export async function answerChat(engine: Engine, body: Body, response: ServerResponse, signal: AbortSignal): Promise<void> {
  refuseUnsupported(body);
  const prompt = promptOf(engine.model, body.messages);
  const room = engine.contextSize - prompt.length;
  if (room < 1)
    throw new ApiError(400, `the prompt has ${prompt.length} tokens; the context of this model is ${engine.contextSize}`, {
      param: "messages",
      code: "context_length_exceeded",
    });
  const sampling = samplingOf(body, room);
  const head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: engine.id };
  const usageOf = ({ tokens }: Generated) => ({
    prompt_tokens: prompt.length,
    completion_tokens: tokens,
    total_tokens: prompt.length + tokens,
  });

  if (!isOn(body, "stream")) {
    let content = "";
    const generated = await engine.generate(prompt, sampling, signal, (text) => {
      content += text;
    });
    if (generated.reason === "aborted") return;
    const choice = { index: 0, message: { role: "assistant", content, refusal: null }, logprobs: null, finish_reason: generated.reason };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ ...head, object: "chat.completion", choices: [choice], usage: usageOf(generated) }));
    return;
  }

  const options = body.stream_options ?? {};
  if (!isObject(options)) throw invalid("stream_options", "must be an object");
  const includesUsage = isOn(options, "include_usage");
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  const send = async (chunk: Readonly<Record<string, unknown>>) => {
    const data = { ...head, object: "chat.completion.chunk", ...(includesUsage && { usage: null }), ...chunk };
    if (!response.write(`data: ${JSON.stringify(data)}\n\n`) && !signal.aborted) await once(response, "drain", { signal }).catch(() => undefined);
  };
  const sendDelta = (delta: object, finish: string | null = null) => send({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] });
  await sendDelta({ role: "assistant", content: "" });
  const generated = await engine.generate(prompt, sampling, signal, (content) => sendDelta({ content }));
  if (generated.reason === "aborted") return;
  await sendDelta({}, generated.reason);
  if (includesUsage) await send({ choices: [], usage: usageOf(generated) });
  response.end("data: [DONE]\n\n");
}

function refuseUnsupported(body: Body): void {
  if ((body.n ?? 1) !== 1) throw invalid("n", "this engine gives one choice");
  for (const name of UNSUPPORTED) {
    const value = body[name] ?? false;
    const isNothing = value === false || (Array.isArray(value) && value.length === 0);
    if (!isNothing) throw new ApiError(400, `${name}: not supported by this engine`, { param: name, code: "unsupported_parameter" });
  }
}

function samplingOf(body: Body, room: number): Sampling {
  const most = Number.MAX_SAFE_INTEGER;
  const asked = wholeNumberIn(body, "max_completion_tokens", 1, most) ?? wholeNumberIn(body, "max_tokens", 1, most) ?? room;
  const seed = wholeNumberIn(body, "seed", -most, most);
  return {
    maxTokens: Math.min(asked, room),
    temperature: numberIn(body, "temperature", 0, 2) ?? 1,
    topP: numberIn(body, "top_p", 0, 1) ?? 1,
    seed: seed === undefined ? undefined : seed >>> 0,
    ignoreEnd: isOn(body, "ignore_eos"),
  };
}

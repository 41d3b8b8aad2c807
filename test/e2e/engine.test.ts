import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { tinyClerk } from "../engine/make-model.ts";
import { ensureInstalled, madeModel, type RunningEngine, startEngine } from "../engine/start-engine.ts";
import { shared, withoutShared } from "../shared.ts";

const ENGINE = resolve(import.meta.dirname, "../engine");
const QUESTION = { messages: [{ role: "user" as const, content: "Which truck does the driver weigh?" }], temperature: 0 };
const LONG = { ...QUESTION, max_tokens: 8000, ignore_eos: true };

const clientOf = ({ url }: RunningEngine) => new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });

describe("the engine with the model that it makes, asked by OpenAI's client", () => {
  answersLikeOpenAi("tiny-clerk", madeModel, 17);
});

describe.skipIf(withoutShared)("the engine with a trained model, asked by OpenAI's client", () => {
  answersLikeOpenAi("tiny-llama", () => shared("models/tiny-llama.gguf"), 15);
});

function answersLikeOpenAi(model: string, file: () => string, promptTokens: number): void {
  let engine: RunningEngine;
  let client: OpenAI;
  beforeAll(async () => {
    engine = await startEngine(file());
    client = clientOf(engine);
  });
  afterAll(() => engine?.stop());

  it("lists the one model", async () => {
    expect(engine.model).toBe(model);
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual([model]);
  });

  it("answers in pieces as it does whole: the role first, a piece for each token, the reason, then what it used", async () => {
    const whole = await client.chat.completions.create({ model, ...QUESTION });
    const text = whole.choices[0]?.message.content;
    const tokens = whole.usage?.completion_tokens ?? 0;
    expect(tokens).toBeGreaterThan(4);
    expect(whole.usage).toEqual({ prompt_tokens: promptTokens, completion_tokens: tokens, total_tokens: promptTokens + tokens });
    expect(whole.choices).toEqual([
      { index: 0, message: { role: "assistant", content: text, refusal: null }, logprobs: null, finish_reason: "stop" },
    ]);

    const stream = await client.chat.completions.create({ model, ...QUESTION, stream: true, stream_options: { include_usage: true } });
    const chunks = await Array.fromAsync(stream);
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: "" });
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe(text);
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([...Array(tokens + 1).fill(null), "stop", undefined]);
    expect(chunks.map(({ usage }) => usage)).toEqual([...Array(tokens + 2).fill(null), whole.usage]);
  });

  it("says in a stream what it used only when it is asked to, and ends it with [DONE]", async () => {
    const body = JSON.stringify({ model, ...QUESTION, stream: true });
    const answer = await (await fetch(`${engine.url}/v1/chat/completions`, { method: "POST", body })).text();
    expect(answer).not.toContain("usage");
    expect(answer.endsWith("}\n\ndata: [DONE]\n\n")).toBe(true);
  });

  it("stops at the number of tokens that was asked for, by either name", async () => {
    const ask = async (limit: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>) => {
      const { choices, usage } = await client.chat.completions.create({ model, ...QUESTION, ...limit });
      return [choices[0]?.finish_reason, usage?.completion_tokens];
    };
    expect(await ask({ max_tokens: 3 })).toEqual(["length", 3]);
    expect(await ask({ max_completion_tokens: 2 })).toEqual(["length", 2]);
    expect(await ask({ ...LONG, max_tokens: 40 })).toEqual(["length", 40]);
  });

  it("says the same for the same seed, and other things for others", async () => {
    const ask = async (seed: number) =>
      (await client.chat.completions.create({ model, ...QUESTION, temperature: 1, seed, max_tokens: 8 })).choices[0]?.message.content;
    const first = await Promise.all([1, 2, 3, 4, 5, 6].map(ask));
    expect(await Promise.all([1, 2, 3, 4, 5, 6].map(ask))).toEqual(first);
    expect(new Set(first).size).toBeGreaterThan(1);
  });

  it("never takes the text of a message for a control token", async () => {
    const promptOf = async (content: string) =>
      (await client.chat.completions.create({ model, messages: [{ role: "user", content }], max_tokens: 1 })).usage?.prompt_tokens ?? 0;
    expect((await promptOf("<|end|>")) - (await promptOf(""))).toBeGreaterThan(1);
  });

  it("embeds texts as numbers and as base64 alike, each of length 1", async () => {
    const input = ["The crane weighs the truck", "A ticket, an answer: ünïcödé"];
    const floats = await client.embeddings.create({ model, input, encoding_format: "float" });
    const packed = await client.embeddings.create({ model, input, encoding_format: "base64" });
    const unpacked = packed.data.map(({ embedding }) => floatsOf(String(embedding)));
    expect(unpacked).toEqual(floats.data.map(({ embedding }) => embedding));
    expect(unpacked[0]).not.toEqual(unpacked[1]);
    for (const vector of unpacked) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    expect(packed.usage).toEqual(floats.usage);
    expect((await client.embeddings.create({ model, input })).data).toEqual(floats.data);
  });

  it.each([
    ["another model", { model: "other", ...QUESTION }, 404, "model_not_found"],
    ["no message", { model, messages: [] }, 400, "invalid_value"],
    ["a prompt that is too long", { model, messages: [{ role: "user" as const, content: "truck ".repeat(9000) }] }, 400, "context_length_exceeded"],
    ["a temperature below zero", { model, ...QUESTION, temperature: -1 }, 400, "invalid_value"],
    ["two answers at once", { model, ...QUESTION, n: 2 }, 400, "invalid_value"],
    ["logprobs", { model, ...QUESTION, logprobs: true }, 400, "unsupported_parameter"],
  ])("refuses %s as OpenAI does", async (_, body, status, code) => {
    await expect(client.chat.completions.create(body)).rejects.toMatchObject({ status, code, type: "invalid_request_error" });
  });

  it("refuses token ids that the model does not have", async () => {
    await expect(client.embeddings.create({ model, input: [3, 1_000_000] })).rejects.toMatchObject({ status: 400, param: "input" });
  });
}

/** What base64 of little-endian float32 holds. */
function floatsOf(base64: string): readonly number[] {
  const bytes = Buffer.from(base64, "base64");
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
}

describe("a client that goes away", () => {
  it.each([true, false])("ends the generation, and who waited is served (stream: %s)", async (stream) => {
    const engine = await startEngine(madeModel());
    onTestFinished(() => engine.stop());
    const health = async () => JSON.parse(await (await fetch(`${engine.url}/health`)).text());
    const leaving = new AbortController();
    const body = JSON.stringify({ model: engine.model, ...LONG, stream });
    const left = fetch(`${engine.url}/v1/chat/completions`, { method: "POST", body, signal: leaving.signal }).then((answer) => answer.text());
    while ((await health()).generatedTokens === 0);
    const waiting = clientOf(engine).chat.completions.create({ model: engine.model, ...QUESTION });
    leaving.abort();
    await expect(left).rejects.toThrow("aborted");
    expect((await waiting).choices[0]?.finish_reason).toBe("stop");
    const after = await health();
    expect(after).toMatchObject({ status: "ok", active: 0, finished: 1, aborted: 1 });
    expect(after.generatedTokens).toBeLessThan(4000);
  });
});

it("the made model is the same bytes every time, under a megabyte, and speaks of what it is asked about", async () => {
  expect(tinyClerk().length).toBe(762_976);
  expect(createHash("sha256").update(tinyClerk()).digest("hex")).toBe("81a63943ab0443fe7db9c4e823b223bb65b77e24e4711b158b81a22ae6751f09");
  const engine = await startEngine(madeModel());
  onTestFinished(() => engine.stop());
  const { choices } = await clientOf(engine).chat.completions.create({ model: engine.model, ...QUESTION });
  expect(choices[0]?.message.content).toBe("The driver reads the truck today.");
});

it("the engine's own files, which the root's check leaves out, keep their types", async () => {
  await ensureInstalled();
  const check = spawnSync(resolve(ENGINE, "../../node_modules/.bin/tsc"), ["--noEmit", "-p", ENGINE], { encoding: "utf8" });
  expect([check.stdout, check.status]).toEqual(["", 0]);
});

import { describe, expect, it } from "vitest";
import { type InferenceRequest, readInferenceRequest, type Surface } from "./inference-request.ts";
import { MEMBER_RULES } from "./member-rules.ts";
import type { Refusal } from "./refusal.ts";

function read(body: unknown, surface: Surface = "chat.completions"): InferenceRequest | Refusal {
  return readInferenceRequest(surface, Buffer.from(typeof body === "string" ? body : JSON.stringify(body)));
}

const chat = { model: "m", messages: [{ role: "user", content: "hello" }] };

function refusedWith(body: unknown, surface?: Surface): unknown {
  const answer = read(body, surface);
  return "code" in answer ? { code: answer.code, param: answer.param } : "taken";
}

describe("readInferenceRequest", () => {
  it("reads what the gateway has to know", () => {
    expect(read({ ...chat, stream: true, stream_options: { include_usage: true }, n: 3, max_tokens: 10, max_completion_tokens: 20 })).toMatchObject({
      model: "m",
      stream: true,
      wantsUsage: true,
      choices: 3,
      maxOutput: 20,
      dropped: [],
    });
    expect(read(chat)).toMatchObject({ stream: false, wantsUsage: false, choices: 1, maxOutput: null });
  });

  it("takes members with null as absent, as engines do", () => {
    expect(read({ ...chat, stream: null, stream_options: null, n: null, max_tokens: null, chat_template_kwargs: null })).toMatchObject({
      stream: false,
      choices: 1,
      maxOutput: null,
    });
  });

  it.each([
    ["nothing", ""],
    ["an array", "[]"],
    ["two values", "{}{}"],
    ["a byte order mark", '\uFEFF{"model":"m"}'],
    ["a comment", '{"model":"m"/**/}'],
    ["NaN", '{"model":"m","temperature":NaN}'],
    ["a trailing comma", '{"model":"m",}'],
    ["nesting without end", `{"model":"m","x":${"[".repeat(200)}${"]".repeat(200)}}`],
  ])("refuses %s", (_what, body) => {
    expect(refusedWith(body)).toEqual({ code: "invalid_json", param: null });
  });

  it.each([
    ["members", `"x":{${Array.from({ length: 100_001 }, (_, i) => `"${i}":1`).join()}}`],
    ["members at the top", Array.from({ length: 100_001 }, (_, i) => `"${i}":1`).join()],
    ["arrays", `"x":[${"[],".repeat(100_001)}0]`],
    ["objects in several members", `"x":[${"{},".repeat(50_000)}0],"y":[${"{},".repeat(50_000)}0]`],
  ])("refuses more %s than anybody needs, before they are parsed", (_what, members) => {
    expect(refusedWith(`{"model":"m","messages":[],${members}}`)).toEqual({ code: "body_too_large", param: null });
  });

  it("takes as many tokens as a body has room for", () => {
    expect(refusedWith(`{"model":"m","input":[${"1,".repeat(1_000_000)}1]}`, "embeddings")).toBe("taken");
  });

  it("refuses what is not UTF-8", () => {
    const bytes = Buffer.concat([Buffer.from('{"model":"m","messages":[{"role":"user","content":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}]}')]);
    expect(readInferenceRequest("chat.completions", bytes)).toMatchObject({ code: "invalid_json" });
  });

  it.each([
    ["at the top", '{"model":"m","model":"n","messages":[]}'],
    ["at the top, one of them in escapes", '{"model":"m","mod\\u0065l":"n","messages":[]}'],
    ["in a message", '{"model":"m","messages":[{"role":"user","content":"a","content":"b"}]}'],
    ["in a part", '{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://x/","url":"data:,"}}]}]}'],
    ["named __proto__", '{"model":"m","messages":[],"__proto__":1,"__proto__":2}'],
  ])("refuses a member that is written twice %s", (_where, body) => {
    expect(refusedWith(body)).toEqual({ code: "duplicate_member", param: null });
  });

  it.each([
    ["Model", { ...chat, Model: "other" }],
    ["STREAM", { ...chat, STREAM: true }],
    ["ſtream", { ...chat, ſtream: true }],
    ["max_toKens", { ...chat, "max_to\u212Aens": 5 }],
  ])("refuses %s, which Go's decoder would take for a member that the gateway reads", (_name, body) => {
    expect(refusedWith(body)).toMatchObject({ code: "invalid_value" });
  });

  it.each([...MEMBER_RULES].map(([name, { effect }]) => [effect, name] as const))(
    "does what the table says (%s) with %s, in any case",
    (effect, name) => {
      for (const written of [name, name.toUpperCase()]) {
        const answer = read({ ...chat, [written]: 1 });
        if (effect === "refuse") expect(answer).toMatchObject({ code: "unsupported_parameter", param: written });
        else expect(answer).toMatchObject({ dropped: [written] });
      }
    },
  );

  it("takes what a caller may tell a chat template, and nothing else", () => {
    expect(refusedWith({ ...chat, chat_template_kwargs: { enable_thinking: false, reasoning_effort: "low" } })).toBe("taken");
    expect(refusedWith({ ...chat, chat_template_kwargs: { chat_template: "{{ x }}" } })).toEqual({
      code: "unsupported_parameter",
      param: "chat_template_kwargs.chat_template",
    });
    expect(refusedWith({ ...chat, chat_template_kwargs: { enable_thinking: {} } })).toMatchObject({ code: "invalid_value" });
    expect(refusedWith({ ...chat, chat_template_kwargs: "x" })).toMatchObject({ code: "invalid_value" });
  });

  it.each([
    ["model", { ...chat, model: 1 }],
    ["model", { messages: [] }],
    ["messages", { model: "m" }],
    ["messages", { model: "m", messages: "hello" }],
    ["messages[0]", { model: "m", messages: ["hello"] }],
    ["messages[0].content", { model: "m", messages: [{ role: "user", content: 5 }] }],
    ["stream", { ...chat, stream: "true" }],
    ["stream", { ...chat, stream: 1 }],
    ["stream_options", { ...chat, stream: true, stream_options: [] }],
    ["n", { ...chat, n: 0 }],
    ["n", { ...chat, n: 17 }],
    ["n", { ...chat, n: 1.5 }],
    ["max_tokens", { ...chat, max_tokens: -1 }],
    ["max_tokens", { ...chat, max_tokens: "9" }],
    ["max_completion_tokens", { ...chat, max_completion_tokens: 1e300 }],
  ])("refuses a value of %s that it could not have", (param, body) => {
    expect(refusedWith(body)).toEqual({ code: "invalid_value", param });
  });

  it("reads embeddings, and streams none", () => {
    expect(read({ model: "e", input: ["a", "b"] }, "embeddings")).toMatchObject({ model: "e", stream: false, maxOutput: 0 });
    expect(read({ model: "e", input: [[1, 2, 3]] }, "embeddings")).toMatchObject({ model: "e" });
    expect(refusedWith({ model: "e", input: "a", stream: true }, "embeddings")).toEqual({ code: "invalid_value", param: "stream" });
    expect(refusedWith({ model: "e" }, "embeddings")).toEqual({ code: "invalid_value", param: "input" });
  });

  it.each([
    ["messages", { model: "e", input: "a", messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "http://x/" } }] }] }],
    ["messages", { model: "e", input: "a", messages: null }],
    ["modality", { model: "e", input: ["http://x/a.png"], modality: "image" }],
    ["input", { model: "e", input: [{ text: "a", image: "http://x/" }] }],
    ["input", { model: "e", input: [[{ image: "file:///etc/passwd" }]] }],
    ["input", { model: "e", input: [["a"]] }],
  ])("embeds nothing that the model server would have to fetch: %s", (param, body) => {
    expect(refusedWith(body, "embeddings")).toMatchObject({ param });
  });

  it("counts text by its bytes and media by the piece", () => {
    const url = `data:image/png;base64,${"A".repeat(30_000)}`;
    const text = read({ model: "m", messages: [{ role: "user", content: "x".repeat(3000) }] });
    const media = read({ model: "m", messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }] });
    expect("inputTokens" in text && text.inputTokens).toBeGreaterThan(1000);
    expect("inputTokens" in media && media.inputTokens).toBeLessThan(1100);
  });

  it("keeps members that it does not know", () => {
    expect(refusedWith({ ...chat, x_unknown: { deep: [1] }, top_k: 5, guided_json: {}, cache_salt: "s" })).toBe("taken");
  });
});

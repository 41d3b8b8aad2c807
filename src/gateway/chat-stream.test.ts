import { fc, test } from "@fast-check/vitest";
import { describe, expect, it, vi } from "vitest";
import { ChatStream, type StreamRequest } from "./chat-stream.ts";

const REQUEST: StreamRequest = { choices: 1, wantsUsage: false, inputTokens: 50 };
const chunk = (choices: readonly object[], more: object = {}) => JSON.stringify({ id: "c", created: 1, model: "m", choices, ...more });
const USAGE = { prompt_tokens: 9, completion_tokens: 7, total_tokens: 16 };

function seen(chunks: readonly string[], request: Partial<StreamRequest> = {}): { readonly stream: ChatStream; readonly said: readonly unknown[] } {
  const stream = new ChatStream({ ...REQUEST, ...request });
  const said = chunks.map((data) => {
    const answer = stream.see(data);
    return typeof answer === "string" ? answer : answer.code;
  });
  return { stream, said };
}

const END = chunk([{ index: 0, delta: {}, finish_reason: "stop" }]);

describe("ChatStream", () => {
  it("hides the usage that only the gateway asked for, and keeps it", () => {
    const { stream, said } = seen([END, chunk([], { usage: USAGE })]);
    expect(said).toEqual(["forward", "hide"]);
    expect(stream.usage()).toEqual({ input: 9, output: 7, source: "upstream" });
  });

  it("shows it to a client that asked, and adds none of its own", () => {
    const { stream, said } = seen([END, chunk([], { usage: USAGE })], { wantsUsage: true });
    expect(said).toEqual(["forward", "forward"]);
    expect(stream.usageEvent()).toBe("");
  });

  it("tells such a client what was counted where the model server does not say", () => {
    const delta = chunk([{ index: 0, delta: { content: "word" }, finish_reason: null }]);
    const { stream } = seen([delta, delta, END], { wantsUsage: true });
    expect(JSON.parse(stream.usageEvent().slice("data: ".length))).toEqual({
      id: "c",
      object: "chat.completion.chunk",
      created: 1,
      model: "m",
      choices: [],
      usage: { prompt_tokens: 50, completion_tokens: 2, total_tokens: 52 },
      weighbridge: { usage: "counted" },
    });
  });

  it("counts text, thinking, refusals and arguments, by pieces or by length", () => {
    const deltas = [
      { content: "x".repeat(40) },
      { reasoning_content: "y" },
      { refusal: "z" },
      { tool_calls: [{ index: 0, function: { arguments: "{}" } }] },
      { role: "assistant", content: "" },
      { content: null },
    ];
    const { stream } = seen(deltas.map((delta) => chunk([{ index: 0, delta, finish_reason: null }])));
    expect(stream.usage()).toEqual({ input: 50, output: 11, source: "counted" }); // 44 characters
  });

  it("forwards chunks without choices that say something else, as Azure sends", () => {
    expect(seen([chunk([], { prompt_filter_results: [] }), END]).said).toEqual(["forward", "forward"]);
  });

  it("is finished when every choice that began has ended", () => {
    const of = (index: number, finish: string | null) => chunk([{ index, delta: { content: "a" }, finish_reason: finish }]);
    expect(seen([of(0, null), of(1, null), of(1, "stop"), of(0, "length")], { choices: 2 }).stream.unfinished()).toBe(null);
    expect(seen([of(0, null), of(1, null), of(1, "stop")], { choices: 2 }).stream.unfinished()).toMatchObject({ code: "upstream_cut" });
    expect(seen([]).stream.unfinished()).toMatchObject({ code: "upstream_invalid" });
    expect(seen([chunk([], { usage: USAGE })]).stream.unfinished()).toMatchObject({ code: "upstream_invalid" });
  });

  it.each([
    ["an error of OpenAI's form", '{"error":{"message":"full","type":"server_error","code":null}}', "upstream_error"],
    ["an error of vLLM's form", '{"error":{"message":"bad","type":"BadRequestError","code":400}}', "upstream_rejected"],
    ["vLLM's older, flat error", '{"object":"error","message":"blocked","type":"BadRequestError","code":400}', "upstream_rejected"],
    ["TGI's error", '{"error":"Model is overloaded","error_type":"overloaded"}', "upstream_overloaded"],
    ["an error that is a text", '{"error":"blocked"}', "upstream_error"],
    ["an error beside choices", chunk([{ index: 0, delta: {} }], { error: { message: "x" } }), "upstream_error"],
    ["a problem document", '{"type":"about:blank","title":"Blocked","status":403,"detail":"policy"}', "upstream_invalid"],
    ["text", "oops", "upstream_invalid"],
    ["half an object", '{"choices":[', "upstream_invalid"],
    ["an array", "[]", "upstream_invalid"],
    ["null", "null", "upstream_invalid"],
    ["no choices", '{"id":"c"}', "upstream_invalid"],
    ["choices that are no array", '{"choices":{}}', "upstream_invalid"],
    ["a choice that is no object", '{"choices":[1]}', "upstream_invalid"],
    ["a choice that was not asked for", chunk([{ index: 1, delta: {} }]), "upstream_invalid"],
    ["an index that is none", chunk([{ index: "0", delta: {} }]), "upstream_invalid"],
  ])("takes %s for the end", (_what, data, code) => {
    expect(seen([data]).said).toEqual([code]);
  });

  it("takes null as no error, as vLLM writes it", () => {
    expect(seen([chunk([{ index: 0, delta: {}, finish_reason: null }], { error: null })]).said).toEqual(["forward"]);
  });

  it.each([
    ["negative", { prompt_tokens: -1, completion_tokens: 1 }],
    ["of text", { prompt_tokens: "1", completion_tokens: 1 }],
    ["beyond belief", { prompt_tokens: 1e300, completion_tokens: 1 }],
    ["null", null],
  ])("does not believe a usage that is %s", (_what, usage) => {
    expect(seen([END, chunk([], { usage })]).stream.usage()).toMatchObject({ source: "counted" });
  });

  const delta = (content: string, more: object = {}) => chunk([{ index: 0, delta: { content, ...more }, finish_reason: null }]);

  it("parses no event that is like one before it but for its text", () => {
    const { stream } = seen([delta("", { role: "assistant" }), delta("one")]);
    const parse = vi.spyOn(JSON, "parse");
    try {
      expect([delta("two"), delta("Gr\u00fc\u00dfe \u{1f6a2}"), delta("")].map((data) => stream.see(data))).toEqual([
        "forward",
        "forward",
        "forward",
      ]);
      expect(parse).not.toHaveBeenCalled();
    } finally {
      parse.mockRestore();
    }
    expect(stream.usage().output).toBe(4); // sixteen characters
  });

  it.each([
    ["a text that ends itself", (data: string) => data.replace("two", 'two"}}],"x":[{"y":{"z":"')],
    ["a broken escape", (data: string) => data.replace("two", "two\\x")],
    ["a line feed", (data: string) => data.replace("two", "two\n")],
    ["half of it", (data: string) => data.slice(0, -5)],
    ["something behind it", (data: string) => `${data}}`],
    ["another name", (data: string) => data.replace("delta", "Delta").replace("choices", "Choices")],
  ])("does not take for such an event what has %s", (_what, change) => {
    const { stream } = seen([delta("one")]);
    const alone = new ChatStream(REQUEST);
    const data = change(delta("two"));
    expect(stream.see(data)).toEqual(alone.see(data));
  });

  it("counts every part of a delta that has several", () => {
    const { stream } = seen(["a", "b", "c"].map((content) => delta(content, { reasoning_content: "x".repeat(40) })));
    expect(stream.usage().output).toBe(31); // 123 characters
  });

  test.prop([
    fc.array(
      fc.oneof(
        fc.string({ unit: "binary" }).map((text) => delta(text)),
        fc.string({ unit: fc.constantFrom(...'"\\{}[]:,n\u0001') }).map((text) => delta("@").replace("@", () => text)),
        fc.string().map((text) => chunk([{ index: 0, delta: { content: text }, finish_reason: "stop" }])),
        fc.string().map((text) => chunk([{ index: 1, delta: { role: "assistant", content: text } }])),
        fc.constantFrom(
          '{"error":{"message":"x"}}',
          "{}",
          chunk([], { usage: USAGE }),
          chunk([{ index: 0, delta: { content: "x" } }], { error: "y" }),
        ),
      ),
      { maxLength: 12 },
    ),
  ])("says of every event what it would say of it alone", (events) => {
    const stream = new ChatStream({ ...REQUEST, choices: 2 });
    for (const data of events) expect(stream.see(data)).toEqual(new ChatStream({ ...REQUEST, choices: 2 }).see(data));
  });
});

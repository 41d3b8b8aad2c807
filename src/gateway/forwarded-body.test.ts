import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { type BodyChanges, forwardedBody } from "./forwarded-body.ts";
import { readInferenceRequest } from "./inference-request.ts";

const AS_IT_IS: BodyChanges = { model: null, maxOutput: null };

function forwarded(body: string, changes: Partial<BodyChanges> = {}): string {
  const request = readInferenceRequest("chat.completions", Buffer.from(body));
  if ("code" in request) throw new Error(request.message);
  return forwardedBody(request, { ...AS_IT_IS, ...changes }).toString();
}

const MESSAGES = '"messages": [ {"role":"user","content":"Gr\\u00fc\u00dfe \u{1f6a2}"} ]';

describe("forwardedBody", () => {
  it("hands on the very bytes when nothing has to change", () => {
    const bytes = Buffer.from(`{"model":"m",${MESSAGES}}`);
    const request = readInferenceRequest("chat.completions", bytes);
    expect("code" in request || forwardedBody(request, AS_IT_IS)).toBe(bytes);
  });

  it("changes the model and nothing else: digits, escapes, order and white space stay", () => {
    const rest = `, ${MESSAGES} , "seed":12345678901234567890, "temperature":1.0e0,"tools":[{"x":9007199254740993}] }`;
    expect(forwarded(`{ "model" : "m"${rest}`, { model: 'a"b' })).toBe(`{ "model" : "a\\"b"${rest}`);
  });

  it("asks for the usage of a stream behind all members", () => {
    expect(forwarded(`{"model":"m",${MESSAGES},"stream":true }`)).toBe(
      `{"model":"m",${MESSAGES},"stream":true,"stream_options":{"include_usage":true} }`,
    );
  });

  it.each([
    ["null", '{"include_usage":true}'],
    ["{}", '{"include_usage":true}'],
    ['{ "include_usage" : false , "x":"\u00e9" }', '{ "include_usage" : true , "x":"\u00e9" }'],
    ['{"continuous_usage_stats":true}', '{"continuous_usage_stats":true,"include_usage":true}'],
  ])("asks for the usage inside of options that are %s", (written, sent) => {
    const body = (options: string) => `{"stream_options":${options},"model":"m",${MESSAGES},"stream":true}`;
    expect(forwarded(body(written))).toBe(body(sent));
  });

  it("leaves a stream as it is whose client asks for the usage", () => {
    const body = `{"model":"m",${MESSAGES},"stream":true,"stream_options":{"include_usage":true}}`;
    expect(forwarded(body)).toBe(body);
  });

  it("sets the most tokens where the client set some, in each of the two members", () => {
    expect(forwarded(`{"max_tokens":9999,"model":"m",${MESSAGES},"max_completion_tokens":null}`, { maxOutput: 7 })).toBe(
      `{"max_tokens":7,"model":"m",${MESSAGES},"max_completion_tokens":7}`,
    );
  });

  it("adds the most tokens where the client set none", () => {
    expect(forwarded(`{"model":"m",${MESSAGES}}`, { maxOutput: 7 })).toBe(`{"model":"m",${MESSAGES},"max_tokens":7}`);
  });

  it.each([
    ["first", `{"id_slot":1, "model":"m",${MESSAGES}}`, `{"model":"m",${MESSAGES}}`],
    ["last", `{"model":"m",${MESSAGES} , "cache_prompt":true }`, `{"model":"m",${MESSAGES} }`],
    ["in the middle", `{"model":"m","rid":"x","priority":1,${MESSAGES}}`, `{"model":"m",${MESSAGES}}`],
    ["at both ends", `{"keep_alive":0,"model":"m",${MESSAGES},"rid":1,"priority":{"a":[]}}`, `{"model":"m",${MESSAGES}}`],
  ])("leaves out what is dropped, %s", (_where, written, sent) => {
    expect(forwarded(written)).toBe(sent);
  });

  test.prop([
    fc.shuffledSubarray(["temperature", "rid", "stop", "seed", "id_slot", "tools", "max_tokens", "stream"], { minLength: 0 }),
    fc.constantFrom(null, "other", "m"),
    fc.constantFrom(null, 5),
    fc.constantFrom(undefined, 1),
  ])("means the same as changing the parsed object", (names, model, maxOutput, space) => {
    const values: Readonly<Record<string, unknown>> = {
      temperature: 0.5,
      rid: "r",
      stop: ["}", '"'],
      seed: 1,
      id_slot: 3,
      tools: [{}],
      max_tokens: 9,
      stream: true,
    };
    const body = { model: "m", messages: [], ...Object.fromEntries(names.map((name) => [name, values[name]])) };
    const sent = JSON.parse(forwarded(JSON.stringify(body, null, space), { model, maxOutput }));
    const { rid: _rid, id_slot: _slot, ...kept } = body as Readonly<Record<string, unknown>>;
    expect(sent).toEqual({
      ...kept,
      ...(model === null ? {} : { model }),
      ...(maxOutput === null ? {} : { max_tokens: maxOutput }),
      ...(names.includes("stream") ? { stream_options: { include_usage: true } } : {}),
    });
  });
});

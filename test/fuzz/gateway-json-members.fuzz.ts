import { forwardedBody } from "../../src/gateway/forwarded-body.ts";
import { readInferenceRequest } from "../../src/gateway/inference-request.ts";
import { membersOf } from "../../src/gateway/json-members.ts";
import type { FuzzTarget } from "./target.ts";

const PIECES = [
  '"model":"m",',
  '"messages":[],',
  '"stream":true,',
  '"stream_options":{},',
  '"stream_options":null,',
  '"max_tokens":5,',
  '"rid":1,',
  ',"id_slot":2',
  '"Model":"x",',
  '"mod\\u0065l":"x",',
  '"\\ud83d"',
  '\\"',
  "\\\\",
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  "1e5",
  "\u00e9",
  " \n",
  '{"__proto__":',
  "[[[[[[[[",
];

/** Whatever JSON.parse reads as an object has members where we say; what is forwarded means what was sent, but for what had to change. */
const target: FuzzTarget = {
  name: "gateway-json-members",
  async seeds() {
    return [
      '{"model":"m","messages":[{"role":"user","content":"hello"}]}',
      '{ "stream" : true , "model":"m", "messages":[] , "stream_options":{ "include_usage" : false },"n":2 }',
      '{"rid":1,"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,"}}]}],"priority":1}',
      '{"model":"m","messages":[],"max_tokens":1,"max_completion_tokens":null,"x":12345678901234567890}',
    ].map((text) => Buffer.from(text));
  },
  mutate(seed, random) {
    const text = Buffer.from(seed).toString("latin1");
    const at = random.below(text.length + 1);
    return Buffer.from(text.slice(0, at) + Buffer.from(random.pick(PIECES)).toString("latin1") + text.slice(at + random.below(4)), "latin1");
  },
  async check(bytes) {
    const body = Buffer.from(bytes);
    checkSpans(body);
    const request = readInferenceRequest("chat.completions", body);
    if ("code" in request) return;
    const sent = JSON.parse(body.toString());
    for (const dropped of request.dropped) delete sent[dropped];
    const asks = request.stream && !request.wantsUsage ? { stream_options: { ...sent.stream_options, include_usage: true } } : {};
    const limits = sent.max_completion_tokens === undefined || sent.max_tokens !== undefined ? { max_tokens: 7 } : {};
    const both = sent.max_completion_tokens === undefined ? {} : { max_completion_tokens: 7 };
    same(forwardedBody(request, { model: null, maxOutput: null }), { ...sent, ...asks });
    same(forwardedBody(request, { model: 'o"x', maxOutput: 7 }), { ...sent, ...asks, ...limits, ...both, model: 'o"x' });
  },
};

function checkSpans(body: Buffer): void {
  const text = body.toString("latin1");
  const spans = membersOf(text);
  const parsed = objectIn(body);
  if (parsed === null) return;
  if (spans.kind === "too-deep") return;
  if (spans.kind !== "object") throw new Error(`JSON.parse reads an object, we say ${spans.kind} at ${spans.at}`);
  const found = new Map(spans.members.map(({ key, valueAt, valueEnd }) => [key, body.toString("utf8", valueAt, valueEnd)]));
  if (found.size !== Object.keys(parsed).length) throw new Error("not the members that JSON.parse reads");
  for (const [key, value] of Object.entries(parsed)) same(Buffer.from(found.get(key) ?? ""), value);
}

function objectIn(body: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function same(bytes: Buffer, value: unknown): void {
  const got = JSON.stringify(sorted(JSON.parse(bytes.toString())));
  if (got !== JSON.stringify(sorted(value))) throw new Error(`${got} is not ${JSON.stringify(value)}`);
}

/** Objects with their members in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .map(([key, member]) => [key, sorted(member)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

export default target;

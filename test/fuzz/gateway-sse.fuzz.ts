import { ChatStream } from "../../src/gateway/chat-stream.ts";
import { SseDecoder } from "../../src/gateway/sse-decoder.ts";
import type { FuzzTarget } from "./target.ts";

const PIECES = [
  "\n",
  "\r",
  "\r\n",
  "\n\n",
  "data: ",
  "data:",
  "data",
  "event: error\n",
  ": ping\n",
  "id: 1\n",
  "retry: 5\n",
  "data: [DONE]\n\n",
  'data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n',
  'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\r\n\r\n',
  'data: {"error":"x"}\n\n',
  "\uFEFF",
  "\u00e9",
  "\u{1f6a2}",
];

/** Events are the same however a stream is cut, lie in it in order and without overlap, and each can be followed. */
const target: FuzzTarget = {
  name: "gateway-sse",
  async seeds() {
    return [
      'data: {"choices":[{"index":0,"delta":{"content":"Gr\u00fc\u00dfe"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
      ': ping\r\n\r\nevent: message\r\ndata: {"choices":[\r\ndata: ]}\r\n\r\ndata: [DONE]\r\n\r\n',
      "data: a\r\rdata: b\r\r\n\n\ndata\n\n",
      ["", "one", "two", "three"].map((text) => `data: {"choices":[{"index":0,"delta":{"content":"${text}"},"finish_reason":null}]}\n\n`).join(""),
    ].map((text) => Buffer.from(text));
  },
  mutate(seed, random) {
    const at = random.below(seed.length + 1);
    return Buffer.concat([seed.subarray(0, at), Buffer.from(random.pick(PIECES)), seed.subarray(at + random.below(3))]);
  },
  async check(bytes) {
    const whole = decode([Buffer.from(bytes)]);
    const cut = bytes.length === 0 ? 0 : (bytes[0] ?? 0) % bytes.length;
    for (const chunks of [[...bytes].map((byte) => Buffer.of(byte)), [Buffer.from(bytes.subarray(0, cut)), Buffer.from(bytes.subarray(cut))]]) {
      const again = decode(chunks);
      if (JSON.stringify(again) !== JSON.stringify(whole)) throw new Error(`cut otherwise, ${JSON.stringify(again)} is not ${JSON.stringify(whole)}`);
    }
    const request = { choices: 2, wantsUsage: true, inputTokens: 1 };
    const stream = new ChatStream(request);
    for (const { data } of whole.events) {
      if (data === null) continue;
      const [said, alone] = [stream.see(data), new ChatStream(request).see(data)].map((answer) => JSON.stringify(answer));
      if (said !== alone) throw new Error(`in a stream, ${data} is ${said}, and alone ${alone}`);
    }
    stream.unfinished();
    const { input, output } = stream.usage();
    if (!(input >= 0 && output >= 0)) throw new Error("a usage below zero");
    const event = stream.usageEvent();
    if (event !== "" && decode([Buffer.from(event)]).events.length !== 1) throw new Error("an event of our own that is none");
  },
};

interface Decoded {
  readonly events: readonly { readonly data: string | null; readonly name: string }[];
  readonly trouble: string | null;
}

function decode(chunks: readonly Buffer[]): Decoded {
  const events: { data: string | null; name: string }[] = [];
  let last: Buffer | null = null;
  let end = 0;
  const decoder = new SseDecoder((data, name, bytes, from, to) => {
    if (from >= to || to > bytes.length || (bytes === last && from < end)) throw new Error("an event outside of its bytes, or over another");
    last = bytes;
    end = to;
    events.push({ data, name });
    return true;
  });
  for (const chunk of chunks) {
    const trouble = decoder.push(chunk);
    if (trouble !== null) return { events, trouble };
  }
  return { events, trouble: null };
}

export default target;

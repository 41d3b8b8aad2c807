import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { APIError, OpenAI } from "openai";
import { describe, expect, it } from "vitest";
import { shared, withoutShared } from "../shared.ts";
import { chat, cut, MODEL, TOKEN, world } from "./gateway-world.ts";

// Recorded answers of model servers, as upstreams. What is a valid answer arrives as it was; what is not ends in an error that the official client raises.
interface Recorded {
  readonly id: string;
  readonly stream: boolean;
  readonly request: { readonly body: Readonly<Record<string, unknown>> };
  readonly response: {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly ending: "end" | "cut";
    readonly chunks: readonly string[];
  };
}

/** Endings that are an answer: the model stopped, for whatever reason it gives. */
const CLEAN = [
  "content_filter",
  "content_filter+ext",
  "content_filter+deltaext",
  "refusal_delta+stop",
  "text_notice+content_filter",
  "length",
  "unknown_reason",
  "error_after_DONE",
  "tool_partial+content_filter",
  "tool_partial+tool_calls",
  "tool_partial+stop",
];

const rows: readonly Recorded[] = withoutShared
  ? []
  : readFileSync(shared("vectors/dialects/openai-chat.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));

function replay({ response: { status, headers, ending } }: Recorded, chunks: readonly (string | Uint8Array)[], response: ServerResponse): void {
  response.writeHead(status, headers);
  for (const chunk of chunks) response.write(chunk);
  if (ending === "cut") setImmediate(() => cut(response));
  else response.end();
}

/** The data lines of a stream; without the chunk in which the gateway says what it counted itself, to clients that asked. */
const dataOf = (text: string) =>
  text
    .split(/\r\n\r\n|\n\n/)
    .flatMap((event) => event.split(/\r\n|\n/))
    .filter((line) => line.startsWith("data:") && !line.includes('"weighbridge":{"usage":"counted"}'));

async function chunksOf(client: OpenAI): Promise<readonly unknown[]> {
  const chunks: unknown[] = [];
  const messages = [{ role: "user" as const, content: "Say hello" }];
  for await (const chunk of await client.chat.completions.create({ model: MODEL, messages, stream: true })) chunks.push(chunk);
  return chunks;
}

describe.skipIf(withoutShared)("recorded chat completions (skipped without ../shared)", () => {
  const isClean = ({ id }: Recorded) => !id.startsWith("chat/end.") || CLEAN.includes(id.slice("chat/end.".length));

  it.each(rows.filter((row) => !row.stream).map((row) => [row.id, row] as const))("hands on %s byte by byte", async (_id, row) => {
    await using gateway = await world({ upstream: (_request, response) => replay(row, row.response.chunks, response) });
    const answer = await chat(gateway.address, { ...row.request.body, model: MODEL });
    expect(await answer.text()).toBe(row.response.chunks.join(""));
  });

  it.each(rows.filter((row) => row.stream && isClean(row)).map((row) => [row.id, row] as const))(
    "hands on every event of %s, however it is cut",
    async (_id, row) => {
      const text = row.response.chunks.join("");
      const bytes = Buffer.from(text);
      for (const chunks of [row.response.chunks, [text], [...bytes].map((byte) => Uint8Array.of(byte))]) {
        await using gateway = await world({ upstream: (_request, response) => replay(row, chunks, response) });
        const got = await chat(gateway.address, { ...row.request.body, model: MODEL });
        const sent = dataOf(text);
        expect(dataOf(await got.text())).toEqual(sent.slice(0, sent.indexOf("data: [DONE]") + 1));
        expect(gateway.records).toMatchObject([{ outcome: "allowed", code: null, streamed: true }]);
      }
    },
  );

  it.each(rows.filter((row) => row.stream && !isClean(row)).map((row) => [row.id, row] as const))("makes an error of %s", async (_id, row) => {
    await using gateway = await world({ upstream: (_request, response) => replay(row, row.response.chunks, response) });
    const client = new OpenAI({ baseURL: `${gateway.address}/v1`, apiKey: TOKEN, maxRetries: 0 });
    const failure: unknown = await chunksOf(client).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(APIError);
    expect(failure).toMatchObject({ error: { origin: "upstream", code: expect.stringMatching(/^upstream_/) } });
    expect(gateway.records).toMatchObject([{ outcome: "failed", code: expect.stringMatching(/^upstream_/) }]);
  });
});

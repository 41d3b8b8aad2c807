import { connect, type Socket } from "node:net";

export interface Load {
  readonly port: number;
  readonly token: string | undefined;
  readonly isStream: boolean;
  readonly connections: number;
  readonly durationMs: number;
}

export interface Measured {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Asks over so many connections, each the next question when it has the whole answer to the last. */
export async function load({ port, token, isStream, connections, durationMs }: Load): Promise<Measured> {
  const body = JSON.stringify({
    model: "bench",
    messages: [
      { role: "system", content: "You answer in one sentence." },
      { role: "user", content: "What does a weighbridge do, and why is it asked before a lorry leaves the yard?" },
    ],
    max_tokens: 200,
    ...(isStream ? { stream: true } : {}),
  });
  const head = [
    "POST /v1/chat/completions HTTP/1.1",
    `host: 127.0.0.1:${port}`,
    "content-type: application/json",
    "accept: application/json",
    "user-agent: OpenAI/JS 6.49.0",
    "x-stainless-lang: js",
    "x-stainless-retry-count: 0",
    "x-weighbridge-data-class: internal",
    `authorization: Bearer ${token ?? "none"}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  const question = Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
  const times: number[] = [];
  const began = performance.now();
  const until = began + durationMs;
  await Promise.all(Array.from({ length: connections }, () => ask(port, question, until, times)));
  const seconds = (performance.now() - began) / 1000;
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN;
  return { requests: times.length, requestsPerSecond: times.length / seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

function ask(port: number, question: Buffer, until: number, times: number[]): Promise<void> {
  return new Promise((done, failed) => {
    const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let started = 0;
    let left: number | null = null;
    let tail = "";
    const begin = () => {
      left = null;
      tail = "";
      started = performance.now();
      socket.write(question);
    };
    socket.on("connect", begin);
    socket.on("error", failed);
    socket.on("close", () => failed(new Error("a server under load closed a connection")));
    socket.on("data", (chunk: Buffer) => {
      if (left === null && tail === "") {
        const text = chunk.toString("latin1");
        if (!text.startsWith("HTTP/1.1 200")) {
          failed(new Error(text.slice(0, 500)));
          socket.destroy();
          return;
        }
        const length = /content-length: (\d+)/i.exec(text)?.[1];
        if (length !== undefined) left = Number(length) + text.indexOf("\r\n\r\n") + 4; // the head comes in one piece
      }
      if (left === null) {
        tail = chunk.length >= 5 ? chunk.toString("latin1", chunk.length - 5) : (tail + chunk.toString("latin1")).slice(-5);
        if (tail !== "0\r\n\r\n") return;
      } else {
        left -= chunk.length;
        if (left > 0) return;
      }
      times.push(performance.now() - started);
      if (performance.now() < until) begin();
      else {
        socket.removeAllListeners("close");
        socket.destroy();
        done();
      }
    });
  });
}

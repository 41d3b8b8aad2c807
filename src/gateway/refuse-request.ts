import type { IncomingMessage, ServerResponse } from "node:http";

export interface RefusedAnswer {
  readonly status: number;
  readonly body: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

/** What is left of a body up to this length is read and thrown away, so that the connection can go on. */
const WORTH_READING_BYTES = 64 * 1024;
/** What did not come in time is not waited for. */
const TIMED_OUT = 408;
/** How long a client may take to read why the rest of its body is not wanted. */
const LINGER_MS = 500;

/**
 * Answers a request, whether its body was read or not. A long rest is not read: the answer says that the connection ends, and that happens a little
 * later, as a connection that is closed over unread bytes is reset, and the client may never see the answer.
 */
export function answerRefused(request: IncomingMessage, response: ServerResponse, { status, body, headers }: RefusedAnswer): void {
  const bytes = Buffer.from(body);
  const length = ["content-length", String(bytes.length)];
  if (request.complete || (status !== TIMED_OUT && restIsShort(request))) {
    response.writeHead(status, [...headers, ...length]);
    response.end(bytes);
    return;
  }
  const { socket } = request;
  request.pause();
  response.writeHead(status, [...headers, ...length, "connection", "close"]);
  response.write(bytes); // not `end`, which would throw the connection away at once
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function restIsShort({ headers }: IncomingMessage): boolean {
  if (headers["transfer-encoding"] !== undefined) return false;
  return Number(headers["content-length"] ?? 0) <= WORTH_READING_BYTES;
}

import type { IncomingMessage } from "node:http";

export type BodyRead = Buffer | "too-large" | "timeout" | "gone";

/** Reads a body of at most so many bytes, in at most that time. Calls `done` once. A body that is too large is not read on. */
export function readBody(
  request: IncomingMessage,
  limits: { readonly maxBytes: number; readonly timeoutMs: number },
  done: (body: BodyRead) => void,
): void {
  let first: Buffer | null = null;
  let rest: Buffer[] | null = null;
  let bytes = 0;
  const finish = (body: BodyRead) => {
    clearTimeout(timer);
    request.off("data", take).off("end", end).off("close", gone);
    if (typeof body === "string") request.pause();
    done(body);
  };
  const take = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limits.maxBytes) finish("too-large");
    else if (first === null) first = chunk;
    else {
      rest ??= [first];
      rest.push(chunk);
    }
  };
  const end = () => finish(rest === null ? (first ?? Buffer.alloc(0)) : Buffer.concat(rest, bytes));
  const gone = () => finish("gone");
  const timer = setTimeout(finish, limits.timeoutMs, "timeout");
  request.on("data", take).on("end", end).on("close", gone);
}

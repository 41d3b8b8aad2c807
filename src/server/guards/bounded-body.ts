import { createMiddleware } from "hono/factory";
import type { ServerEnv } from "../parts.ts";
import { RequestError } from "./errors.ts";

export interface BodyBounds {
  readonly maxBytes: number;
  /** From the first byte to the last. */
  readonly deadlineMs: number;
}

/** Files of uploads: their route reads them itself, and bounds them by what was announced. */
const STREAMED = "application/octet-stream";
const JSON_TYPE = /^application\/json(?:\s*;\s*charset=utf-8)?$/i;

/**
 * Reads JSON bodies before anything else does, and no more of them than may come. Other types are refused (415): what a form of another site can send is
 * none that we take.
 */
export function boundedBody({ maxBytes, deadlineMs }: BodyBounds) {
  return createMiddleware<ServerEnv>(async (c, next) => {
    const { raw } = c.req;
    const type = c.req.header("content-type") ?? "";
    const hasBody = c.req.header("transfer-encoding") !== undefined || Number(c.req.header("content-length") ?? 0) > 0;
    if (raw.method === "GET" || raw.method === "HEAD" || !hasBody || type === STREAMED) return next();
    if (!JSON_TYPE.test(type))
      throw new RequestError("WB_REQUEST_MEDIA_TYPE", "the body is not JSON", { hint: "Send JSON as application/json, in UTF-8." });
    if (Number(c.req.header("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
    const body = await readAll(raw.body, { maxBytes, deadlineMs });
    c.req.raw = new Request(raw.url, { method: raw.method, headers: raw.headers, body, signal: raw.signal });
    await next();
  });
}

/** The stream is left open on failure: ending it would end the connection before the answer is sent. */
async function readAll(body: ReadableStream<Uint8Array> | null, { maxBytes, deadlineMs }: BodyBounds): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  const reader = body?.getReader();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooSlow(deadlineMs)), deadlineMs);
  try {
    for (let size = 0; ; ) {
      const read = await Promise.race([reader?.read().catch(cutOff), late.promise]);
      if (read === undefined || read.done) return new Uint8Array(Buffer.concat(chunks));
      size += read.value.byteLength;
      if (size > maxBytes) throw tooLarge(maxBytes);
      chunks.push(read.value);
    }
  } finally {
    clearTimeout(timer);
  }
}

function tooLarge(maxBytes: number): RequestError {
  return new RequestError("WB_REQUEST_TOO_LARGE", `the body is larger than ${maxBytes} bytes`, { hint: "Send less at once." });
}

function tooSlow(deadlineMs: number): RequestError {
  return new RequestError("WB_REQUEST_SLOW", `the body did not come within ${deadlineMs} ms`, { hint: "Send the request again." });
}

function cutOff(cause: unknown): never {
  throw new RequestError("WB_REQUEST_FORM", "the connection ended before the body did", { hint: "Send the request again.", cause });
}

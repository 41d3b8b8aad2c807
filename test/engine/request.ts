import type { IncomingMessage } from "node:http";
import { ApiError, invalid } from "./api-error.ts";

export type Body = Readonly<Record<string, unknown>>;

const MAX_BODY_BYTES = 1 << 20;

/** The JSON object that a request carries. Throws ApiError. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new ApiError(413, `the body is longer than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  const body = parsed(Buffer.concat(chunks).toString());
  if (!isObject(body)) throw new ApiError(400, "the body is not a JSON object");
  return body;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A number between two bounds; undefined when the request does not say, or says null. */
export function numberIn(body: Body, name: string, least: number, most: number): number | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== "number" || value < least || value > most) throw invalid(name, `must be a number from ${least} to ${most}`);
  return value;
}

export function wholeNumberIn(body: Body, name: string, least: number, most: number): number | undefined {
  const value = numberIn(body, name, least, most);
  if (value !== undefined && !Number.isInteger(value)) throw invalid(name, "must be a whole number");
  return value;
}

/** Whether a switch is on; off when the request does not say. */
export function isOn(body: Body, name: string): boolean {
  const value = body[name] ?? false;
  if (typeof value !== "boolean") throw invalid(name, "must be true or false");
  return value;
}

import { RequestFailed } from "./failure.ts";
import type { Problem } from "./types.ts";

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
}

/** Told of every request that was answered or not, so that one place knows whether the server is there and somebody is signed in. */
type Watcher = (seen: "answered" | "unreachable" | "signed-out") => void;
let watcher: Watcher = () => {};

export function watchRequests(watch: Watcher): void {
  watcher = watch;
}

/**
 * Asks the API. Null for an answer without a body. Throws RequestFailed. The browser keeps answers by their ETag and asks whether they changed.
 */
export async function request<T>(
  method: "GET" | "POST" | "DELETE",
  path: string,
  { signal, body, query = {} }: RequestOptions = {},
): Promise<T | null> {
  const response = await send(`/api/v1${path}${queryText(query)}`, {
    method,
    credentials: "same-origin",
    redirect: "error",
    headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!response.ok) throw await refusal(response);
  watcher("answered");
  if (response.status === 204) return null;
  try {
    return (await response.json()) as T; // the server checks its answers by the schemas that T comes from; here they would be half of the bundle
  } catch {
    throw new RequestFailed({ kind: "not-understood", status: response.status });
  }
}

/** The same for what always has a body. */
export async function ask<T>(path: string, options: RequestOptions = {}): Promise<T> {
  return present(await request<T>("GET", path, options));
}

export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  return present(await request<T>("POST", path, { body }));
}

function present<T>(answer: T | null): T {
  if (answer === null) throw new RequestFailed({ kind: "not-understood", status: 204 });
  return answer;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    watcher("unreachable");
    throw new RequestFailed({ kind: "unreachable" });
  }
}

/** Why an answer is none. */
export async function refusal(response: Response): Promise<RequestFailed> {
  watcher(response.status === 401 ? "signed-out" : "answered");
  const problem = await problemIn(response);
  // A sign-in link that no longer counts is a 401, too, with a problem that says why.
  if (response.status === 401 && problem?.code !== "WB_SIGN_IN_LINK") return new RequestFailed({ kind: "signed-out" });
  return new RequestFailed(problem === null ? { kind: "not-understood", status: response.status } : { kind: "problem", problem });
}

async function problemIn(response: Response): Promise<Problem | null> {
  if (!response.headers.get("content-type")?.startsWith("application/problem+json")) return null;
  try {
    const told: Partial<Problem> = await response.json();
    if (typeof told.detail !== "string" || typeof told.code !== "string") return null;
    return { type: "", title: "", status: response.status, instance: "", hint: "", ...told, detail: told.detail, code: told.code };
  } catch {
    return null;
  }
}

function queryText(query: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, String(value)]]));
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

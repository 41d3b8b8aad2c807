import { STATUS_CODES } from "node:http";
import type { Readable } from "node:stream";
import { type Dispatcher, Pool } from "undici";
import type { z } from "zod";
import { Problem } from "../../server/api/schema/wire.ts";
import { RefusedError, RemoteError } from "./errors.ts";

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
}

/** The bytes of one request that are sent as they are. */
export interface Octets {
  readonly stream: Readable;
  readonly length: number;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly bytes: Buffer;
}

/** Answers are documents; one of a large model has a line for each of its files and findings. */
const MAX_ANSWER = 512 * 2 ** 20;
const CONNECTIONS = 8;
const TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;
const API = "/api/v1";

/**
 * Asks the API of one server, with a token. Never follows a redirect: the token is for this server alone. What answers is checked as what anybody might have
 * sent. Throws RemoteError WB_REMOTE_UNREACHABLE, WB_REMOTE_ANSWER, and RefusedError with what the server says; the signal's reason when it is aborted.
 */
export class ServerClient {
  readonly server: URL;
  readonly #token: string;
  readonly #pool: Pool;

  constructor(server: URL, token: string) {
    this.server = server;
    this.#token = token;
    this.#pool = new Pool(server.origin, {
      connections: CONNECTIONS,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS },
    });
  }

  get<T extends z.ZodType>(path: string, schema: T, options: RequestOptions = {}): Promise<z.output<T>> {
    return this.#ask("GET", path, options).then((answer) => this.#read(answer, schema));
  }

  /** Null where the server has no such thing. */
  async find<T extends z.ZodType>(path: string, schema: T, options: RequestOptions = {}): Promise<z.output<T> | null> {
    return this.get(path, schema, options).catch(nothingAt404);
  }

  /** A document as it is, for those who check it byte by byte. Null where there is none. */
  async document(path: string, options: RequestOptions = {}): Promise<Buffer | null> {
    return this.#ask("GET", path, options).then(({ bytes }) => bytes, nothingAt404);
  }

  post<T extends z.ZodType>(path: string, body: object, schema: T, options: RequestOptions = {}): Promise<z.output<T>> {
    return this.#ask("POST", path, { ...options, json: JSON.stringify(body) }).then((answer) => this.#read(answer, schema));
  }

  /** For what has nothing to answer. */
  async do(path: string, body: object, options: RequestOptions = {}): Promise<void> {
    await this.#ask("POST", path, { ...options, json: JSON.stringify(body) });
  }

  async put(path: string, octets: Octets, headers: Readonly<Record<string, string>>, options: RequestOptions = {}): Promise<void> {
    await this.#ask("PUT", path, { ...options, octets, headers });
  }

  /** Where a person or another program finds the same. */
  urlOf(path: string): string {
    return `${this.server.origin}${API}${path}`;
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #ask(method: "GET" | "POST" | "PUT", path: string, asked: Asked): Promise<Answer> {
    const answer = await this.#send(method, path, asked).catch((cause) => {
      asked.octets?.stream.destroy();
      asked.signal?.throwIfAborted();
      throw cause instanceof RemoteError ? cause : unreachable(this.server, cause);
    });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw this.#refusal(answer);
  }

  async #send(method: Dispatcher.HttpMethod, path: string, { json, octets, headers, signal }: Asked): Promise<Answer> {
    const {
      statusCode,
      headers: answered,
      body,
    } = await this.#pool.request({
      method,
      path: `${API}${path}`,
      headers: {
        authorization: `Bearer ${this.#token}`,
        accept: "application/json",
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        ...(octets === undefined ? {} : { "content-type": "application/octet-stream", "content-length": String(octets.length) }),
        ...headers,
      },
      body: json ?? octets?.stream ?? null,
      signal: signal ?? null,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      // a body without encoding is read as buffers
      size += chunk.length;
      if (size > MAX_ANSWER) throw foreign(this.server, `its answer is larger than ${MAX_ANSWER} bytes`);
      chunks.push(chunk);
    }
    return { status: statusCode, type: String(answered["content-type"] ?? ""), bytes: Buffer.concat(chunks) };
  }

  #read<T extends z.ZodType>({ bytes }: Answer, schema: T): z.output<T> {
    const read = schema.safeParse(jsonIn(bytes));
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    throw foreign(
      this.server,
      `${issue?.path.map(String).join(".").slice(0, 100) || "its answer"}: ${issue?.message.slice(0, 200) ?? "not of its form"}`,
    );
  }

  #refusal({ status, type, bytes }: Answer): Error {
    if (status >= 300 && status < 400) return foreign(this.server, `it leads elsewhere (${status}), and a token is for one server`);
    const problem = type.startsWith("application/problem+json") ? Problem.safeParse(jsonIn(bytes)) : null;
    if (problem?.success !== true) return foreign(this.server, `it says ${status} ${STATUS_CODES[status] ?? ""}`.trim());
    const { code, detail, hint } = problem.data;
    if (!/^WB_[A-Z0-9_]{1,80}$/.test(code)) return foreign(this.server, `it says ${status}`);
    return new RefusedError(status, { code, message: withoutStop(detail.slice(0, MAX_TOLD)), hint: hint.slice(0, MAX_TOLD) });
  }
}

interface Asked extends RequestOptions {
  readonly json?: string;
  readonly octets?: Octets;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A line is printed of what a server says, not a page. */
const MAX_TOLD = 2000;

function nothingAt404(error: unknown): null {
  if (error instanceof RefusedError && error.status === 404 && error.code !== "WB_SERVER_NOT_FOUND") return null;
  throw error;
}

function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

function withoutStop(text: string): string {
  return text.endsWith(".") ? text.slice(0, -1) : text;
}

function foreign({ origin }: URL, why: string): RemoteError {
  return new RemoteError("WB_REMOTE_ANSWER", `${origin} does not answer as a Weighbridge server of this version does: ${why}`, {
    hint: "Check the address, and that both sides have the same version.",
  });
}

function unreachable({ origin }: URL, cause: unknown): RemoteError {
  const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "unknown error";
  const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/.test(code);
  return new RemoteError(
    "WB_REMOTE_UNREACHABLE",
    `${origin} ${isCertificate ? "shows a certificate that is not believed" : "does not answer"} (${code})`,
    {
      hint: isCertificate
        ? "For an authority of your own, set NODE_EXTRA_CA_CERTS to its certificate."
        : "Check the address, and that the server runs.",
      cause,
    },
  );
}

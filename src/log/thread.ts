import type { MessagePort } from "node:worker_threads";
import { type ErrorDetails, WeighbridgeError } from "../errors.ts";
import { Batcher, type Outcome } from "./batching.ts";
import { LogError, type LogErrorCode } from "./errors.ts";
import type { Appended, Appender, LogWriter } from "./log.ts";
import { checkEntry } from "./writer.ts";

/** How long an entry may be committed before readers of the tiles see it. */
const PUBLISH_EVERY_MS = 100;
const MAX_BATCH_ENTRIES = 512;

type Request = { readonly kind: "append"; readonly entries: readonly Uint8Array[] } | { readonly kind: "close" };

type Sent = { readonly kind: "done"; readonly result: Appended } | { readonly kind: "failed"; readonly error: SentError };

type Reply = { readonly kind: "appended"; readonly outcomes: readonly Sent[] } | { readonly kind: "closed"; readonly error?: SentError };

/** An error as it crosses the border between threads. */
interface SentError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** A worker, or one end of a channel. */
export interface ClientPort {
  postMessage(value: Request): void;
  on(event: string, listener: (value: unknown) => void): unknown;
}

/**
 * Runs the log in its own thread: `port` is the worker's parentPort, or one end of a channel. Commits each batch that a LogClient sends, answers,
 * and publishes when there is time. Returns at once; the thread ends after the client's `close`.
 */
export function serveLog(port: MessagePort, writer: LogWriter): void {
  let timer: NodeJS.Timeout | undefined;
  let published = writer.size;
  const tend = (): void => {
    timer = undefined;
    if (writer.size === published) writer.settle();
    else {
      writer.publish();
      published = writer.size;
      timer = setTimeout(tend, PUBLISH_EVERY_MS);
    }
  };
  port.on("message", (request: Request) => {
    if (request.kind === "append") {
      send(port, { kind: "appended", outcomes: appendAll(writer, request.entries) });
      timer ??= setTimeout(tend, PUBLISH_EVERY_MS);
      return;
    }
    clearTimeout(timer);
    send(port, closing(writer));
    port.close();
  });
}

/** The side of the callers. Keys and options reach the worker by the message that starts it, never by its environment. */
export class LogClient implements Appender {
  readonly #port: ClientPort;
  readonly #batcher: Batcher<Uint8Array, Appended>;
  #answer: { readonly resolve: (reply: Reply) => void; readonly reject: (error: Error) => void } | undefined;
  #ended: LogError | undefined;

  constructor(port: ClientPort) {
    this.#port = port;
    this.#batcher = new Batcher((entries) => this.#commit(entries), { maxItems: MAX_BATCH_ENTRIES });
    port.on("message", (reply) => {
      const answer = this.#answer;
      this.#answer = undefined;
      // Only serveLog writes to this port.
      answer?.resolve(reply as Reply);
    });
    port.on("error", (cause) => this.#end("the log's thread failed", cause));
    for (const event of ["exit", "close"]) port.on(event, () => this.#end("the log's thread ended"));
  }

  async append(entry: Uint8Array): Promise<Appended> {
    checkEntry(entry);
    return this.#batcher.add(entry);
  }

  async close(): Promise<void> {
    await this.#batcher.idle();
    if (this.#ended !== undefined) return;
    const reply = await this.#ask({ kind: "close" });
    this.#end("the log was closed");
    if (reply.kind === "closed" && reply.error !== undefined) throw received(reply.error);
  }

  async #commit(entries: readonly Uint8Array[]): Promise<readonly Outcome<Appended>[]> {
    const reply = await this.#ask({ kind: "append", entries });
    if (reply.kind !== "appended") throw new RangeError(`the log answered an append with ${reply.kind}`);
    return reply.outcomes.map((outcome) => (outcome.kind === "done" ? outcome : { kind: "failed", error: received(outcome.error) }));
  }

  /** One request is under way at a time. */
  #ask(request: Request): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      this.#answer = { resolve, reject };
      this.#port.postMessage(request);
    });
  }

  #end(message: string, cause?: unknown): void {
    this.#ended ??= new LogError("WB_LOG_CLOSED", message, {
      hint: "Entries that were not acknowledged may or may not be in the log: look them up by their leaf hash.",
      cause,
    });
    this.#answer?.reject(this.#ended);
    this.#answer = undefined;
  }
}

/** When a projector refuses one entry, the others of its batch are committed one by one. */
function appendAll(writer: LogWriter, entries: readonly Uint8Array[]): readonly Sent[] {
  try {
    return writer.append(entries).map((result) => ({ kind: "done", result }));
  } catch (error) {
    if (entries.length > 1 && !(error instanceof LogError)) return entries.flatMap((entry) => appendAll(writer, [entry]));
    return entries.map(() => ({ kind: "failed", error: sendable(error) }));
  }
}

function closing(writer: LogWriter): Reply {
  try {
    writer.close();
    return { kind: "closed" };
  } catch (error) {
    return { kind: "closed", error: sendable(error) };
  }
}

function send(port: MessagePort, reply: Reply): void {
  port.postMessage(reply);
}

function sendable(error: unknown): SentError {
  if (error instanceof WeighbridgeError) return { code: error.code, message: error.message, hint: error.hint };
  const message = error instanceof Error ? error.message : String(error);
  return { code: "WB_LOG_APPEND_FAILED", message, hint: isOfTheDisk(error) ? DISK_HINT : ENTRY_HINT };
}

const DISK_HINT = "Nothing was acknowledged. Make room on the disk of the data directory, or see why it cannot be written to, and run it again.";
const ENTRY_HINT = "The entry was not written. Correct it, or what the message names, and append it again.";

/** SQLite's errors carry `errcode`, the operating system's `syscall`: such as a full disk, which says nothing about the entry. */
function isOfTheDisk(error: unknown): boolean {
  return error instanceof Error && ("errcode" in error || "syscall" in error);
}

function received({ code, message, hint }: SentError): WeighbridgeError {
  const details: ErrorDetails = { hint };
  // A code of the log came from a LogError.
  return code.startsWith("WB_LOG_") ? new LogError(code as LogErrorCode, message, details) : new WeighbridgeError(code, message, details);
}

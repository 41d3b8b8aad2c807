import type { IncomingMessage } from "node:http";

export type BodyRead = Buffer | "too-large" | "too-many" | "timeout" | "gone";

/** Bytes of bodies that are on their way, of all calls together. Each call has a right to its own bound; a crowd of them has none to all of the memory. */
export class BodiesUnderWay {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether there is room for them; then they count until they are given back. */
  take(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes <= this.#maxBytes;
  }

  giveBack(bytes: number): void {
    this.#bytes -= bytes;
  }
}

export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly underWay: BodiesUnderWay;
}

/** Reads a body of at most so many bytes, in at most that time. Calls `done` once. A body that is too large is not read on. */
export function readBody(request: IncomingMessage, { maxBytes, timeoutMs, underWay }: BodyLimits, done: (body: BodyRead) => void): void {
  let first: Buffer | null = null;
  let rest: Buffer[] | null = null;
  let bytes = 0;
  const finish = (body: BodyRead) => {
    clearTimeout(timer);
    underWay.giveBack(bytes);
    request.off("data", take).off("end", end).off("close", gone);
    if (typeof body === "string") request.pause();
    done(body);
  };
  const take = (chunk: Buffer) => {
    bytes += chunk.length;
    const hasRoom = underWay.take(chunk.length);
    if (bytes > maxBytes) finish("too-large");
    else if (!hasRoom) finish("too-many");
    else if (first === null) first = chunk;
    else {
      rest ??= [first];
      rest.push(chunk);
    }
  };
  const end = () => finish(rest === null ? (first ?? Buffer.alloc(0)) : Buffer.concat(rest, bytes));
  const gone = () => finish("gone");
  const timer = setTimeout(finish, timeoutMs, "timeout");
  request.on("data", take).on("end", end).on("close", gone);
}

import { setTimeout as wait } from "node:timers/promises";
import { RefusedError, RemoteError } from "./errors.ts";

export interface Patience {
  readonly signal: AbortSignal;
  /** Milliseconds of trying in vain before it is given up. */
  readonly forMs?: number;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

const FOR_MS = 60_000;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5000;
/** A connection that was too slow, or a server that comes back: what was asked may be asked again. */
const PASSING = [408, 502, 503, 504];

/** Does something again while what fails is likely to pass: a server that restarts, a connection that was cut. */
export async function patiently<T>(work: () => Promise<T>, { signal, forMs = FOR_MS, wait: pause = waitFor }: Patience): Promise<T> {
  let waited = 0;
  for (let next = FIRST_WAIT_MS; ; next = Math.min(next * 2, LONGEST_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!mayPass(error) || waited + next > forMs) throw error;
    }
    await pause(next, signal);
    waited += next;
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof RefusedError) return PASSING.includes(error.status);
  return error instanceof RemoteError && error.code === "WB_REMOTE_UNREACHABLE";
}

/** Rejects with the signal's own reason. */
export function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return wait(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}

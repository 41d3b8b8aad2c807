import type { z } from "@hono/zod-openapi";
import type { LiveEvent } from "./api/schema/overview.ts";
import { RequestError } from "./guards/errors.ts";

type Event = z.infer<typeof LiveEvent>;

export interface Numbered {
  readonly id: number;
  readonly event: Event;
}

/** Events that somebody who comes back is told; who was away for longer reads everything anew. */
const KEPT = 1000;
/** A reader that is this far behind is ended: it comes back and goes on, or reads everything anew. */
const MAX_BEHIND = 1000;
/** Each page of the console that is open has one; each costs some 50 kB. */
const MOST_OF_ONE = 32;

/** Tells everybody who listens what happens, in one order. Ids begin with the time of the start, so that those of an earlier process are never taken for ours. */
export class LiveEvents {
  readonly #kept: Numbered[] = [];
  readonly #followers = new Set<Follower>();
  #id: number;

  /** `start`: milliseconds of the epoch. */
  constructor(start: number) {
    this.#id = start * 1000;
  }

  tell(event: Event): Numbered {
    const numbered = { id: ++this.#id, event };
    this.#kept.push(numbered);
    if (this.#kept.length > KEPT) this.#kept.shift();
    for (const follower of this.#followers) follower.push(numbered);
    return numbered;
  }

  /** From now on, or from what came after an id. `who`: id of the principal. Throws RequestError WB_REQUEST_TOO_MANY. */
  follow(who: string, after: number | null): Follower {
    const own = [...this.#followers].filter((follower) => follower.who === who).length;
    if (own >= MOST_OF_ONE)
      throw new RequestError("WB_REQUEST_TOO_MANY", `you follow what happens ${own} times already`, { hint: "Close some of these connections." });
    const missed = after === null ? [] : this.#kept.filter(({ id }) => id > after);
    const follower = new Follower(who, missed, () => this.#followers.delete(follower));
    this.#followers.add(follower);
    return follower;
  }

  /** Ends all connections, so that the server can close. */
  close(): void {
    for (const follower of [...this.#followers]) follower.end();
  }
}

/** One connection's queue. */
export class Follower {
  readonly who: string;
  readonly #waiting: Numbered[];
  readonly #left: () => void;
  #wake: (() => void) | undefined;
  #ended = false;

  constructor(who: string, missed: readonly Numbered[], left: () => void) {
    this.who = who;
    this.#waiting = [...missed];
    this.#left = left;
  }

  push(event: Numbered): void {
    this.#waiting.push(event);
    if (this.#waiting.length > MAX_BEHIND) this.end();
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#left();
    this.#wake?.();
  }

  /** The next event; `quiet` when none came for that long. */
  async next(quietMs: number): Promise<Numbered | "quiet" | "ended"> {
    if (this.#waiting.length === 0 && !this.#ended) {
      await new Promise<void>((wake) => {
        const timer = setTimeout(wake, quietMs);
        this.#wake = () => {
          clearTimeout(timer);
          wake();
        };
      });
      this.#wake = undefined;
    }
    if (this.#ended) return "ended";
    return this.#waiting.shift() ?? "quiet";
  }
}

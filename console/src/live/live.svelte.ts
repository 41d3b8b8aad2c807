import type { LiveEvent } from "../api/types.ts";
import { paced } from "./pacing.ts";

export type LiveKind = LiveEvent["kind"];

const KINDS: readonly LiveKind[] = ["log", "call", "job"];
const PACE_MS = 1000;
const POLL_MS = 10_000;
const REOPEN_MS = 60_000;

/**
 * Tells parts of the page that something changed on the server. Server-sent events where they get through: the browser opens a broken stream again by
 * itself, with the id of the last event. Where they do not, every ten seconds counts as an event of each kind.
 */
class Live {
  state: "off" | "connecting" | "live" | "polling" = $state("off");
  readonly #listeners = new Set<{ readonly kinds: readonly LiveKind[]; readonly call: () => void }>();
  #source: EventSource | undefined;
  #poll: ReturnType<typeof setInterval> | undefined;
  #reopen: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    if (this.state !== "off") return;
    this.state = "connecting";
    this.#open();
    document.addEventListener("visibilitychange", this.#onVisible);
  }

  stop(): void {
    this.#source?.close();
    this.#endPolling();
    clearTimeout(this.#reopen);
    document.removeEventListener("visibilitychange", this.#onVisible);
    this.state = "off";
  }

  /** Calls `run` when something of these kinds changed, at most once a second. Yields what ends it. */
  on(kinds: readonly LiveKind[], run: () => void): () => void {
    const { call, stop } = paced(run, PACE_MS);
    const listener = { kinds, call };
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      stop();
    };
  }

  /** Has everything read again, what never changes by itself too: after a pause in which anything may have happened or failed. */
  catchUp(): void {
    for (const { call } of this.#listeners) call();
  }

  #open(): void {
    const source = new EventSource("/api/v1/events");
    this.#source = source;
    source.addEventListener("open", () => {
      if (this.state === "polling") this.catchUp();
      this.#endPolling();
      this.state = "live";
    });
    source.addEventListener("error", () => this.#onBroken(source));
    for (const kind of KINDS) source.addEventListener(kind, () => this.#tell(kind));
  }

  #onBroken(source: EventSource): void {
    this.state = "polling";
    this.#poll ??= setInterval(() => {
      if (!document.hidden) this.#tell(...KINDS);
    }, POLL_MS);
    if (source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.#reopen);
    this.#reopen = setTimeout(() => this.#open(), REOPEN_MS);
  }

  #endPolling(): void {
    clearInterval(this.#poll);
    this.#poll = undefined;
  }

  #tell(...kinds: readonly LiveKind[]): void {
    for (const listener of this.#listeners) if (kinds.some((kind) => listener.kinds.includes(kind))) listener.call();
  }

  readonly #onVisible = () => {
    if (!document.hidden && this.state === "polling") this.catchUp();
  };
}

export const live = new Live();

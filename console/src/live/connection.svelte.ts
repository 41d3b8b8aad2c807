import { watchRequests } from "../api/request.ts";
import { live } from "./live.svelte.ts";

const RETRY_MS = 5000;

/** Whether the last request reached the server. While none does, all that is on the page is asked for again every few seconds. */
class Connection {
  reachable = $state(true);
  /** When the server was heard of last: what is shown is at least that old. */
  since = $state.raw(new Date());
  /** Set when the server said that nobody is signed in any more. */
  signedOut = $state(false);
  #retry: ReturnType<typeof setInterval> | undefined;

  watch(): void {
    watchRequests((seen) => {
      if (seen === "unreachable") return this.#lose();
      this.#find();
      if (seen === "signed-out") this.signedOut = true;
    });
    addEventListener("online", () => live.catchUp());
  }

  #lose(): void {
    this.reachable = false;
    this.#retry ??= setInterval(() => live.catchUp(), RETRY_MS);
  }

  #find(): void {
    this.since = new Date();
    if (this.reachable) return;
    this.reachable = true;
    clearInterval(this.#retry);
    this.#retry = undefined;
    live.catchUp();
  }
}

export const connection = new Connection();

import { api } from "./api/api.ts";
import { type Failure, failureOf } from "./api/failure.ts";
import type { Action, Installation, Session } from "./api/types.ts";
import { connection } from "./live/connection.svelte.ts";
import { live } from "./live/live.svelte.ts";

const RETRY_MS = 3000;

/** Which installation this is, who is signed in, and what policy lets them do. */
class Account {
  state: "starting" | "unreachable" | "signed-out" | "signed-in" = $state("starting");
  installation: Installation | null = $state.raw(null);
  session: Session | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);

  async start(): Promise<void> {
    try {
      this.installation = await api.installation();
      await this.#readSession();
    } catch (error) {
      this.#stopAt(failureOf(error));
    }
  }

  may(action: Action): boolean {
    return this.session?.actions.includes(action) ?? false;
  }

  /** Throws RequestFailed. */
  async signIn(link: string): Promise<void> {
    await api.signIn(link);
    await this.#readSession();
  }

  async signOut(): Promise<void> {
    await api.signOut().catch(() => null); // a session that is gone already is what was asked for
    this.#leave();
  }

  /** Shows the way to sign in again. */
  leaveLost(): void {
    this.#leave();
  }

  async #readSession(): Promise<void> {
    this.session = await api.session();
    connection.signedOut = false;
    this.failure = null;
    this.state = "signed-in";
    if (this.may("read")) live.start();
  }

  #stopAt(failure: Failure): void {
    this.failure = failure;
    if (failure.kind === "signed-out") {
      this.#leave();
      return;
    }
    this.state = "unreachable";
    setTimeout(() => void this.start(), RETRY_MS);
  }

  #leave(): void {
    live.stop();
    this.session = null;
    connection.signedOut = false;
    this.state = "signed-out";
  }
}

export const account = new Account();

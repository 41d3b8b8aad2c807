import type { ActRecord, AuditLog } from "../audit/index.ts";
import type { State } from "../state/database.ts";

const LOOK_EVERY_MS = 500;

/**
 * Takes over into the audit log what commands did in other processes (`state_acts`). A row goes when its record is kept: a kill between the two writes it
 * twice, never not at all.
 */
export class ToldActs {
  readonly #state: State;
  readonly #audit: Pick<AuditLog, "append">;
  readonly #timer: NodeJS.Timeout;
  #taking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(state: State, audit: Pick<AuditLog, "append">) {
    this.#state = state;
    this.#audit = audit;
    this.#timer = setInterval(() => this.take().catch(() => {}), LOOK_EVERY_MS).unref(); // what fails stays, and is tried again
  }

  /** Resolves when all that was there is kept. */
  take(): Promise<void> {
    this.#taking = this.#taking.catch(() => {}).then(() => this.#takeAll());
    return this.#taking;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.take();
    this.#closed = true;
  }

  async #takeAll(): Promise<void> {
    if (this.#closed) return;
    for (const { id, record } of this.#state.sql.prepare("SELECT id, record FROM state_acts ORDER BY id LIMIT 1000").all()) {
      await this.#audit.append(JSON.parse(String(record)) as ActRecord); // `noted` wrote it, and the log checks its form
      this.#state.sql.prepare("DELETE FROM state_acts WHERE id = ?").run(id as number); // its column is a number
    }
  }
}

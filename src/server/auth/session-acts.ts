import type { Context } from "hono";
import type { ActRecord, AuditLog } from "../../audit/index.ts";
import type { Surroundings } from "../../registry/index.ts";
import type { ServerEnv } from "../parts.ts";

/** Writes into the audit log who came and went, and who was turned away. Each resolves when its record is kept. */
export class SessionActs {
  readonly #audit: Pick<AuditLog, "append">;
  readonly #surroundings: Surroundings;

  constructor(audit: Pick<AuditLog, "append">, surroundings: Surroundings) {
    this.#audit = audit;
    this.#surroundings = surroundings;
  }

  begun(c: Context<ServerEnv>, principal: string): Promise<void> {
    return this.#append(c, { principal, act: "session.begin", outcome: "done", code: null });
  }

  ended(c: Context<ServerEnv>, principal: string): Promise<void> {
    return this.#append(c, { principal, act: "session.end", outcome: "done", code: null });
  }

  /** Nobody knows who it was. */
  refused(c: Context<ServerEnv>, code: string): Promise<void> {
    return this.#append(c, { principal: "nobody", act: "session.refused", outcome: "refused", code });
  }

  /** The subject is the address that it came from. */
  async #append(c: Context<ServerEnv>, act: Pick<ActRecord, "principal" | "act" | "outcome" | "code">): Promise<void> {
    const at = this.#surroundings.now().toISOString();
    await this.#audit.append({ kind: "act", at, request: c.get("request"), subject: c.get("asked").address, ...act });
  }
}

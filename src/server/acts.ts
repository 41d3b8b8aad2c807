import type { Context } from "hono";
import type { ActRecord, AuditLog } from "../audit/index.ts";
import { WeighbridgeError } from "../errors.ts";
import type { Surroundings } from "../registry/index.ts";
import type { ServerEnv } from "./parts.ts";

/** Writes administrative acts into the audit log, those that were refused as well. */
export class Acts {
  readonly #audit: Pick<AuditLog, "append">;
  readonly #surroundings: Surroundings;

  constructor(audit: Pick<AuditLog, "append">, surroundings: Surroundings) {
    this.#audit = audit;
    this.#surroundings = surroundings;
  }

  /** Does it, and resolves when the record of it is kept. `subject` may only be known once it is done. Throws what the act throws. */
  async record<T>(c: Context<ServerEnv>, act: string, subject: string | null | ((done: T) => string), doIt: () => Promise<T>): Promise<T> {
    const record = { kind: "act" as const, request: c.get("request"), principal: c.get("principal").id, act };
    const at = this.#surroundings.now().toISOString();
    try {
      const done = await doIt();
      await this.#audit.append({ ...record, at, subject: typeof subject === "function" ? subject(done) : subject, outcome: "done", code: null });
      return done;
    } catch (error) {
      await this.#audit.append({ ...record, at, subject: typeof subject === "function" ? null : subject, ...outcomeOf(error) });
      throw error;
    }
  }
}

function outcomeOf(error: unknown): Pick<ActRecord, "outcome" | "code"> {
  const code = error instanceof WeighbridgeError ? error.code : "WB_BUG";
  return { outcome: code === "WB_ACCESS_DENIED" || code === "WB_ACCESS_ESCALATION" ? "refused" : "failed", code };
}

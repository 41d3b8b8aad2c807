import type { DataClass } from "../access/principal.ts";

/** One call through the gateway. Ids and numbers: what was said is not kept. */
export interface CallRecord {
  readonly kind: "call";
  /** RFC 3339, when the request came. */
  readonly at: string;
  readonly request: string;
  readonly principal: string;
  readonly team: string | null;
  /** Leaf hash of the deployment's entry; null where the request named none that there is. */
  readonly deployment: string | null;
  readonly artifact: string | null;
  /** How sure it is that the artifact answered: design §1, L0 to L2. */
  readonly level: "declared" | "behavioural" | "measured-start" | null;
  readonly surface: "chat.completions" | "embeddings" | "models";
  readonly dataClass: DataClass;
  readonly decision: string | null;
  readonly outcome: "allowed" | "refused" | "limited" | "failed" | "abandoned";
  /** Code of the error that the client was told, null when there was none. */
  readonly code: string | null;
  readonly status: number;
  readonly streamed: boolean;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** Whether the numbers come from the upstream or were counted here. */
  readonly usage: "upstream" | "counted" | null;
  readonly durationMs: number;
}

/** One administrative act. What is in the log is named by its leaf; what is not, by its id. */
export interface ActRecord {
  readonly kind: "act";
  readonly at: string;
  readonly request: string | null;
  readonly principal: string;
  /** Such as `token.create`, `session.begin`, `artifact.revoke`. */
  readonly act: string;
  readonly subject: string | null;
  readonly outcome: "done" | "refused" | "failed";
  readonly code: string | null;
}

export type AuditRecord = CallRecord | ActRecord;

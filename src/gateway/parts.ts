import type { DataClass, Principal } from "../access/principal.ts";
import type { CallRecord } from "../audit/record.ts";
import type { Decision } from "../policy/decision.ts";
import type { Deployment, Standing } from "../registry/index.ts";
import type { CallObserver } from "./observer.ts";

/** What the gateway asks of the rest of the installation. Nothing here waits for a disk but `audit`, which waits for a write, not for an fsync. */
export interface GatewayParts {
  /** Who holds this bearer token; null when nobody does, or does not any more. */
  authenticate(bearer: string): Principal | null;
  readonly deployments: Deployments;
  readonly judge: InferenceJudge;
  readonly rates: RequestRates;
  readonly budgets: TokenBudgets;
  readonly audit: CallAudit;
  readonly now: () => Date;
  /** Who watches, where somebody does. */
  readonly observer?: CallObserver;
}

/** What is deployed, as of at most half a second ago. */
export interface Deployments {
  /** Null: there is none of this name. `standing` is that of its ticket at this moment: only `good` is served. */
  find(name: string): DeploymentNow | null;
  list(): readonly DeploymentNow[];
  /** Calls back whenever what is deployed may be something else. Yields how to stop that. */
  onChange(listener: () => void): () => void;
}

export interface DeploymentNow {
  readonly deployment: Deployment;
  readonly standing: Standing;
  readonly why: string;
}

export interface InferenceJudge {
  /** Decided by policy, or remembered from the same question while neither policies nor roles nor the registry changed. */
  decide(principal: Principal, deployment: Deployment, dataClass: DataClass): AccessDecision;
}

export interface AccessDecision {
  /** What an answer and its audit record call it: 16 hexadecimal digits of the digest of question and answer. */
  readonly id: string;
  readonly decision: Decision;
}

export interface RequestRates {
  /** Counts one request of this principal. */
  take(principal: Principal): Promise<RateTaken>;
}

export interface RateTaken {
  /** Requests in a minute. */
  readonly limit: number;
  readonly remaining: number;
  /** When the minute is over and all are free again. */
  readonly resetMs: number;
  /** Null: the request may go on. */
  readonly retryAfterMs: number | null;
}

/** Tokens of models that may be used in a day, by principal and in all. Reserve before a call, settle after it, whatever came of it. */
export interface TokenBudgets {
  reserve(principal: Principal, tokens: number): Reservation | BudgetSpent;
}

export interface Reservation {
  readonly kind: "reserved";
  /** The most that may be spent, null where nothing limits it. */
  readonly left: number | null;
  /** What was really used. A second settlement changes nothing. */
  settle(tokens: number): void;
}

export interface BudgetSpent {
  readonly kind: "spent";
  readonly scope: "principal" | "installation";
  readonly limit: number;
  /** RFC 3339: when the next window begins. */
  readonly resetsAt: string;
}

export interface CallAudit {
  /** Resolves when the record cannot be lost any more by this process ending, however it ends. */
  append(record: CallRecord): Promise<void>;
}

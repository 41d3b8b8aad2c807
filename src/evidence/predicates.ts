import type { Digest } from "../digest.ts";
import { MAX_ID_LENGTH, parseAdmission } from "./admission.ts";
import { digestIn, instantIn, leafIn, oneOf, type Read, reading, record, refuse, text } from "./fields.ts";
import { PREDICATE } from "./predicate-types.ts";
import { trustIn } from "./trust.ts";

/** Someone with a role accepts one policy's objection to one artifact, for exactly the evidence in `context`. */
export interface Approval {
  readonly policy: string;
  readonly context: Digest;
  readonly role: string;
  readonly at: string;
  readonly expires: string;
  /** Salted, as is every `principal` below. */
  readonly reason: Digest;
  readonly principal: Digest;
}

export const STANDING_EFFECTS = ["revoke", "suspend", "reinstate"] as const;

/** Standing is taken from an artifact, or given back. The subject is the artifact, so that all its tickets are meant. */
export interface Revocation {
  readonly effect: (typeof STANDING_EFFECTS)[number];
  readonly at: string;
  readonly reason: Digest;
  readonly principal: Digest;
}

/** From now on decisions are made by this set. The subject is its digest. */
export interface PolicySetChange {
  readonly at: string;
  readonly principal: Digest;
}

/** A name for an artifact, salted; the latest entry for a name counts. */
export interface Alias {
  readonly alias: Digest;
  readonly at: string;
  readonly principal: Digest;
}

/** How sure it is that a deployment is the artifact: said by an admin, seen in its answers, or started from verified files. */
export const DEPLOYMENT_LEVELS = ["declared", "behavioural", "measured-start"] as const;

/** A model server is bound to a ticket, or a binding ends. The subject is the artifact. */
export type DeploymentChange = Deployed | Withdrawn;

export interface Deployed {
  readonly effect: "deploy";
  /** Leaf hash of the ticket. */
  readonly ticket: string;
  readonly level: (typeof DEPLOYMENT_LEVELS)[number];
  /** Salted: name, upstream and engine. */
  readonly details: Digest;
  readonly at: string;
  readonly principal: Digest;
}

export interface Withdrawn {
  readonly effect: "withdraw";
  /** Leaf hash of the entry that deployed it. */
  readonly deployment: string;
  readonly reason: Digest;
  readonly at: string;
  readonly principal: Digest;
}

export const ROLE_EFFECTS = ["grant", "remove"] as const;

/** Somebody gets a role or loses it. The subject is the salted id of who that is; the latest change for a person and a role counts. */
export interface RoleChange {
  readonly effect: (typeof ROLE_EFFECTS)[number];
  readonly role: string;
  readonly at: string;
  readonly principal: Digest;
}

/** Readers of all predicates that an entry of the log may have, by kind. Each yields `parsed` or says why not. */
export const readPredicate = {
  admission: parseAdmission,
  approval: (value: unknown) => reading(() => approvalIn(value)),
  revocation: (value: unknown) => reading(() => revocationIn(value)),
  policySet: (value: unknown) => reading(() => policySetIn(value)),
  alias: (value: unknown) => reading(() => aliasIn(value)),
  deployment: (value: unknown) => reading(() => deploymentIn(value)),
  role: (value: unknown) => reading(() => roleIn(value)),
  accessPolicySet: (value: unknown) => reading(() => policySetIn(value)),
  genesis: (value: unknown) => reading(() => trustIn(value)),
  rotation: (value: unknown) => reading(() => trustIn(value)),
} as const satisfies Readonly<Record<string, (value: unknown) => Read<unknown>>>;

export type EntryKind = keyof typeof readPredicate;

/** Which kind of entry a predicate type stands for, or null. */
export function entryKindOf(predicateType: string): EntryKind | null {
  const kinds = Object.keys(readPredicate) as EntryKind[]; // the literal above has no other keys
  return kinds.find((kind) => PREDICATE[kind] === predicateType) ?? null;
}

function approvalIn(value: unknown): Approval {
  const approval = record(value, "the approval", ["policy", "context", "role", "at", "expires", "reason", "principal"]);
  return {
    policy: idIn(approval.policy, "policy"),
    context: digestIn(approval.context, "context"),
    role: idIn(approval.role, "role"),
    at: instantIn(approval.at, "at"),
    expires: instantIn(approval.expires, "expires"),
    reason: digestIn(approval.reason, "reason"),
    principal: digestIn(approval.principal, "principal"),
  };
}

function revocationIn(value: unknown): Revocation {
  const revocation = record(value, "the revocation", ["effect", "at", "reason", "principal"]);
  return {
    effect: oneOf(revocation.effect, "effect", STANDING_EFFECTS),
    at: instantIn(revocation.at, "at"),
    reason: digestIn(revocation.reason, "reason"),
    principal: digestIn(revocation.principal, "principal"),
  };
}

function policySetIn(value: unknown): PolicySetChange {
  const change = record(value, "the change of policies", ["at", "principal"]);
  return { at: instantIn(change.at, "at"), principal: digestIn(change.principal, "principal") };
}

function aliasIn(value: unknown): Alias {
  const alias = record(value, "the alias", ["alias", "at", "principal"]);
  return { alias: digestIn(alias.alias, "alias"), at: instantIn(alias.at, "at"), principal: digestIn(alias.principal, "principal") };
}

function deploymentIn(value: unknown): DeploymentChange {
  if (typeof value === "object" && value !== null && "effect" in value && value.effect === "withdraw") {
    const withdrawn = record(value, "the withdrawal", ["effect", "deployment", "reason", "at", "principal"]);
    return {
      effect: "withdraw",
      deployment: leafIn(withdrawn.deployment, "deployment"),
      reason: digestIn(withdrawn.reason, "reason"),
      at: instantIn(withdrawn.at, "at"),
      principal: digestIn(withdrawn.principal, "principal"),
    };
  }
  const deployed = record(value, "the deployment", ["effect", "ticket", "level", "details", "at", "principal"]);
  return {
    effect: oneOf(deployed.effect, "effect", ["deploy"]),
    ticket: leafIn(deployed.ticket, "ticket"),
    level: oneOf(deployed.level, "level", DEPLOYMENT_LEVELS),
    details: digestIn(deployed.details, "details"),
    at: instantIn(deployed.at, "at"),
    principal: digestIn(deployed.principal, "principal"),
  };
}

function roleIn(value: unknown): RoleChange {
  const change = record(value, "the change of a role", ["effect", "role", "at", "principal"]);
  return {
    effect: oneOf(change.effect, "effect", ROLE_EFFECTS),
    role: idIn(change.role, "role"),
    at: instantIn(change.at, "at"),
    principal: digestIn(change.principal, "principal"),
  };
}

function idIn(value: unknown, what: string): string {
  const id = text(value, what, MAX_ID_LENGTH);
  return id === "" ? refuse(`${what} is empty`) : id;
}

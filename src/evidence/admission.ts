import type { Digest } from "../digest.ts";
import type { Json } from "../json.ts";
import { digestIn, instantIn, leafIn, list, oneOf, orNull, type Read, reading, record, refuse, text } from "./fields.ts";

export const OUTCOMES = ["allow", "deny", "hold"] as const;
export const EFFECTS = ["forbid", "permit", "error", "default-deny"] as const;

/** What the log keeps of a decision about an artifact. Digests, enumerations, times and ids: every text lies in a blob that can be erased. */
export interface Admission {
  readonly outcome: (typeof OUTCOMES)[number];
  readonly reasons: readonly AdmissionReason[];
  /** Digest of the `weighbridge.context/1` that was judged. */
  readonly context: Digest;
  readonly policySet: Digest;
  readonly evaluatedAt: string;
  /** When the ticket ends; null unless the outcome is allow. */
  readonly notAfter: string | null;
  readonly omsRoot: Digest | null;
  readonly evidence: readonly EvidenceReference[];
  /** Salted: how the person named the artifact, who ran the admission, and the texts of the reasons, in their order. */
  readonly name: Digest;
  readonly principal: Digest;
  readonly texts: Digest;
}

export interface AdmissionReason {
  readonly policy: string;
  readonly effect: (typeof EFFECTS)[number];
  readonly waiver?: AdmissionWaiver;
}

export interface AdmissionWaiver {
  readonly role: string;
  /** Leaf hash of the approval, 64 hexadecimal digits. */
  readonly satisfiedBy?: string;
  readonly expires?: string;
}

export interface EvidenceReference {
  readonly predicateType: string;
  /** SHA-256 of the statement's bytes, which lie in a blob. */
  readonly digest: Digest;
}

const MAX_REASONS = 200;
const MAX_EVIDENCE = 100;
/** Ids of policies and roles: chosen by the author of a policy, and short. */
export const MAX_ID_LENGTH = 200;

/** Reads the predicate of an admission statement. docs/spec/statement.md. */
export function parseAdmission(value: unknown): Read<Admission> {
  return reading(() => {
    const whole = record(value, "the admission", MEMBERS);
    const outcome = oneOf(whole.outcome, "outcome", OUTCOMES);
    const notAfter = orNull(whole.notAfter, (moment) => instantIn(moment, "notAfter"));
    if ((notAfter === null) === (outcome === "allow")) refuse("notAfter stands with allow and only there");
    return {
      outcome,
      reasons: list(whole.reasons, "reasons", MAX_REASONS).map(reasonIn),
      context: digestIn(whole.context, "context"),
      policySet: digestIn(whole.policySet, "policySet"),
      evaluatedAt: instantIn(whole.evaluatedAt, "evaluatedAt"),
      notAfter,
      omsRoot: orNull(whole.omsRoot, (digest) => digestIn(digest, "omsRoot")),
      evidence: list(whole.evidence, "evidence", MAX_EVIDENCE).map(evidenceIn),
      name: digestIn(whole.name, "name"),
      principal: digestIn(whole.principal, "principal"),
      texts: digestIn(whole.texts, "texts"),
    };
  });
}

const MEMBERS = [
  "outcome",
  "reasons",
  "context",
  "policySet",
  "evaluatedAt",
  "notAfter",
  "omsRoot",
  "evidence",
  "name",
  "principal",
  "texts",
] as const satisfies readonly (keyof Admission)[];

/** The predicate as JSON: the same members, which are all JSON. */
export function admissionJson(admission: Admission): Json {
  return admission as unknown as Json; // an interface without an index signature is not assignable to Json
}

function reasonIn(value: unknown): AdmissionReason {
  const reason = record(value, "a reason", ["policy", "effect"], ["waiver"]);
  const read = { policy: text(reason.policy, "policy", MAX_ID_LENGTH), effect: oneOf(reason.effect, "effect", EFFECTS) };
  return reason.waiver === undefined ? read : { ...read, waiver: waiverIn(reason.waiver) };
}

function waiverIn(value: unknown): AdmissionWaiver {
  const waiver = record(value, "a waiver", ["role"], ["satisfiedBy", "expires"]);
  return {
    role: text(waiver.role, "role", MAX_ID_LENGTH),
    ...(waiver.satisfiedBy === undefined ? {} : { satisfiedBy: leafIn(waiver.satisfiedBy, "satisfiedBy") }),
    ...(waiver.expires === undefined ? {} : { expires: instantIn(waiver.expires, "expires") }),
  };
}

function evidenceIn(value: unknown): EvidenceReference {
  const { predicateType, digest } = record(value, "a piece of evidence", ["predicateType", "digest"]);
  return { predicateType: text(predicateType, "predicateType", 200), digest: digestIn(digest, "digest") };
}

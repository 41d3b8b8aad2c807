import type { Digest } from "../digest.ts";
import type { Admission } from "../evidence/admission.ts";
import { type Envelope, envelopeText, parseEnvelope, signEnvelope } from "../evidence/dsse.ts";
import type { SigningKey } from "../evidence/ed25519.ts";
import { type Read, reading, refuse } from "../evidence/fields.ts";
import {
  type Alias,
  type Approval,
  type DeploymentChange,
  entryKindOf,
  type PolicySetChange,
  type Revocation,
  type RoleChange,
  readPredicate,
} from "../evidence/predicates.ts";
import { parseStatement, STATEMENT_PAYLOAD, type Statement, statementBytes } from "../evidence/statement.ts";
import { currentKey, type Trust } from "../evidence/trust.ts";
import { RegistryError } from "./errors.ts";
import { MAX_PAYLOAD_BYTES } from "./ticket.ts";

/** One entry of the log: a statement of one of these kinds in an envelope with one signature. docs/spec/statement.md. */
export type Entry = Act & {
  readonly envelope: Envelope;
  readonly keyId: string;
  readonly subject: Digest;
};

type Act =
  | { readonly kind: "admission"; readonly predicate: Admission }
  | { readonly kind: "approval"; readonly predicate: Approval }
  | { readonly kind: "revocation"; readonly predicate: Revocation }
  | { readonly kind: "policySet" | "accessPolicySet"; readonly predicate: PolicySetChange }
  | { readonly kind: "alias"; readonly predicate: Alias }
  | { readonly kind: "deployment"; readonly predicate: DeploymentChange }
  | { readonly kind: "role"; readonly predicate: RoleChange }
  | { readonly kind: "genesis" | "rotation"; readonly predicate: Trust };

/** The bytes of an entry: canonical JSON of the signed envelope. Throws RegistryError WB_REGISTRY_ENTRY_TOO_LARGE. */
export function entryBytes(statement: Statement, key: SigningKey): Buffer {
  const payload = statementBytes(statement);
  if (payload.length > MAX_PAYLOAD_BYTES)
    throw new RegistryError("WB_REGISTRY_ENTRY_TOO_LARGE", `a statement of ${payload.length} bytes; the log takes at most ${MAX_PAYLOAD_BYTES}`, {
      hint: "Use fewer policies with a say in one decision, or shorter ids.",
    });
  return Buffer.from(envelopeText(signEnvelope(STATEMENT_PAYLOAD, payload, key)));
}

/** Reads an entry; checks its form, not its signature. */
export function parseEntry(bytes: Uint8Array): Read<Entry> {
  return reading(() => {
    const envelope = need(parseEnvelope(bytes, MAX_PAYLOAD_BYTES));
    const [signature, ...others] = envelope.signatures;
    if (signature === undefined || others.length > 0) return refuse("an entry has exactly one signature");
    if (envelope.payloadType !== STATEMENT_PAYLOAD) return refuse("the payload is no in-toto statement");
    const { subject, predicateType, predicate } = need(parseStatement(envelope.payload, MAX_PAYLOAD_BYTES));
    const kind = entryKindOf(predicateType) ?? refuse("the statement is of a kind that no entry has");
    const act = { kind, predicate: need<unknown>(readPredicate[kind](predicate)) } as Act; // kind and reader come from one table
    return { ...act, envelope, keyId: signature.keyId, subject };
  });
}

/** The moment that an entry speaks of: between the beginning and the end of its key. */
export function momentOf(entry: Act): string {
  switch (entry.kind) {
    case "admission":
      return entry.predicate.evaluatedAt;
    case "genesis":
    case "rotation":
      return currentKey(entry.predicate).notBefore;
    default:
      return entry.predicate.at;
  }
}

/** Every blob that an entry names. */
export function blobsOf(entry: Entry): readonly Digest[] {
  switch (entry.kind) {
    case "admission": {
      const { context, policySet, evidence, name, principal, texts } = entry.predicate;
      return [entry.subject, context, policySet, ...evidence.map(({ digest }) => digest), name, principal, texts];
    }
    case "approval":
    case "revocation":
      return [entry.predicate.reason, entry.predicate.principal];
    case "policySet":
    case "accessPolicySet":
    case "role":
      return [entry.subject, entry.predicate.principal];
    case "alias":
      return [entry.predicate.alias, entry.predicate.principal];
    case "deployment": {
      const { predicate } = entry;
      return [predicate.effect === "deploy" ? predicate.details : predicate.reason, predicate.principal];
    }
    case "genesis":
    case "rotation":
      return [];
    default:
      return entry satisfies never;
  }
}

function need<T>(read: Read<T>): T {
  return read.kind === "parsed" ? read.value : refuse(read.why);
}

import type { Digest } from "../digest.ts";
import { type Admission, parseAdmission } from "../evidence/admission.ts";
import { fromBase64 } from "../evidence/base64.ts";
import { type Envelope, envelopeText, verifyEnvelope } from "../evidence/dsse.ts";
import { PREDICATE } from "../evidence/predicate-types.ts";
import { parseStatement, STATEMENT_PAYLOAD } from "../evidence/statement.ts";
import { isValidAt, type Trust, verifyingKeysOf } from "../evidence/trust.ts";
import { verifyCheckpoint } from "../log/checkpoint.ts";
import { leafHash, verifyInclusion } from "../log/merkle.ts";
import { type NoteVerifier, parseVerifierKey } from "../log/note-key.ts";
import { MAX_PAYLOAD_BYTES, parseTicket, type Ticket } from "./ticket.ts";

/** Whether a ticket is what it says, by signatures and proofs alone. That it still counts is its standing. */
export type Authenticity =
  | { readonly kind: "authentic"; readonly ticket: TicketFacts }
  | {
      readonly kind: "not-authentic";
      readonly why: NotAuthentic;
      readonly detail: string;
      /** What the ticket is for, when that is all that is wrong. */
      readonly artifact?: Digest;
    };

export type NotAuthentic =
  /** Not a ticket, or a byte of it was changed outside what is signed. */
  | "malformed"
  /** Of a log that the trust file does not speak of. */
  | "other-issuer"
  | "unknown-key"
  | "bad-signature"
  /** Signed by a key of this issuer, at a moment when that key did not count. */
  | "key-not-valid-then"
  /** The statement is no *allow* about an artifact. */
  | "no-admission"
  /** The log did not sign the checkpoint. */
  | "bad-checkpoint"
  /** The proof does not lead from the entry to the checkpoint. */
  | "not-in-log"
  /** A ticket, but for other bytes than those at hand. */
  | "other-artifact";

/** What an authentic ticket says. */
export interface TicketFacts {
  readonly origin: string;
  /** RFC 6962 leaf hash of its entry: its name within the log. */
  readonly leaf: string;
  readonly index: number;
  readonly artifact: Digest;
  readonly admission: Admission;
  /** First moment at which it has expired. */
  readonly notAfter: string;
  readonly keyId: string;
}

/**
 * Checks a ticket file offline against a trust file; with `artifact`, also that it is for that artifact. Never throws on what it is given.
 * docs/spec/ticket.md, "Verification".
 */
export function verifyTicket(bytes: Uint8Array, trust: Trust, artifact?: Digest): Authenticity {
  const parsed = parseTicket(bytes);
  if (parsed.kind === "broken") return no("malformed", parsed.why);
  const ticket = parsed.value;
  if (ticket.issuer !== trust.origin) return no("other-issuer", `it was issued by ${ticket.issuer}, the trust file is of ${trust.origin}`);
  const signed = verifySignature(ticket.envelope, trust);
  if (signed.kind === "not-authentic") return signed;
  const logged = verifyLogged(ticket, trust);
  if (logged !== null) return logged;
  const { subject, admission, keyId } = signed;
  if (artifact !== undefined && subject !== artifact)
    return { ...no("other-artifact", `it is for ${subject}, the bytes at hand are ${artifact}`), artifact: subject };
  const leaf = Buffer.from(leafHash(entryOf(ticket))).toString("hex");
  return {
    kind: "authentic",
    ticket: { origin: ticket.issuer, leaf, index: ticket.index, artifact: subject, admission, notAfter: admission.notAfter, keyId },
  };
}

interface Signed {
  readonly kind: "signed";
  readonly subject: Digest;
  readonly admission: Admission & { readonly notAfter: string };
  readonly keyId: string;
}

function verifySignature(envelope: Envelope, trust: Trust): Signed | Extract<Authenticity, { kind: "not-authentic" }> {
  const verified = verifyEnvelope(envelope, verifyingKeysOf(trust));
  if (verified.kind === "rejected") return no(verified.why, "no ticket key of the trust file signed it");
  const [by] = verified.by;
  if (by === undefined || envelope.signatures.length !== 1) return no("malformed", "a ticket has exactly one signature");
  if (envelope.payloadType !== STATEMENT_PAYLOAD) return no("no-admission", "the payload is no in-toto statement");
  const statement = parseStatement(envelope.payload, MAX_PAYLOAD_BYTES);
  if (statement.kind === "broken") return no("no-admission", statement.why);
  if (statement.value.predicateType !== PREDICATE.admission) return no("no-admission", "the statement is about something else than an admission");
  const admission = parseAdmission(statement.value.predicate);
  if (admission.kind === "broken") return no("no-admission", admission.why);
  const { evaluatedAt, notAfter, outcome } = admission.value;
  if (outcome !== "allow" || notAfter === null) return no("no-admission", `the decision is ${outcome}, not allow`);
  const key = trust.ticketKeys.find((candidate) => candidate.keyid === by.keyId);
  if (key === undefined || !isValidAt(key, evaluatedAt)) return no("key-not-valid-then", `its key did not count at ${evaluatedAt}`);
  return { kind: "signed", subject: statement.value.subject, admission: { ...admission.value, notAfter }, keyId: by.keyId };
}

function verifyLogged(ticket: Ticket, trust: Trust): Extract<Authenticity, { kind: "not-authentic" }> | null {
  const log = logKeyOf(trust);
  if (log === null) return no("bad-checkpoint", "the trust file's log key is not of its form");
  const checkpoint = verifyCheckpoint(Buffer.from(ticket.checkpoint), trust.origin, log);
  if (checkpoint.kind === "rejected") return no("bad-checkpoint", checkpoint.why);
  const proof = ticket.proof.map((hash) => fromBase64(hash) ?? Buffer.alloc(0));
  const { size, root } = checkpoint.checkpoint;
  const included = verifyInclusion(leafHash(entryOf(ticket)), ticket.index, size, proof, root);
  return included ? null : no("not-in-log", `the proof does not lead from entry ${ticket.index} to the checkpoint of size ${size}`);
}

/** Null when the text is no verifier key, or is not named after the origin. */
export function logKeyOf(trust: Trust): NoteVerifier | null {
  try {
    const key = parseVerifierKey(trust.logKey);
    return key.name === trust.origin ? key : null;
  } catch {
    return null;
  }
}

function entryOf(ticket: Ticket): Buffer {
  return Buffer.from(envelopeText(ticket.envelope));
}

function no(why: NotAuthentic, detail: string): Extract<Authenticity, { kind: "not-authentic" }> {
  return { kind: "not-authentic", why, detail };
}

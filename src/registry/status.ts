import { type Envelope, envelopeIn, envelopeText, signEnvelope, verifyEnvelope } from "../evidence/dsse.ts";
import type { SigningKey } from "../evidence/ed25519.ts";
import { indexIn, instantIn, jsonIn, leafIn, list, oneOf, type Read, reading, record, refuse, text } from "../evidence/fields.ts";
import { isValidAt, originIn, type Trust, verifyingKeysOf } from "../evidence/trust.ts";
import { canonicalJson } from "../json.ts";
import { verifyCheckpoint } from "../log/checkpoint.ts";
import type { StandingAt } from "./standing.ts";
import { logKeyOf } from "./verify-ticket.ts";

/** What an installation says about all its tickets at one moment, for those who cannot ask it. docs/spec/status.md. */
export interface Status {
  readonly origin: string;
  readonly asOf: string;
  /** Signed note of the log as it was read: the list speaks of all entries below its size. */
  readonly checkpoint: string;
  /** By index. */
  readonly tickets: readonly StatusLine[];
}

export interface StatusLine {
  readonly index: number;
  readonly leaf: string;
  readonly notAfter: string;
  /** Expiry is not in it: it follows from `notAfter` at the moment of asking. */
  readonly standing: (typeof WORDS)[number];
}

/** A status file whose signatures were checked. */
export interface VerifiedStatus extends Status {
  /** Entries in the log that it was bound to. */
  readonly size: number;
}

const WORDS = ["good", "revoked", "suspended"] as const;
const SCHEMA = "weighbridge.status/1";
export const STATUS_PAYLOAD = "application/vnd.weighbridge.status+json";
const MAX_BYTES = 128 * 1024 * 1024;
const MAX_TICKETS = 500_000;
/** How far clocks may be apart before a status file is from the future. */
const CLOCK_SKEW_MS = 5 * 60_000;
export const DEFAULT_FRESH_WITHIN_MS = 7 * 24 * 60 * 60_000;

/** The bytes of a status file: a DSSE envelope of the canonical status, signed by the ticket key, and a line feed. */
export function signStatus({ origin, asOf, checkpoint, tickets }: Status, key: SigningKey): Buffer {
  const lines = tickets.map(({ index, leaf, notAfter, standing }) => ({ index, leaf, notAfter, standing }));
  const payload = Buffer.from(canonicalJson({ schema: SCHEMA, origin, asOf, checkpoint, tickets: lines }));
  return Buffer.from(`${envelopeText(signEnvelope(STATUS_PAYLOAD, payload, key))}\n`);
}

/** Checks a status file offline against a trust file: signature, key validity at its moment, checkpoint. */
export function verifyStatus(bytes: Uint8Array, trust: Trust): Read<VerifiedStatus> {
  return reading(() => {
    const envelope = envelopeIn(jsonIn(bytes, MAX_BYTES), MAX_BYTES);
    const verified = verifyEnvelope(envelope, verifyingKeysOf(trust));
    if (verified.kind === "rejected") return refuse(`the status file's signature is refused: ${verified.why}`);
    const status = statusIn(envelope);
    if (status.origin !== trust.origin) return refuse(`the status file is of ${status.origin}, the trust file of ${trust.origin}`);
    const counts = trust.ticketKeys.some((key) => verified.by.some((by) => by.keyId === key.keyid) && isValidAt(key, status.asOf));
    if (!counts) return refuse(`the status file's key did not count at ${status.asOf}`);
    const log = logKeyOf(trust) ?? refuse("the trust file's log key is not of its form");
    const checkpoint = verifyCheckpoint(Buffer.from(status.checkpoint), trust.origin, log);
    if (checkpoint.kind === "rejected") return refuse(`the status file's checkpoint is refused: ${checkpoint.why}`);
    return { ...status, size: checkpoint.checkpoint.size };
  });
}

/**
 * The standing of an authentic ticket by a verified status file. What speaks against a ticket is believed however old it is; what speaks for it
 * only for `freshWithinMs`.
 */
export function standingByStatus(
  status: VerifiedStatus,
  ticket: { readonly leaf: string; readonly index: number },
  { now, freshWithinMs = DEFAULT_FRESH_WITHIN_MS }: { readonly now: string; readonly freshWithinMs?: number },
): StandingAt {
  const answer = (standing: StandingAt["standing"], why: string): StandingAt => ({ standing, asOf: status.asOf, why });
  const line = status.tickets.find((candidate) => candidate.leaf === ticket.leaf);
  if (line === undefined)
    return answer("unknown", ticket.index >= status.size ? "the status file is older than the ticket" : "the status file does not know the ticket");
  if (line.standing === "revoked") return answer("revoked", "it was revoked");
  if (now >= line.notAfter) return answer("expired", `it ended at ${line.notAfter}`);
  if (line.standing === "suspended") return answer("suspended", "it was suspended");
  const age = Date.parse(now) - Date.parse(status.asOf);
  if (age < -CLOCK_SKEW_MS) return answer("unknown", `the status file is of ${status.asOf}, which has not come yet`);
  if (age > freshWithinMs) return answer("stale", `the status file is of ${status.asOf}`);
  return answer("good", `it is good until ${line.notAfter}`);
}

function statusIn(envelope: Envelope): Status {
  if (envelope.payloadType !== STATUS_PAYLOAD) return refuse("the payload is no status");
  const whole = record(jsonIn(envelope.payload, MAX_BYTES), "the status", ["schema", "origin", "asOf", "checkpoint", "tickets"]);
  oneOf(whole.schema, "schema", [SCHEMA]);
  return {
    origin: originIn(whole.origin),
    asOf: instantIn(whole.asOf, "asOf"),
    checkpoint: text(whole.checkpoint, "checkpoint", 20_000),
    tickets: list(whole.tickets, "tickets", MAX_TICKETS).map((item) => {
      const line = record(item, "a ticket", ["index", "leaf", "notAfter", "standing"]);
      return {
        index: indexIn(line.index, "index"),
        leaf: leafIn(line.leaf, "leaf"),
        notAfter: instantIn(line.notAfter, "notAfter"),
        standing: oneOf(line.standing, "standing", WORDS),
      };
    }),
  };
}

import { fromBase64 } from "../evidence/base64.ts";
import { type Envelope, envelopeIn, envelopeJson, envelopeText } from "../evidence/dsse.ts";
import { indexIn, jsonIn, list, oneOf, type Read, reading, record, refuse, text } from "../evidence/fields.ts";
import { originIn } from "../evidence/trust.ts";
import { canonicalJson } from "../json.ts";
import { leafHash } from "../log/merkle.ts";

/**
 * A signed, logged *allow*: the entry of the log, and why it is believed to be in the log. One file, verifiable offline with a trust file.
 * docs/spec/ticket.md.
 */
export interface Ticket {
  /** Origin of the log that it was issued in. */
  readonly issuer: string;
  /** DSSE envelope of the admission statement. Its canonical bytes are the log's entry. */
  readonly envelope: Envelope;
  readonly index: number;
  /** Inclusion proof in the checkpoint: hashes in base64, from the leaf upwards. */
  readonly proof: readonly string[];
  /** Signed note. */
  readonly checkpoint: string;
}

/** Largest payload of an entry: with base64 and signature it stays under the 65,535 bytes of a log entry. */
export const MAX_PAYLOAD_BYTES = 48_000;
const SCHEMA = "weighbridge.ticket/1";
const MAX_TICKET_BYTES = 200_000;
const MAX_PROOF = 64;
const MAX_CHECKPOINT_LENGTH = 20_000;

/** The bytes of a ticket file: canonical JSON and a line feed. */
export function ticketBytes({ issuer, envelope, index, proof, checkpoint }: Ticket): Buffer {
  return Buffer.from(`${canonicalJson({ schema: SCHEMA, issuer, envelope: envelopeJson(envelope), index, proof, checkpoint })}\n`);
}

/** Reads a ticket file: exactly the bytes that `ticketBytes` writes, so that no bit of it is without meaning. Checks no signature. */
export function parseTicket(bytes: Uint8Array): Read<Ticket> {
  return reading(() => {
    const whole = record(jsonIn(bytes, MAX_TICKET_BYTES), "the ticket", ["schema", "issuer", "envelope", "index", "proof", "checkpoint"]);
    oneOf(whole.schema, "schema", [SCHEMA]);
    const ticket = {
      issuer: originIn(whole.issuer),
      envelope: envelopeIn(whole.envelope, MAX_PAYLOAD_BYTES),
      index: indexIn(whole.index, "index"),
      proof: list(whole.proof, "proof", MAX_PROOF).map(hashIn),
      checkpoint: text(whole.checkpoint, "checkpoint", MAX_CHECKPOINT_LENGTH),
    };
    return ticketBytes(ticket).equals(bytes) ? ticket : refuse("the ticket is not in its canonical form");
  });
}

/** What a ticket is called within its log: the RFC 6962 hash of its entry, 64 hexadecimal digits. */
export function leafOf(envelope: Envelope): string {
  return Buffer.from(leafHash(Buffer.from(envelopeText(envelope)))).toString("hex");
}

function hashIn(value: unknown): string {
  const hash = text(value, "a hash of the proof", 44);
  return fromBase64(hash)?.length === 32 ? hash : refuse("a hash of the proof is not 32 bytes in base64");
}

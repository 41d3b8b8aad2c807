import { type Digest, hexOf } from "../digest.ts";
import { canonicalJson, type Json } from "../json.ts";
import { digestIn, jsonIn, list, oneOf, type Read, reading, record, refuse, text } from "./fields.ts";

/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
/** DSSE payload type of a statement. */
export const STATEMENT_PAYLOAD = "application/vnd.in-toto+json";

/** A claim about one thing, which is named by nothing but its digest: names of things are text that may have to be erased. */
export interface Statement {
  readonly subject: Digest;
  readonly predicateType: string;
  readonly predicate: Json;
}

/** The canonical bytes (RFC 8785). Their SHA-256 is the identity of the evidence. */
export function statementBytes({ subject, predicateType, predicate }: Statement): Buffer {
  return Buffer.from(
    canonicalJson({ _type: STATEMENT_TYPE, predicate, predicateType, subject: [{ digest: { sha256: hexOf(subject) }, name: subject }] }),
  );
}

/** Reads a statement of ours: exactly one subject, named by its digest. The predicate is as it came; its own reader narrows it. */
export function parseStatement(bytes: Uint8Array, maxBytes: number): Read<Statement> {
  return reading(() => {
    const whole = record(jsonIn(bytes, maxBytes), "the statement", ["_type", "predicate", "predicateType", "subject"]);
    oneOf(whole._type, "_type", [STATEMENT_TYPE]);
    const [first, ...others] = list(whole.subject, "subject", 1);
    if (first === undefined || others.length > 0) return refuse("the statement has not exactly one subject");
    const subject = record(first, "the subject", ["digest", "name"]);
    const { sha256 } = record(subject.digest, "the subject's digest", ["sha256"]);
    const digest = digestIn(`sha256:${text(sha256, "sha256", 64)}`, "the subject's digest");
    if (subject.name !== digest) return refuse("the subject is not named by its digest");
    return { subject: digest, predicateType: text(whole.predicateType, "predicateType", 200), predicate: whole.predicate as Json }; // JSON.parse made it
  });
}

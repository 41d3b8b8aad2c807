import { WeighbridgeError } from "../errors.ts";

export type AuditErrorCode =
  /** The files of the audit log do not form one chain. */
  | "WB_AUDIT_BROKEN"
  /** Another process, or another part of this one, writes this audit log. */
  | "WB_AUDIT_BUSY"
  /** A record could not be written; none is taken until the audit log is opened again. */
  | "WB_AUDIT_WRITE"
  /** The folder of the audit log cannot be made, listed or read. */
  | "WB_AUDIT_UNREADABLE"
  /** A record is not of its form, or too long for a line. A bug. */
  | "WB_AUDIT_RECORD"
  /** The audit log was closed. */
  | "WB_AUDIT_CLOSED";

/** The audit log could not do what was asked, or refuses to go on. */
export class AuditError extends WeighbridgeError<AuditErrorCode> {}

/** Where files do not chain, and why. */
export interface Break {
  /** Name in the folder. */
  readonly file: string;
  /** Of the line, in bytes from the beginning of the file. */
  readonly offset: number;
  /** The record that ought to be there. */
  readonly seq: number;
  readonly why: string;
}

/** Of a break that stops whoever found it. */
export function brokenAt({ file, offset, seq, why }: Break): AuditError {
  return new AuditError("WB_AUDIT_BROKEN", `${file} at byte ${offset}, where record ${seq} ought to be: ${why}`, {
    hint: "Bring back the audit folder from a copy, or keep it as it is under another name: an empty one begins a new chain. Nothing is recorded, and so nothing served, until then.",
  });
}

export function unreadable(what: string, cause: unknown): AuditError {
  return new AuditError("WB_AUDIT_UNREADABLE", `${what}: ${cause instanceof Error ? cause.message : "unknown error"}`, {
    hint: "The folder audit/ of the data directory must be there and belong to whoever runs the server.",
    cause,
  });
}

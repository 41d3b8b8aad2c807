import { WeighbridgeError } from "../../errors.ts";

export type RemoteErrorCode =
  /** The address is none that a token may be sent to. */
  | "WB_REMOTE_ADDRESS"
  /** There is no token, or other users can read it. */
  | "WB_REMOTE_TOKEN"
  /** The server does not answer. */
  | "WB_REMOTE_UNREACHABLE"
  /** What answers does not answer as a Weighbridge server does. */
  | "WB_REMOTE_ANSWER"
  /** A tree holds what cannot be sent: links that lead out of it, devices, files that cannot be read. */
  | "WB_REMOTE_UNSENDABLE"
  /** The server has other bytes than were measured here. */
  | "WB_REMOTE_CHANGED"
  /** Somebody cancelled the job. */
  | "WB_REMOTE_CANCELLED";

/** A server could not be asked, or its answer cannot be believed. */
export class RemoteError extends WeighbridgeError<RemoteErrorCode> {}

/** What a server refused or could not do, in its own words and with its own code. */
export class RefusedError extends WeighbridgeError<string> {
  readonly status: number;

  constructor(status: number, { code, message, hint }: { readonly code: string; readonly message: string; readonly hint: string }) {
    super(code, message, { hint });
    this.status = status;
  }
}

import { WeighbridgeError } from "../errors.ts";

export type ServerErrorCode =
  /** There is nothing under this address. */
  | "WB_SERVER_NOT_FOUND"
  /** The server cannot listen where it was told to. */
  | "WB_SERVER_LISTEN"
  /** The console was not built. */
  | "WB_SERVER_NO_CONSOLE";

/** The control plane could not do what was asked. */
export class ServerError extends WeighbridgeError<ServerErrorCode> {}

import { WeighbridgeError } from "../errors.ts";

export type GatewayErrorCode =
  /** The gateway cannot listen where it was told to. */
  | "WB_GATEWAY_LISTEN"
  /** An address that nothing may be deployed at: metadata services, link-local, plain HTTP over the internet, not a URL of a model server. */
  | "WB_GATEWAY_UPSTREAM_REFUSED"
  /** What is deployed is not known, or not any more. */
  | "WB_GATEWAY_NOT_LOADED";

/** The gateway could not do what was asked. What its clients are told is in `client-errors.ts`. */
export class GatewayError extends WeighbridgeError<GatewayErrorCode> {}

import { WeighbridgeError } from "../../errors.ts";

export type RequestErrorCode =
  /** The request is not of the form that HTTP gives it. */
  | "WB_REQUEST_FORM"
  /** It was asked under a name that is not this installation's. */
  | "WB_REQUEST_HOST"
  /** It came from a page of another origin. */
  | "WB_REQUEST_ORIGIN"
  /** The body is not JSON. */
  | "WB_REQUEST_MEDIA_TYPE"
  /** The body, a parameter or a member of the query does not fit the schema. */
  | "WB_REQUEST_INVALID"
  /** The body is larger than such a request may be. */
  | "WB_REQUEST_TOO_LARGE"
  /** The body did not come in time. */
  | "WB_REQUEST_SLOW"
  /** Somebody has as many connections of this kind as they may. */
  | "WB_REQUEST_TOO_MANY";

/** A request that is not even looked at. */
export class RequestError extends WeighbridgeError<RequestErrorCode> {}

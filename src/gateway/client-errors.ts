/** What a client is told, by `error.code`. */
export interface ClientError {
  readonly status: number;
  /** `error.type`, in the words of OpenAI's API. */
  readonly type: "invalid_request_error" | "permission_error" | "rate_limit_error" | "insufficient_quota" | "api_error";
  readonly title: string;
  /**
   * Official SDKs try 408, 409, 429 and 5xx again, twice. `never`: a header tells them not to, as nothing will have changed.
   */
  readonly retry: "by-status" | "never";
}

/** Every error of the data plane. Codes are public and never reused; none of a refusal has a status that SDKs try again. */
export const CLIENT_ERRORS = {
  /** No bearer token, or one that nobody holds any more. */
  invalid_api_key: { status: 401, type: "invalid_request_error", title: "No valid token", retry: "by-status" },
  /** Too many requests without a valid token came from this address in the last minute. */
  too_many_failures: { status: 429, type: "rate_limit_error", title: "Too many failed attempts", retry: "never" },
  /** The name in `Host` is not one of this gateway: a page in a browser may have rebound its own. */
  host_not_allowed: { status: 403, type: "permission_error", title: "Host not allowed", retry: "by-status" },
  /** No such route. Routes that model servers add for themselves are not served. */
  unknown_url: { status: 404, type: "invalid_request_error", title: "Unknown URL", retry: "by-status" },
  /** Not HTTP as it should be: repeated headers, an upgrade, a query, two lengths. */
  bad_request: { status: 400, type: "invalid_request_error", title: "Bad request", retry: "by-status" },
  /** The headers are too many or too long. */
  headers_too_large: { status: 431, type: "invalid_request_error", title: "Headers too large", retry: "by-status" },
  /** `Expect` asks for something other than 100-continue. */
  expectation_failed: { status: 417, type: "invalid_request_error", title: "Expectation failed", retry: "by-status" },
  /** The request did not arrive in time. */
  request_timeout: { status: 408, type: "invalid_request_error", title: "Request timeout", retry: "never" },
  /** The body is longer than this gateway takes. */
  body_too_large: { status: 413, type: "invalid_request_error", title: "Body too large", retry: "by-status" },
  /** The body is not application/json, or is compressed. */
  unsupported_media_type: { status: 415, type: "invalid_request_error", title: "Unsupported media type", retry: "by-status" },
  /** The body is not one JSON object in UTF-8. */
  invalid_json: { status: 400, type: "invalid_request_error", title: "Invalid JSON", retry: "by-status" },
  /** A member stands twice in one object, so that two readers may see two values. */
  duplicate_member: { status: 400, type: "invalid_request_error", title: "Duplicate member", retry: "by-status" },
  /** A member that the gateway reads has a value that it cannot have. */
  invalid_value: { status: 400, type: "invalid_request_error", title: "Invalid value", retry: "by-status" },
  /** A member that would change which model answers, or how it was set up. */
  unsupported_parameter: { status: 400, type: "invalid_request_error", title: "Unsupported parameter", retry: "by-status" },
  /** Media that the model server would fetch by itself. */
  media_url_refused: { status: 400, type: "invalid_request_error", title: "Media by reference refused", retry: "by-status" },
  /** The header x-weighbridge-data-class names no class. */
  invalid_data_class: { status: 400, type: "invalid_request_error", title: "Unknown data class", retry: "by-status" },
  /** Nothing of this name is deployed, or nothing that this token may know of. */
  model_not_found: { status: 404, type: "invalid_request_error", title: "Model not found", retry: "by-status" },
  /** The model's ticket was revoked. */
  model_revoked: { status: 403, type: "permission_error", title: "Model revoked", retry: "by-status" },
  /** The model's ticket has ended. */
  model_expired: { status: 403, type: "permission_error", title: "Ticket expired", retry: "by-status" },
  /** The model is suspended. */
  model_suspended: { status: 403, type: "permission_error", title: "Model suspended", retry: "by-status" },
  /** Whether the model's ticket still counts is not known. */
  model_standing_unknown: { status: 403, type: "permission_error", title: "Standing unknown", retry: "by-status" },
  /** Policy does not let this principal send this data to this model. */
  policy_denied: { status: 403, type: "permission_error", title: "Denied by policy", retry: "by-status" },
  /** More requests in a minute than this principal may make. */
  rate_limited: { status: 429, type: "rate_limit_error", title: "Too many requests", retry: "by-status" },
  /** The tokens of this day are spent. */
  budget_spent: { status: 429, type: "insufficient_quota", title: "Budget spent", retry: "never" },
  /** What is deployed, or who may use it, is not known at the moment: nothing is served. */
  not_ready: { status: 503, type: "api_error", title: "Not ready", retry: "never" },
  /** The audit record could not be kept, and what is not recorded is not answered. */
  audit_unavailable: { status: 503, type: "api_error", title: "Audit log unavailable", retry: "never" },
  /** More bodies are on their way than the gateway can hold. */
  overloaded: { status: 503, type: "api_error", title: "Overloaded", retry: "by-status" },
  /** The gateway is being stopped. */
  shutting_down: { status: 503, type: "api_error", title: "Shutting down", retry: "by-status" },
  /** The model server cannot be reached, or closed the connection before it answered. */
  upstream_unavailable: { status: 502, type: "api_error", title: "Model server unavailable", retry: "by-status" },
  /** The model server says that it has too much to do, or is still loading. */
  upstream_overloaded: { status: 503, type: "api_error", title: "Model server overloaded", retry: "by-status" },
  /** The model server did not answer, or not go on, in time. */
  upstream_timeout: { status: 504, type: "api_error", title: "Model server timed out", retry: "never" },
  /** The model server ended its answer before it was complete. */
  upstream_cut: { status: 502, type: "api_error", title: "Answer cut short", retry: "by-status" },
  /** The model server says that the request is wrong. */
  upstream_rejected: { status: 400, type: "invalid_request_error", title: "Rejected by the model server", retry: "by-status" },
  /** The model server failed. */
  upstream_error: { status: 502, type: "api_error", title: "Model server failed", retry: "by-status" },
  /** What answers is not a model server of the kind that was deployed: a redirect, a login, a page, an answer of another form. */
  upstream_invalid: { status: 502, type: "api_error", title: "Invalid answer from the model server", retry: "never" },
  /** A fault of the gateway itself. */
  internal_error: { status: 500, type: "api_error", title: "Internal error", retry: "never" },
} as const satisfies Readonly<Record<string, ClientError>>;

export type ClientErrorCode = keyof typeof CLIENT_ERRORS;

/** A refusal that the client is told about, in OpenAI's shape. */
export class ApiError extends Error {
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;

  constructor(status: number, message: string, { type = "invalid_request_error", param = null, code = null }: Partial<Details> = {}) {
    super(message);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
  }

  /** What an answer's body says of it. */
  body(): { readonly error: Details & { readonly message: string } } {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.code } };
  }
}

interface Details {
  readonly type: string;
  /** The member of the request that is wrong. */
  readonly param: string | null;
  readonly code: string | null;
}

export function invalid(param: string, message: string): ApiError {
  return new ApiError(400, `${param}: ${message}`, { param, code: "invalid_value" });
}

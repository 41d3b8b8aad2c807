export interface ErrorDetails {
  /** What the person should do next, one sentence. */
  readonly hint: string;
  readonly cause?: unknown;
}

/**
 * Base of every error that Weighbridge throws on purpose: a broken environment, misuse or a bug.
 * Malformed input is a result, never an exception. Codes read `WB_<AREA>_<WHAT>`, are public and never reused.
 */
export class WeighbridgeError<C extends string = string> extends Error {
  readonly code: C;
  readonly hint: string;

  constructor(code: C, message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint;
  }
}

/** Wrong words on the command line, or an option that does not fit. Exit code 2. */
export class UsageError extends WeighbridgeError<"WB_USAGE"> {
  constructor(message: string, hint: string) {
    super("WB_USAGE", message, { hint });
  }
}

/** The run was ended from outside (Ctrl-C, watchdog, exhausted memory) and decided nothing. */
export class InterruptedError extends WeighbridgeError<"WB_INTERRUPTED"> {
  constructor(message: string, hint = "Run the same command again.") {
    super("WB_INTERRUPTED", message, { hint });
  }
}

/** How a gateway is reached and what it takes. Times in milliseconds. */
export interface GatewayOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any that is free. */
  readonly port?: number;
  /** Names that clients may write in `Host`, without port. Default: those of the loopback interface, and `host`. */
  readonly hosts?: readonly string[];
  /** PEM. Default: plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly maxBodyBytes?: number;
  readonly timeouts?: Partial<GatewayTimeouts>;
  /** How long `close()` lets calls go on. */
  readonly graceMs?: number;
  /** Takes what went wrong in this installation while a client was told only that nothing is served: for the operator's log. */
  readonly report?: (error: unknown) => void;
}

export interface GatewayTimeouts {
  /** Until all headers of a request have come. */
  readonly headersMs: number;
  /** Until its body has come, from then on. */
  readonly bodyMs: number;
  /** Until a model server takes the connection. */
  readonly connectMs: number;
  /** Until it begins to answer: for an answer that is not streamed, until the model is done. */
  readonly firstByteMs: number;
  /** Between two pieces of its answer. */
  readonly idleMs: number;
  /** How long a client may take nothing of what waits for it. */
  readonly clientIdleMs: number;
}

export const DEFAULT_TIMEOUTS: GatewayTimeouts = {
  headersMs: 10_000,
  bodyMs: 30_000,
  connectMs: 5_000,
  firstByteMs: 300_000,
  idleMs: 60_000,
  clientIdleMs: 60_000,
};

export const DEFAULT_MAX_BODY_BYTES = 10 * 1024 * 1024;
/** Short enough that a process that was told to stop is gone within a second. */
export const DEFAULT_GRACE_MS = 500;

export const LOOPBACK_NAMES: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

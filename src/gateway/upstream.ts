import type { LookupFunction } from "node:net";
import { isIP, isIPv4 } from "node:net";
import { type Dispatcher, Pool } from "undici";
import type { Deployment } from "../registry/index.ts";
import { addressKind } from "./address-rules.ts";
import { GatewayError } from "./errors.ts";
import type { GatewayTimeouts } from "./options.ts";
import type { Deployments } from "./parts.ts";
import { checkedUrl } from "./upstream-address.ts";

/** Connections to one model server at once; more calls wait for one. */
const MOST_CONNECTIONS = 256;
const MAX_HEADER_BYTES = 32 * 1024;

interface Open {
  readonly pool: Pool;
  /** What stands before `/v1` in every path. */
  readonly base: string;
  readonly name: string;
}

/** What goes along with a request: what is accepted as an answer, and names and values of the headers of a trace. */
interface Sent {
  readonly accept: string;
  readonly traced: readonly string[];
}

/** The connections to the model servers of all deployments. */
export class Upstreams {
  readonly #timeouts: GatewayTimeouts;
  readonly #open = new Map<string, Open>();

  constructor(timeouts: GatewayTimeouts) {
    this.#timeouts = timeouts;
  }

  /**
   * Sends a call to the model server of a deployment. It gets the body, its type and our name: nothing that the client sent as a header. Throws
   * GatewayError where the deployment leads to an address that is refused.
   */
  send(
    deployment: Deployment,
    route: "/v1/chat/completions" | "/v1/embeddings",
    { accept, traced }: Sent,
    body: Buffer,
    handler: Dispatcher.DispatchHandler,
  ): void {
    const open = this.#open.get(deployment.id) ?? this.#connect(deployment);
    open.pool.dispatch(
      {
        path: open.base + route,
        method: "POST",
        headers: ["content-type", "application/json", "accept", accept, "accept-encoding", "identity", "user-agent", "weighbridge", ...traced],
        body,
      },
      handler,
    );
  }

  /** Lets go of the connections of deployments that are not there any more. Calls in flight end as they would have. */
  closeGone(deployments: Deployments): void {
    for (const [id, { pool, name }] of this.#open) {
      if (deployments.find(name)?.deployment.id === id) continue;
      this.#open.delete(id);
      void pool.close().catch(() => {}); // nobody waits for it, and what it closes is gone
    }
  }

  /** Ends all connections at once. */
  async destroy(): Promise<void> {
    const pools = [...this.#open.values()].map(({ pool }) => pool.destroy());
    this.#open.clear();
    await Promise.all(pools);
  }

  #connect({ id, name, upstream }: Deployment): Open {
    const url = checkedUrl(upstream.url);
    const pool = new Pool(url.origin, {
      connections: MOST_CONNECTIONS,
      pipelining: 1,
      headersTimeout: this.#timeouts.firstByteMs,
      bodyTimeout: this.#timeouts.idleMs,
      maxHeaderSize: MAX_HEADER_BYTES,
      connect: { lookup: pinned(url, upstream.addresses), timeout: this.#timeouts.connectMs },
    });
    const open = { pool, base: url.pathname === "/" ? "" : url.pathname.replace(/\/+$/, ""), name };
    this.#open.set(id, open);
    return open;
  }
}

/**
 * Answers every question for an address with those that were pinned when the deployment was made: a name that leads elsewhere by now is not followed. A
 * URL with an address in it is asked for no name, so that this address has to be the pinned one.
 */
function pinned(url: URL, addresses: readonly string[]): LookupFunction {
  const literal = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
  const fits = isIP(literal) === 0 || addresses.includes(literal);
  if (addresses.length === 0 || !fits || addresses.some((address) => addressKind(address).kind === "refused"))
    throw new GatewayError("WB_GATEWAY_UPSTREAM_REFUSED", "a deployment leads to an address that was not pinned, or is refused", {
      hint: "Deploy the model again.",
    });
  const all = addresses.map((address) => ({ address, family: isIPv4(address) ? 4 : 6 }));
  const [first] = all;
  return (_name, { all: wantsAll }, answer) => {
    if (wantsAll === true) answer(null, all);
    else answer(null, first?.address ?? "", first?.family);
  };
}

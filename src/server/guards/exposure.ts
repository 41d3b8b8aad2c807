import type { Asked } from "./asked.ts";

export interface ExposureOptions {
  /** Whether this process itself speaks TLS. */
  readonly tls: boolean;
  /** Origin under which people open the console; null where that is loopback alone. */
  readonly publicUrl: string | null;
  /** Further names, without a port, under which it may be asked. Nobody signs in under these. */
  readonly allowedHosts: readonly string[];
  /** Whether the peer with this address is a proxy whose `X-Forwarded-*` is believed. */
  readonly trusts: (address: string) => boolean;
}

/** A loopback address or `localhost`, and the port. No page of another site has such an address, whatever its name resolves to. */
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::([1-9]\d{0,4}))?$/;

/** Under which names and from which origins the control plane may be asked: what DNS rebinding and forged requests fail on. */
export class Exposure {
  readonly tls: boolean;
  readonly trusts: (address: string) => boolean;
  readonly #public: URL | null;
  readonly #hosts: ReadonlySet<string>;

  constructor({ tls, publicUrl, allowedHosts, trusts }: ExposureOptions) {
    this.tls = tls;
    this.trusts = trusts;
    this.#public = publicUrl === null ? null : new URL(publicUrl);
    this.#hosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
  }

  /** `host`: in lower case, with a port unless it is the default. `port`: on which the connection came in. */
  knows(host: string, port: number): boolean {
    if (this.isPublic(host) || this.#hosts.has(host.replace(/:\d+$/, ""))) return true;
    const loopback = LOOPBACK.exec(host);
    return loopback !== null && Number(loopback[1] ?? (this.tls ? 443 : 80)) === port;
  }

  isPublic(host: string): boolean {
    if (this.#public === null) return false;
    const { host: name, hostname, port, protocol } = this.#public;
    return host === name || (port === "" && host === `${hostname}:${protocol === "https:" ? 443 : 80}`);
  }

  /** Whether a connection to the public name is encrypted between browser and whatever ends TLS. */
  get publicIsSecure(): boolean {
    return this.#public?.protocol === "https:";
  }

  /** The origin of the console for who asked so; null where nobody signs in under that name. */
  originOf({ host, secure }: Asked): string | null {
    if (this.#public !== null && this.isPublic(host)) return this.#public.origin;
    return LOOPBACK.test(host) ? `${secure ? "https" : "http"}://${host}` : null;
  }
}

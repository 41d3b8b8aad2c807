import { readFileSync } from "node:fs";
import { type GatewayOptions, LOOPBACK_NAMES } from "../gateway/index.ts";
import type { Configuration } from "./configuration/index.ts";

/** PEM. */
export interface Tls {
  readonly key: string;
  readonly cert: string;
}

/** Reads certificate and key that the configuration names; null where it names none. */
export function tlsOf({ tls }: Configuration): Tls | null {
  return tls === null ? null : { key: readFileSync(tls.key, "utf8"), cert: readFileSync(tls.certificate, "utf8") };
}

/** How the gateway is reached: under the public name of the installation, the names that were allowed, and those of this machine itself. */
export function gatewayOptionsOf({ gateway, timeouts, server }: Configuration, tls: Tls | null, report: (error: unknown) => void): GatewayOptions {
  const { drainMs, ...rest } = timeouts;
  const publicNames = server.publicUrl === null ? [] : [new URL(server.publicUrl).hostname];
  const allowed = [...server.allowedHosts, ...gateway.allowedHosts].map((host) => host.replace(/:\d+$/, ""));
  return {
    host: gateway.host,
    port: gateway.port,
    hosts: [...publicNames, ...allowed, ...LOOPBACK_NAMES],
    maxBodyBytes: gateway.maxBodyBytes,
    timeouts: rest,
    graceMs: drainMs,
    report,
    ...(tls === null ? {} : { tls }),
  };
}

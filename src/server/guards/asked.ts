import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { createMiddleware } from "hono/factory";
import type { ServerEnv } from "../parts.ts";
import { RequestError } from "./errors.ts";
import type { Exposure } from "./exposure.ts";

/** How a request reached us, proxies that are trusted taken into account. */
export interface Asked {
  /** Name and port that the client asked, in lower case. */
  readonly host: string;
  /** Whether the client's own connection is encrypted. */
  readonly secure: boolean;
  /** Address of the client. */
  readonly address: string;
}

const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::[1-9]\d{0,4})?$/;

/** Refuses what was asked under a foreign name (421): a page whose name was made to lead here is still a page of another site. */
export function asked(exposure: Exposure) {
  return createMiddleware<ServerEnv>(async (c, next) => {
    c.set("asked", askedOf(c.env.incoming, exposure));
    await next();
  });
}

/** Throws RequestError. */
export function askedOf(incoming: IncomingMessage, exposure: Exposure): Asked {
  if (incoming.url?.startsWith("/") !== true || countOf(incoming, "host") > 1)
    throw new RequestError("WB_REQUEST_FORM", "the target or the Host of the request is not one that a server takes", {
      hint: "Send the path alone as the target, and one Host header (RFC 9112 §3.2).",
    });
  const { remoteAddress = "", localPort = 0 } = incoming.socket;
  const peer = remoteAddress.replace(/^::ffff:(?=\d+\.)/, "");
  const isProxied = exposure.trusts(peer);
  const forwarded = (name: string) => (isProxied ? lastOf(incoming.headers[name]) : undefined);
  const host = (forwarded("x-forwarded-host") ?? incoming.headers.host ?? "").toLowerCase();
  if (!HOST.test(host) || !exposure.knows(host, localPort))
    throw new RequestError("WB_REQUEST_HOST", "this installation is not known under the name that was asked for", {
      hint: "Open it under its own address; if this name is to be one, set server.publicUrl or server.allowedHosts.",
    });
  const secure = exposure.tls || (exposure.isPublic(host) ? exposure.publicIsSecure : forwarded("x-forwarded-proto") === "https");
  return { host, secure, address: isProxied ? clientOf(peer, incoming.headers["x-forwarded-for"], exposure.trusts) : peer };
}

/** The nearest address that is no trusted proxy: whatever stands left of it may have been written by anybody. */
function clientOf(peer: string, header: string | string[] | undefined, trusts: Exposure["trusts"]): string {
  let client = peer;
  for (const entry of elementsOf(header).toReversed()) {
    const address = addressIn(entry);
    if (address === null) break;
    client = address;
    if (!trusts(address)) break;
  }
  return client;
}

/** Some proxies add the port. */
function addressIn(entry: string): string | null {
  const address = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/.exec(entry);
  const bare = address?.[1] ?? address?.[2] ?? entry;
  return isIP(bare) === 0 || bare.includes("%") ? null : bare.toLowerCase();
}

function lastOf(header: string | string[] | undefined): string | undefined {
  return elementsOf(header).at(-1)?.toLowerCase();
}

function elementsOf(header: string | string[] | undefined): readonly string[] {
  return (header ?? [])
    .toString()
    .split(",")
    .map((element) => element.trim())
    .filter((element) => element !== "");
}

/** Node keeps the first of several Host headers; a proxy in front may have looked at another. */
function countOf({ rawHeaders }: IncomingMessage, name: string): number {
  return rawHeaders.filter((header, index) => index % 2 === 0 && header.toLowerCase() === name).length;
}

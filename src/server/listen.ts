import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { ServerError } from "./errors.ts";
import type { ServerEnv } from "./parts.ts";

export interface ListenOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** PEM; null: plain HTTP. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
  readonly headersMs: number;
}

export interface Listening {
  /** Such as `http://127.0.0.1:8787`. */
  readonly address: string;
  /** Takes no more requests, lets those that run end within `graceMs`, then cuts them off. */
  close(graceMs: number): Promise<void>;
}

const MAX_HEADER_BYTES = 16 * 1024;

/** Serves an application over HTTP/1.1. Throws ServerError WB_SERVER_LISTEN. */
export async function listen(app: Hono<ServerEnv>, { host, port, tls, headersMs }: ListenOptions): Promise<Listening> {
  const settings = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: headersMs,
    requestTimeout: 0, // JSON bodies have a deadline of their own, and uploads a pace
    connectionsCheckingInterval: Math.min(1000, headersMs),
  };
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = tls === null ? createServer(settings, listener) : createTlsServer({ ...settings, ...tls, minVersion: "TLSv1.2" }, listener);
  await new Promise<void>((done, failed) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      failed(
        new ServerError("WB_SERVER_LISTEN", `console and API cannot listen on ${host}, port ${port} (${cause.code ?? cause.message})`, {
          hint: "Give another port (--port), or end what listens there.",
          cause,
        }),
      ),
    );
    server.listen(port, host, done);
  });
  return { address: addressOf(server, tls !== null), close: (graceMs) => close(server, graceMs) };
}

function addressOf(server: Server, isTls: boolean): string {
  const { address, port, family } = server.address() as AddressInfo; // it listens on TCP
  return `${isTls ? "https" : "http"}://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

async function close(server: Server, graceMs: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await new Promise<void>((done) => server.close(() => done()));
  clearTimeout(cut);
}

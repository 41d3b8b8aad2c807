import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Duplex } from "node:stream";
import { CLIENT_ERRORS, type ClientErrorCode } from "./client-errors.ts";
import type { GatewayOptions, GatewayTimeouts } from "./options.ts";
import { errorBody, refusal } from "./refusal.ts";
import { type Serving, serve } from "./serve.ts";

const MAX_HEADER_BYTES = 16 * 1024;

/** Node's HTTP server, as strict as it can be, and answering in our words also what it does not take for a request. */
export function httpServer(serving: Serving, { tls }: GatewayOptions, { headersMs, bodyMs }: GatewayTimeouts): Server {
  const settings = {
    insecureHTTPParser: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: headersMs,
    requestTimeout: headersMs + 2 * bodyMs, // bodies have a clock of their own
    connectionsCheckingInterval: Math.min(1000, headersMs),
    keepAliveTimeout: 30_000,
    noDelay: true,
    requireHostHeader: false, // refused by us, in words that clients understand
  };
  const server = tls === undefined ? createServer(settings) : createTlsServer({ ...settings, ...tls, minVersion: "TLSv1.2" });
  server.maxHeadersCount = 0; // none is thrown away unseen; too many are refused
  server.on("request", (request, response) => serve(serving, request, response, false));
  server.on("checkContinue", (request, response) => serve(serving, request, response, true));
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  server.on("connect", (_request, socket) => answerSocket(socket, "bad_request"));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const call = [...serving.calls].find(({ request }) => request.socket === socket); // in the middle of its body
    if (call === undefined) answerSocket(socket, codeOf(error));
    else if (isGone(error)) call.drop();
    else call.fail(refusal(codeOf(error), UNREADABLE));
  });
  return server;
}

function codeOf({ code }: NodeJS.ErrnoException): ClientErrorCode {
  if (code === "HPE_HEADER_OVERFLOW") return "headers_too_large";
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? "request_timeout" : "bad_request";
}

/** Whether the client ended the connection, and no more. */
function isGone({ code = "" }: NodeJS.ErrnoException): boolean {
  return code === "HPE_INVALID_EOF_STATE" || code === "ECONNRESET" || code === "EPIPE";
}

const UNREADABLE = "this is not a request that can be read";

/** Answers what is not a request that could be answered in the usual way, and ends the connection. */
function answerSocket(socket: Duplex & { readonly bytesWritten?: number }, code: ClientErrorCode): void {
  if (!socket.writable || socket.bytesWritten !== 0) {
    socket.end(() => socket.destroy()); // there is an answer, to this request or to one before it
    return;
  }
  const { status, title } = CLIENT_ERRORS[code];
  const id = `req_${randomUUID()}`;
  const body = errorBody(refusal(code, UNREADABLE), id);
  const headers = ["content-type: application/json", "cache-control: no-store", `x-request-id: ${id}`, `content-length: ${Buffer.byteLength(body)}`];
  const head = [`HTTP/1.1 ${status} ${title}`, ...headers, "connection: close"];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

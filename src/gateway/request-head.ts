import type { IncomingMessage } from "node:http";
import { DATA_CLASSES, type DataClass } from "../access/principal.ts";
import { type Refusal, refusal } from "./refusal.ts";

/** What counts of the headers of a request. Nothing else of them is looked at, and none is handed on. */
export interface RequestHead {
  readonly host: string;
  readonly bearer: string | null;
  readonly contentType: string | null;
  /** Null: not said, as with chunks. */
  readonly contentLength: number | null;
  readonly hasBody: boolean;
  readonly dataClass: DataClass | null;
  readonly badDataClass: boolean;
  /** Of a trace that the client is in (W3C Trace Context); null where there is none, or several. */
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

const MOST_HEADERS = 64;

/** Headers that are handed on as they are, and mean nothing to the gateway: two of one are as good as none. */
const TRACE = new Set(["traceparent", "tracestate"]);

/** Headers that two readers could disagree about if they came twice. */
const SINGLE = new Set([
  "host",
  "authorization",
  "content-length",
  "content-type",
  "content-encoding",
  "transfer-encoding",
  "connection",
  "expect",
  "x-weighbridge-data-class",
]);

/** Reads the headers in one pass, as they were sent. */
export function readHead({ rawHeaders, httpVersion }: Pick<IncomingMessage, "rawHeaders" | "httpVersion">): RequestHead | Refusal {
  if (rawHeaders.length > 2 * MOST_HEADERS) return refusal("headers_too_large", `more than ${MOST_HEADERS} headers`);
  const values = new Map<string, string>();
  const trace = new Map<string, string | null>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? "").toLowerCase();
    if (name === "upgrade") return refusal("bad_request", "this gateway speaks nothing but HTTP/1.1");
    if (TRACE.has(name)) trace.set(name, trace.has(name) ? null : (rawHeaders[i + 1] ?? ""));
    if (!SINGLE.has(name)) continue;
    if (values.has(name)) return refusal("bad_request", `the header ${name} stands there twice`);
    values.set(name, rawHeaders[i + 1] ?? "");
  }
  const host = values.get("host");
  if (host === undefined || httpVersion !== "1.1") return refusal("bad_request", "this gateway speaks HTTP/1.1, with a Host");
  const transfer = values.get("transfer-encoding");
  if (transfer !== undefined && transfer.toLowerCase() !== "chunked") return refusal("bad_request", "a body comes plain or in chunks");
  const length = values.get("content-length");
  if (transfer !== undefined && length !== undefined) return refusal("bad_request", "a body has a length or comes in chunks, not both");
  if (values.get("expect") !== undefined && values.get("expect")?.toLowerCase() !== "100-continue")
    return refusal("expectation_failed", "only 100-continue may be expected");
  if (values.has("content-encoding")) return refusal("unsupported_media_type", "a body comes uncompressed");
  const dataClass = values.get("x-weighbridge-data-class");
  return {
    host,
    bearer: bearerIn(values.get("authorization")),
    contentType: values.get("content-type") ?? null,
    contentLength: length === undefined ? null : Number(length), // digits alone: the parser saw to it
    hasBody: transfer !== undefined || (length !== undefined && length !== "0"),
    dataClass: isDataClass(dataClass) ? dataClass : null,
    badDataClass: dataClass !== undefined && !isDataClass(dataClass),
    traceparent: trace.get("traceparent") ?? null,
    tracestate: trace.get("tracestate") ?? null,
  };
}

/** RFC 6750 §2.1. Longer tokens than this nobody made. */
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]{1,512}=*)$/i;

function bearerIn(authorization: string | undefined): string | null {
  return authorization === undefined ? null : (BEARER.exec(authorization)?.[1] ?? null);
}

function isDataClass(text: string | undefined): text is DataClass {
  return (DATA_CLASSES as readonly (string | undefined)[]).includes(text); // asks for a text among texts
}

/** The name in `Host`, without port and in lower case; empty where it is none with a port. */
export function hostName(host: string): string {
  return HOST.exec(host)?.[1]?.toLowerCase() ?? "";
}

const HOST = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/i;

/** `application/json`, with whatever parameters. */
export function isJsonType(contentType: string | null): boolean {
  return contentType !== null && /^application\/json *(;|$)/i.test(contentType);
}

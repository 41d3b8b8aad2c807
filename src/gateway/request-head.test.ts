import { describe, expect, it } from "vitest";
import { hostName, isJsonType, readHead } from "./request-head.ts";
import { routeOf } from "./route.ts";

const head = (...rawHeaders: readonly string[]) => readHead({ rawHeaders: ["Host", "localhost", ...rawHeaders], httpVersion: "1.1" });

describe("readHead", () => {
  it("reads what counts, in whatever case it is written", () => {
    expect(
      head("AUTHORIZATION", "bearer abc.def", "Content-Type", "application/json", "content-length", "12", "X-Weighbridge-Data-Class", "public"),
    ).toEqual({
      host: "localhost",
      bearer: "abc.def",
      contentType: "application/json",
      contentLength: 12,
      hasBody: true,
      dataClass: "public",
      badDataClass: false,
      traceparent: null,
      tracestate: null,
    });
  });

  it("hands on a trace that the client is in, and none where it names two", () => {
    expect(head("traceparent", "00-a-b-01", "TraceState", "x=1")).toMatchObject({ traceparent: "00-a-b-01", tracestate: "x=1" });
    expect(head("traceparent", "00-a-b-01", "Traceparent", "00-c-d-01")).toMatchObject({ traceparent: null });
  });

  it.each(["Host", "Authorization", "Content-Length", "Content-Type", "Transfer-Encoding", "X-Weighbridge-Data-Class"])(
    "refuses two of %s",
    (name) => {
      expect(head(name, "1", name.toLowerCase(), "1")).toMatchObject({ code: "bad_request" });
    },
  );

  it.each([
    ["an upgrade", ["Upgrade", "websocket"], "bad_request"],
    ["two lengths", ["Transfer-Encoding", "chunked", "Content-Length", "5"], "bad_request"],
    ["a coding of the transfer", ["Transfer-Encoding", "gzip, chunked"], "bad_request"],
    ["an unknown expectation", ["Expect", "200-ok"], "expectation_failed"],
    ["a compressed body", ["Content-Encoding", "gzip"], "unsupported_media_type"],
    ["too many headers", Array.from({ length: 130 }, (_, i) => `x-${i}`), "headers_too_large"],
  ])("refuses %s", (_what, headers, code) => {
    expect(head(...headers)).toMatchObject({ code });
  });

  it("refuses HTTP/1.0, and no Host", () => {
    expect(readHead({ rawHeaders: ["Host", "localhost"], httpVersion: "1.0" })).toMatchObject({ code: "bad_request" });
    expect(readHead({ rawHeaders: [], httpVersion: "1.1" })).toMatchObject({ code: "bad_request" });
  });

  it.each(["", "abc", "Basic YTpi", "Bearer", "Bearer a b", "Bearer a\u00e9", `Bearer ${"a".repeat(513)}`, "Bearer =", "xBearer a"])(
    "takes %j for no token",
    (authorization) => {
      expect(head("Authorization", authorization)).toMatchObject({ bearer: null });
    },
  );

  it.each(["Public", "secret", "", "public,internal"])("remembers that %j is no data class", (text) => {
    expect(head("x-weighbridge-data-class", text)).toMatchObject({ dataClass: null, badDataClass: true });
  });
});

describe("hostName", () => {
  it.each([
    ["LocalHost:8080", "localhost"],
    ["127.0.0.1", "127.0.0.1"],
    ["[::1]:80", "[::1]"],
    ["evil.example#localhost", "evil.example#localhost"],
    ["localhost@evil.example", "localhost@evil.example"],
    ["", ""],
    ["localhost:80@evil.example", ""],
    ["localhost:evil.example/x", ""],
    ["[::1]evil.example", ""],
  ])("reads %s as %s", (host, name) => {
    expect(hostName(host)).toBe(name);
  });
});

describe("isJsonType", () => {
  it("takes application/json with parameters, and nothing like it", () => {
    expect(["application/json", "Application/JSON; charset=utf-8", "application/json ;x"].map(isJsonType)).toEqual([true, true, true]);
    expect([null, "", "text/plain", "application/jsonp", "application/json-patch+json", "x/application/json"].map(isJsonType)).toEqual(
      Array.from({ length: 6 }, () => false),
    );
  });
});

describe("routeOf", () => {
  it.each([
    ["POST", "/v1/chat/completions", { surface: "chat.completions", model: null }],
    ["POST", "/v1/embeddings", { surface: "embeddings", model: null }],
    ["GET", "/v1/models", { surface: "models", model: null }],
    ["GET", "/v1/models?", { surface: "models", model: null }],
    ["GET", "/v1/models/org/tiny:1", { surface: "models", model: "org/tiny:1" }],
    ["GET", "/v1/models/org%2Ftiny", { surface: "models", model: "org/tiny" }],
  ])("knows %s %s", (method, target, route) => {
    expect(routeOf(method, target)).toEqual(route);
  });

  it.each([
    ["GET", "/v1/chat/completions"],
    ["POST", "/v1/models"],
    ["DELETE", "/v1/models/tiny"],
    ["HEAD", "/v1/models"],
    ["OPTIONS", "/v1/models"],
    ["POST", "/v1/chat/completions?x=1"],
    ["GET", "/v1/models?reload=1"],
    ["POST", "/v1/chat/completions/"],
    ["POST", "//v1/chat/completions"],
    ["POST", "/v1//chat/completions"],
    ["POST", "/v1/./chat/completions"],
    ["POST", "/x/../v1/chat/completions"],
    ["POST", "/v1/chat%2Fcompletions"],
    ["POST", "/v1/chat/completion%73"],
    ["POST", "/V1/chat/completions"],
    ["POST", "http://localhost/v1/chat/completions"],
    ["POST", "*"],
    ["POST", ""],
    ["GET", "/v1/models/"],
    ["GET", "/v1/models/../x"],
    ["GET", "/v1/models/a/../b"],
    ["GET", "/v1/models/a/%2e%2e/b"],
    ["GET", "/v1/models/a//b"],
    ["GET", "/v1/models/%"],
    ["GET", "/v1/models/%00"],
    ["GET", "/v1/models/a%0d%0ab"],
  ])("does not know %s %s", (method, target) => {
    expect(routeOf(method, target)).toBe(null);
  });
});

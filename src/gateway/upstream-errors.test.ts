import { errors } from "undici";
import { describe, expect, it } from "vitest";
import { CLIENT_ERRORS } from "./client-errors.ts";
import { refusalOfFault, refusalOfStatus } from "./upstream-errors.ts";

describe("refusalOfStatus", () => {
  it.each([
    [400, "upstream_rejected", true],
    [422, "upstream_rejected", true],
    [401, "upstream_invalid", false],
    [403, "upstream_invalid", false],
    [404, "upstream_invalid", false],
    [302, "upstream_invalid", false],
    [204, "upstream_invalid", false],
    [429, "upstream_overloaded", true],
    [503, "upstream_overloaded", true],
    [500, "upstream_error", true],
    [504, "upstream_timeout", false],
  ])("takes %i for %s", (status, code, saysWhy) => {
    const { message, ...rest } = refusalOfStatus(status, { error: { message: "the very reason" } });
    expect({ code: rest.code, saysWhy: message.includes("the very reason") }).toEqual({ code, saysWhy });
    expect(rest.origin).toBe("upstream");
  });

  it.each([
    ["OpenAI, vLLM, llama.cpp", { error: { message: "why", code: 500 } }],
    ["TGI", { error: "why", error_type: "generation" }],
    ["old vLLM", { object: "error", message: "why" }],
    ["FastAPI", { detail: "why" }],
  ])("finds the reason where %s write it", (_who, body) => {
    expect(refusalOfStatus(500, body).message).toContain(": why");
  });

  it("hands on no control characters and no more than some lines", () => {
    const { message } = refusalOfStatus(500, { error: { message: `a\r\n\u001b[2J\u202eb\ud800${"x".repeat(1000)}` } });
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(message.isWellFormed()).toBe(true);
    expect(message.length).toBeLessThan(600);
  });
});

describe("refusalOfFault", () => {
  it.each([
    ["ECONNREFUSED", false, "upstream_unavailable"],
    ["UND_ERR_CONNECT_TIMEOUT", false, "upstream_unavailable"],
    ["UND_ERR_HEADERS_TIMEOUT", false, "upstream_timeout"],
    ["UND_ERR_BODY_TIMEOUT", true, "upstream_timeout"],
    ["UND_ERR_SOCKET", false, "upstream_unavailable"],
    ["UND_ERR_SOCKET", true, "upstream_cut"],
    ["UND_ERR_HEADERS_OVERFLOW", false, "upstream_invalid"],
  ])("takes %s (answering: %s) for %s", (code, wasAnswering, expected) => {
    expect(refusalOfFault(Object.assign(new Error("x"), { code }), wasAnswering).code).toBe(expected);
  });
});

describe("refusalOfFault of what is not HTTP", () => {
  it("knows undici's error, whose code is not always set", () => {
    expect(refusalOfFault(new errors.HTTPParserError("x"), false).code).toBe("upstream_invalid");
  });
});

describe("CLIENT_ERRORS", () => {
  it("has no refusal with a status that SDKs try again", () => {
    const retried = Object.entries(CLIENT_ERRORS).filter(
      ([, { status, retry }]) => [408, 409, 429].includes(status) || (status >= 500 && retry === "by-status"),
    );
    expect(retried.map(([code]) => code).toSorted()).toEqual([
      "budget_spent", // never again: a header says so
      "overloaded",
      "rate_limited",
      "request_timeout", // never again: a header says so
      "shutting_down",
      "too_many_failures", // never again: a header says so
      "upstream_cut",
      "upstream_error",
      "upstream_overloaded",
      "upstream_unavailable",
    ]);
  });
});

import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import { WeighbridgeError } from "../../errors.ts";
import { loadConfiguration } from "../configuration/index.ts";
import { logCall, logRequest } from "./log-requests.ts";
import { createLogger, type Logger } from "./logger.ts";

const NOON = new Date("2026-11-21T12:00:00Z");

function lines(act: (logger: Logger) => void, options: { readonly human?: boolean; readonly level?: "info" | "trace" } = {}): readonly string[] {
  const written: string[] = [];
  act(createLogger({ level: options.level ?? "info", human: options.human ?? false, now: () => NOON, write: (line) => void written.push(line) }));
  return written;
}

const TOKEN = `wbt_abcdefghijkl_${"aB3_".repeat(10)}xyz`;
const SESSION = `${"Zz9-".repeat(10)}abc`;

it("writes one JSON object a line, with time and level", () => {
  expect(lines((log) => log.warn({ port: 8787 }, "listening"))).toEqual([
    '{"level":"warn","time":"2026-11-21T12:00:00.000Z","port":8787,"msg":"listening"}\n',
  ]);
});

it("writes a line for a person where one is watching", () => {
  expect(lines((log) => log.info({ port: 8787, name: "two words" }, "listening"), { human: true })).toEqual([
    '12:00:00 INFO  listening port=8787 name="two words"\n',
  ]);
});

it("says nothing below its level", () => {
  expect(lines((log) => log.debug("quiet"))).toEqual([]);
});

it.each([
  ["our tokens, of which the id stays", `by ${TOKEN}.`, "by wbt_abcdefghijkl_[redacted]."],
  ["our links and sessions", `http://127.0.0.1:8787/sign-in#${SESSION}`, "http://127.0.0.1:8787/sign-in#[redacted]"],
  ["what begins behind a line break", `a\n${TOKEN}`, "a\nwbt_abcdefghijkl_[redacted]"],
  ["Authorization", "authorization: Bearer abc.def", "authorization: Bearer [redacted]"],
  ["Basic authorization", "Basic dXNlcjpwYXNz", "Basic [redacted]"],
  ["cookies", "Cookie: a=b; c=d", "Cookie: [redacted]"],
  ["session cookies", "__Host-weighbridge=abc;", "__Host-weighbridge=[redacted];"],
  ["JSON web tokens", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "[redacted]"],
  ["users in addresses", "https://ada:hunter2@example.org/x", "https://[redacted]@example.org/x"],
  ["codes in redirects", "/callback?code=abc&iss=x&state=def", "/callback?code=[redacted]&iss=x&state=[redacted]"],
  ["keys of services", "sk-proj-abcdefghijklmnop hf_abcdefghijklmnopqrst", "[redacted] [redacted]"],
  ["private keys", "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n.", "[redacted]\n."],
])("takes out %s, in a message, a member, a list and an error", (_, text, left) => {
  const [line = ""] = lines((log) => log.error({ at: { deep: [text] }, err: new Error(text) }, text));
  const { msg, at, err } = JSON.parse(line);
  expect([msg, at.deep[0], err.message]).toEqual([left, left, left]);
  expect(err.stack.startsWith(`Error: ${left}`)).toBe(true);
});

it.each([
  "sha256:511986a11df8a2ae0b3bd1c5d4b04ea2d6ff9bb7d3b7b0a2e2a3b9d9be5f4f2c",
  "req_a8dd4d4e-1111-4222-8333-444455556666",
  "a-name-of-a-model-that-is-forty-three-chars",
  "token:abcdefghijkl",
  "the basic idea of a cookie",
])("leaves what is no secret: %s", (text) => {
  expect(JSON.parse(lines((log) => log.info({ text }, "x"))[0] ?? "").text).toBe(text);
});

it("takes out what a name says is secret, whatever it looks like, and counts stay", () => {
  const headers = { Authorization: "x", "Set-Cookie": ["a"], "x-api-key": "y", accept: "text/html" };
  const [line = ""] = lines((log) =>
    log.child({ password: "p" }).info({ headers, client_secret: { a: 1 }, session: null, token: 12, tokens: 9 }, ""),
  );
  expect(JSON.parse(line)).toMatchObject({
    password: "[redacted]",
    headers: { Authorization: "[redacted]", "Set-Cookie": "[redacted]", "x-api-key": "[redacted]", accept: "text/html" },
    client_secret: "[redacted]",
    session: null,
    token: 12,
    tokens: 9,
  });
});

it("the client secret of a configuration does not get into a log with it", () => {
  const env = { WEIGHBRIDGE_OIDC_ISSUER: "https://x.org", WEIGHBRIDGE_OIDC_CLIENT_ID: "w", WEIGHBRIDGE_OIDC_CLIENT_SECRET: "hunter2" };
  const configuration = loadConfiguration({ file: { path: "/nowhere/config.yaml", required: false }, env, flags: {} });
  expect(lines((log) => log.info({ configuration, again: configuration.oidc?.clientSecret }, "started"))[0]).not.toContain("hunter2");
});

it("takes an error apart, with its code, its hint and what caused it", () => {
  const error = new WeighbridgeError("WB_X", "it broke", { hint: "Mend it.", cause: new TypeError("no") });
  expect(JSON.parse(lines((log) => log.error(error))[0] ?? "")).toMatchObject({
    msg: "it broke",
    err: { name: "WeighbridgeError", code: "WB_X", message: "it broke", hint: "Mend it.", cause: { name: "TypeError", message: "no" } },
  });
});

it("takes whatever it is given: bytes, loops, large numbers, what has no JSON", () => {
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  const [line = ""] = lines((log) => log.info({ bytes: Buffer.alloc(9), loop, big: 10n ** 20n, map: new Map(), when: new Date(Number.NaN) }, "x"));
  expect(JSON.parse(line)).toMatchObject({ bytes: "[9 bytes]", big: "100000000000000000000", map: "[object]", when: null });
  expect(line).toContain("[deeper]");
});

test.prop([fc.string({ unit: "binary" }), fc.boolean()])(
  "nothing that is logged ends a line, acts on a terminal or commands a CI runner",
  (text, human) => {
    const written = lines((log) => log.child({ child: text }).info({ text, [text]: 1, err: new Error(text) }, text), { human }).join("");
    expect(written.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/);
    expect(written).toMatch(/^(?!::)[^\n]*\n$/);
    if (!human) expect(() => JSON.parse(written)).not.toThrow();
  },
);

it.each(["\n::error::x", "\r\n{}", "\u001b]0;x\u0007", "##[group]x", "\u009b2J", "a\u202eb"])("forged lines stay inside their own: %j", (text) => {
  for (const human of [true, false]) {
    const written = lines((log) => log.warn({ text }, text), { human });
    expect(written).toHaveLength(1);
    expect(written[0]?.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]|##\[|^::/);
  }
});

it("a request is told without its query, an error of ours at any level", () => {
  const request = { request: "r1", method: "GET", url: "/api/x?code=abc#y", durationMs: 1.6, principal: "local:ada", address: "127.0.0.1" };
  const told = lines((log) => {
    logRequest(log, { ...request, status: 200 });
    logRequest(log, { ...request, status: 403, method: "BREW\n" });
    logRequest(log, { ...request, status: 500 });
  });
  expect(told.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: "info", msg: "request refused", path: "/api/x", method: "other", durationMs: 2 }),
    expect.objectContaining({ level: "error", msg: "request failed", path: "/api/x", method: "GET", status: 500 }),
  ]);
});

it("a call is told where it went wrong; all are told at debug", () => {
  const call = {
    kind: "call",
    at: NOON.toISOString(),
    request: "req_1",
    principal: "token:abc",
    team: null,
    deployment: "leaf",
    artifact: null,
    level: "declared",
    surface: "embeddings",
    dataClass: "public",
    decision: null,
    code: null,
    status: 200,
    streamed: false,
    inputTokens: 1,
    outputTokens: 2,
    usage: "upstream",
    durationMs: 3,
  } as const;
  const all = (log: Logger) => {
    for (const outcome of ["allowed", "refused", "limited", "failed", "abandoned"] as const) logCall(log, { ...call, outcome }, "tiny");
  };
  const levels = (written: readonly string[]) => written.map((line) => JSON.parse(line)).map(({ level, msg }) => `${level} ${msg}`);
  expect(levels(lines(all))).toEqual(["info call refused", "info call limited", "warn call failed"]);
  expect(levels(lines(all, { level: "trace" }))).toHaveLength(5);
  expect(lines(all)[2]).toBe(
    '{"level":"warn","time":"2026-11-21T12:00:00.000Z","request":"req_1","principal":"token:abc","deployment":"tiny","surface":"embeddings","code":null,"status":200,"durationMs":3,"streamed":false,"msg":"call failed"}\n',
  );
});

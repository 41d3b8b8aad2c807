import type { IncomingMessage } from "node:http";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { proxyTrust } from "../configuration/index.ts";
import { askedOf } from "./asked.ts";
import { Exposure, type ExposureOptions } from "./exposure.ts";

const exposed = (options: Partial<ExposureOptions> = {}) =>
  new Exposure({ tls: false, publicUrl: null, allowedHosts: [], trusts: () => false, ...options });

function incoming(headers: Readonly<Record<string, string>>, { peer = "127.0.0.1", url = "/", port = 8787 } = {}): IncomingMessage {
  const rawHeaders = Object.entries(headers).flat();
  return { url, headers, rawHeaders, socket: { remoteAddress: peer, localPort: port } } as unknown as IncomingMessage; // all that is read of it
}

const refusal = (code: string) => expect.objectContaining({ code });

describe("a name", () => {
  it.each(["127.0.0.1:8787", "localhost:8787", "LocalHost:8787", "[::1]:8787", "127.9.9.9:8787"])("%s is ours on the port that was asked", (host) => {
    expect(askedOf(incoming({ host }), exposed())).toEqual({ host: host.toLowerCase(), secure: false, address: "127.0.0.1" });
  });

  it.each([
    "",
    "localhost",
    "localhost:8788",
    "localhost:08787",
    "localhost:",
    "localhost.:8787",
    "x.localhost:8787",
    "evil.example:8787",
    "localhost:8787@evil.example",
    "evil.example/localhost:8787",
    "localhost:8787, evil.example",
    "[::ffff:127.0.0.1]:8787",
    "0.0.0.0:8787",
    "2130706433:8787",
    "127.1:8787",
    "localhost\u0000:8787",
  ])("%j is not", (host) => {
    expect(() => askedOf(incoming({ host }), exposed())).toThrow(refusal("WB_REQUEST_HOST"));
  });

  it("needs no port where it is the default one", () => {
    expect(askedOf(incoming({ host: "localhost" }, { port: 80 }), exposed()).host).toBe("localhost");
    expect(askedOf(incoming({ host: "localhost" }, { port: 443 }), exposed({ tls: true }))).toMatchObject({ host: "localhost", secure: true });
  });

  it("is ours when it is the public one or was allowed, and no other that looks like it", () => {
    const exposure = exposed({ publicUrl: "https://wb.example", allowedHosts: ["health.internal", "[2001:db8::9]"] });
    const known = ["wb.example", "wb.example:443", "health.internal", "health.internal:1234", "[2001:db8::9]", "[2001:db8::9]:9000"];
    expect(known.map((host) => askedOf(incoming({ host }), exposure).host)).toEqual(known);
    for (const host of ["wb.example:80", "x.wb.example", "wb.example.evil.example", "x.health.internal", "[2001:db8::8]:9000"])
      expect(() => askedOf(incoming({ host }), exposure)).toThrow(refusal("WB_REQUEST_HOST"));
  });

  test.prop([fc.domain(), fc.option(fc.integer({ min: 1, max: 65_535 }))])("that was not told to us is never ours", (domain, port) => {
    const host = port === null ? domain : `${domain}:${port}`;
    expect(() => askedOf(incoming({ host }), exposed({ publicUrl: "https://wb.test-of-ours" }))).toThrow(refusal("WB_REQUEST_HOST"));
  });
});

describe("what a proxy says", () => {
  const exposure = exposed({ publicUrl: "https://wb.example", allowedHosts: ["plain.example"], trusts: proxyTrust(["10.0.0.0/8", "::1"]) });
  const forwarded = (more: Readonly<Record<string, string>>, peer = "10.0.0.1") =>
    askedOf(incoming({ host: "inner:8787", ...more }, { peer }), exposure);

  it("is believed of those that are trusted, also when the address is written as IPv6", () => {
    const told = { "x-forwarded-host": "wb.example", "x-forwarded-for": "203.0.113.9" };
    for (const peer of ["10.0.0.1", "::ffff:10.0.0.1", "::1"])
      expect(forwarded(told, peer)).toEqual({ host: "wb.example", secure: true, address: "203.0.113.9" });
    expect(() => forwarded(told, "192.0.2.1")).toThrow(refusal("WB_REQUEST_HOST"));
  });

  it.each([
    ["203.0.113.9", "203.0.113.9"],
    ["1.1.1.1, 203.0.113.9", "203.0.113.9"],
    ["1.1.1.1, 203.0.113.9, 10.9.9.9, 10.0.0.2", "203.0.113.9"],
    ["203.0.113.9:4711", "203.0.113.9"],
    ["[2001:DB8::9]:4711", "2001:db8::9"],
    ["2001:db8::9", "2001:db8::9"],
    ["203.0.113.9, not an address", "10.0.0.1"],
    ["203.0.113.9, unknown, 10.0.0.2", "10.0.0.2"],
    ["fe80::1%eth0", "10.0.0.1"],
    ["x\r\nforged: line", "10.0.0.1"],
    ["", "10.0.0.1"],
    [" , ,", "10.0.0.1"],
  ])("of addresses as %j makes the client %s", (list, address) => {
    expect(forwarded({ "x-forwarded-host": "wb.example", "x-forwarded-for": list }).address).toBe(address);
  });

  it("of names counts as the last one says: what stands before may be the client's", () => {
    expect(forwarded({ "x-forwarded-host": "evil.example, wb.example" }).host).toBe("wb.example");
    expect(() => forwarded({ "x-forwarded-host": "wb.example, evil.example" })).toThrow(refusal("WB_REQUEST_HOST"));
  });

  it("of encryption counts for names whose scheme the configuration does not say", () => {
    const secure = (host: string, proto: string) => forwarded({ "x-forwarded-host": host, "x-forwarded-proto": proto }).secure;
    expect([secure("plain.example", "https"), secure("plain.example", "http"), secure("wb.example", "http")]).toEqual([true, false, true]);
  });
});

describe("the target of a request", () => {
  it.each(["http://127.0.0.1:8787/", "*", "", "127.0.0.1:443"])("as %j is refused", (url) => {
    expect(() => askedOf(incoming({ host: "127.0.0.1:8787" }, { url }), exposed())).toThrow(refusal("WB_REQUEST_FORM"));
  });
});

describe("the origin of the console", () => {
  it("is the public one, or the loopback name that was asked; further names have none", () => {
    const exposure = exposed({ publicUrl: "https://wb.example:8443", allowedHosts: ["lb.internal"] });
    const origins = ["wb.example:8443", "localhost:8787", "lb.internal"].map((host) => exposure.originOf({ host, secure: false, address: "" }));
    expect(origins).toEqual(["https://wb.example:8443", "http://localhost:8787", null]);
  });
});

import { describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "../json.ts";
import { privateKeyOf, signingKey } from "./ed25519.ts";
import {
  currentKey,
  fingerprintOf,
  firstTrust,
  isRotationOf,
  isValidAt,
  parseTrust,
  rotatedTrust,
  type Trust,
  trustBytes,
  trustJson,
} from "./trust.ts";

const key = (n: number) => signingKey(privateKeyOf(Buffer.alloc(32, n))).publicKey;
const FIRST = firstTrust("weighbridge.local/test", "vkey", key(1), "2026-01-01T00:00:00.000Z");
const SECOND = rotatedTrust(FIRST, key(2), "2026-02-01T00:00:00.000Z");
const THIRD = rotatedTrust(SECOND, key(3), "2026-03-01T00:00:00.000Z");

const whyOf = (value: unknown) => {
  const parsed = parseTrust(Buffer.from(canonicalJson(value as Json)));
  return parsed.kind === "broken" ? parsed.why : "parsed";
};

describe("rotation", () => {
  it("ends the old key where the new one begins, and names the document before", () => {
    expect(SECOND.ticketKeys.map(({ notBefore, notAfter }) => [notBefore, notAfter])).toEqual([
      ["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"],
      ["2026-02-01T00:00:00.000Z", null],
    ]);
    expect(SECOND.previous).toBe(fingerprintOf(FIRST));
    expect(currentKey(THIRD).keyid).toBe(key(3).keyId);
  });

  it("is one step, and touches nothing else", () => {
    expect([isRotationOf(FIRST, SECOND), isRotationOf(SECOND, THIRD)]).toEqual([true, true]);
    for (const other of [
      FIRST,
      THIRD,
      { ...SECOND, origin: "x" },
      { ...SECOND, logKey: "x" },
      { ...SECOND, previous: null },
      { ...SECOND, ticketKeys: SECOND.ticketKeys.slice(1) },
    ])
      expect(isRotationOf(FIRST, other)).toBe(false);
  });

  it("lets each key count from its first moment to just before its end", () => {
    const [old, fresh] = SECOND.ticketKeys;
    if (old === undefined || fresh === undefined) throw new Error("two keys");
    const moments = [
      "2025-12-31T23:59:59.999Z",
      "2026-01-01T00:00:00.000Z",
      "2026-01-31T23:59:59.999Z",
      "2026-02-01T00:00:00.000Z",
      "2099-01-01T00:00:00.000Z",
    ];
    expect(moments.map((moment) => isValidAt(old, moment))).toEqual([false, true, true, false, false]);
    expect(moments.map((moment) => isValidAt(fresh, moment))).toEqual([false, false, false, true, true]);
  });
});

describe("reading a trust file", () => {
  it("reads what was written, and no other text of it", () => {
    const parsed = parseTrust(trustBytes(THIRD));
    expect(parsed).toEqual({ kind: "parsed", value: THIRD });
    for (const text of [`${trustBytes(THIRD)}\n`, JSON.stringify(trustJson(THIRD), null, 2)])
      expect(parseTrust(Buffer.from(text)).kind).toBe("broken");
  });

  const [first, second] = SECOND.ticketKeys;
  it.each<[string, Partial<Record<keyof Trust, unknown>>, string]>([
    ["of another version", { schema: "weighbridge.trust/2" }, "schema is none of weighbridge.trust/1"],
    ["without a key", { ticketKeys: [] }, "the trust document has no ticket key"],
    [
      "with a gap between keys",
      { ticketKeys: [{ ...first, notAfter: "2026-01-31T00:00:00.000Z" }, second] },
      "the ticket keys do not follow each other without a gap",
    ],
    ["with two keys at once", { ticketKeys: [{ ...first, notAfter: null }, second] }, "the ticket keys do not follow each other without a gap"],
    ["whose last key has ended", { ticketKeys: [first] }, "the ticket keys do not follow each other without a gap"],
    ["with one key twice", { ticketKeys: [first, { ...first, notBefore: first?.notAfter, notAfter: null }] }, "a ticket key stands twice"],
    ["with a key id of another key", { ticketKeys: [first, { ...second, keyid: first?.keyid }] }, "keyid is not that of its key"],
    ["with a key of 31 bytes", { ticketKeys: [{ ...first, publicKey: Buffer.alloc(31).toString("base64") }] }, "publicKey is not 32 bytes in base64"],
    [
      "with a time that is none",
      { ticketKeys: [first, { ...second, notBefore: "2026-02-30T00:00:00.000Z" }] },
      "notBefore is no time like 2026-01-02T03:04:05.678Z",
    ],
    ["with an origin of two lines", { origin: "a\nb" }, "origin is empty or holds white space or +"],
    ["with a member too many", { extra: 1 } as object, 'the trust document has an unknown member "extra"'],
  ])("refuses one %s", (_, change, why) => {
    expect(whyOf({ ...trustJson(SECOND), ...change })).toBe(why);
  });
});

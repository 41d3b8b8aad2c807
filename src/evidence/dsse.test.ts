import { readFileSync } from "node:fs";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { fromBase64, toBase64 } from "./base64.ts";
import { envelopeText, parseEnvelope, preAuthenticationEncoding, signEnvelope, verifyEnvelope } from "./dsse.ts";
import { privateKeyOf, signingKey } from "./ed25519.ts";

interface Vector {
  readonly payloadType: string;
  readonly payload: string;
  readonly pae: string;
  readonly seed: string;
  readonly keyid: string;
  readonly sig: string;
}

const VECTORS: readonly Vector[] = JSON.parse(readFileSync(new URL("../../test/vectors/dsse/vectors.json", import.meta.url), "utf8"));
const KEY = signingKey(privateKeyOf(Buffer.alloc(32, 7)));
const OTHER = signingKey(privateKeyOf(Buffer.alloc(32, 8)));
const MAX = 48_000;

describe("the vectors that another implementation wrote", () => {
  it("has the encoding that the DSSE protocol prints as its example", () => {
    expect(preAuthenticationEncoding("http://example.com/HelloWorld", Buffer.from("hello world")).toString()).toBe(
      "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
    );
  });

  it.each(VECTORS)("encodes and signs $payloadType", ({ payloadType, payload, pae, seed, keyid, sig }) => {
    const bytes = Buffer.from(payload, "base64");
    expect(toBase64(preAuthenticationEncoding(payloadType, bytes))).toBe(pae);
    const key = signingKey(privateKeyOf(Buffer.from(seed, "hex")));
    expect(JSON.parse(envelopeText(signEnvelope(payloadType, bytes, key)))).toEqual({ payload, payloadType, signatures: [{ keyid, sig }] });
  });
});

describe("reading an envelope", () => {
  const envelope = signEnvelope("text/plain", Buffer.from("hi"), KEY);
  const text = envelopeText(envelope);
  const whyOf = (changed: string) => {
    const parsed = parseEnvelope(Buffer.from(changed), MAX);
    return parsed.kind === "broken" ? parsed.why : "parsed";
  };

  it("reads what it wrote", () => {
    const parsed = parseEnvelope(Buffer.from(text), MAX);
    expect(parsed.kind === "parsed" && verifyEnvelope(parsed.value, [OTHER.publicKey, KEY.publicKey])).toEqual({
      kind: "verified",
      by: [KEY.publicKey],
    });
  });

  it.each([
    ["white space", text.replace(",", ", "), "the envelope is not in its canonical form"],
    ["a duplicate member", text.replace("{", '{"payload":"AAAA",'), "the envelope is not in its canonical form"],
    ["base64 with set padding bits", text.replace('"aGk="', '"aGl="'), "payload is not canonical base64"],
    ["base64 of the URL alphabet", text.replace('"aGk="', '"_-8="'), "payload is not canonical base64"],
    ["base64 without padding", text.replace('"aGk="', '"aGk"'), "payload is not canonical base64"],
    ["an unknown member", text.replace("{", '{"extra":1,'), 'the envelope has an unknown member "extra"'],
    ["no signature", text.replace(/"signatures":\[.*\]/, '"signatures":[]'), "the envelope has no signature"],
    ["seventeen signatures", JSON.stringify({ ...JSON.parse(text), signatures: Array(17).fill({}) }), "signatures has 17 items; at most 16 are read"],
    ["a payload that is no text", text.replace('"aGk="', "1"), "payload is no text"],
    ["something else", "[]", "the envelope is no object"],
    ["nothing", "", "not JSON in UTF-8"],
  ])("refuses %s", (_, changed, why) => {
    expect(whyOf(changed)).toBe(why);
  });

  it("refuses a payload over the bound", () => {
    expect(parseEnvelope(Buffer.from(envelopeText(signEnvelope("t", Buffer.alloc(31), KEY))), 30).kind).toBe("broken");
  });
});

describe("verifying an envelope", () => {
  const message = preAuthenticationEncoding("t", Buffer.from("x"));
  const by = (...keys: (typeof KEY)[]) => ({
    payloadType: "t",
    payload: Buffer.from("x"),
    signatures: keys.map((key) => ({ keyId: key.keyId, signature: key.sign(message) })),
  });

  it("ignores signatures of unknown keys, and says which known keys signed", () => {
    expect(verifyEnvelope(by(OTHER, KEY), [KEY.publicKey])).toEqual({ kind: "verified", by: [KEY.publicKey] });
    expect(verifyEnvelope(by(OTHER), [KEY.publicKey])).toEqual({ kind: "rejected", why: "unknown-key" });
  });

  it("refuses an envelope on which one known key's signature is wrong", () => {
    const envelope = by(OTHER, KEY);
    const signatures = [...envelope.signatures, { keyId: KEY.keyId, signature: OTHER.sign(message) }];
    expect(verifyEnvelope({ ...envelope, signatures }, [KEY.publicKey, OTHER.publicKey])).toEqual({ kind: "rejected", why: "bad-signature" });
  });

  it("refuses a payload under another type: the type is signed", () => {
    expect(verifyEnvelope({ ...by(KEY), payloadType: "u" }, [KEY.publicKey])).toEqual({ kind: "rejected", why: "bad-signature" });
  });
});

test.prop([fc.string(), fc.uint8Array({ maxLength: 300 })], { numRuns: 200 })("any payload survives the round trip", (payloadType, payload) => {
  fc.pre(payloadType.length <= 200 && payloadType.isWellFormed());
  const envelope = signEnvelope(payloadType, payload, KEY);
  const parsed = parseEnvelope(Buffer.from(envelopeText(envelope)), MAX);
  expect(parsed.kind === "parsed" && Buffer.from(parsed.value.payload).equals(payload)).toBe(true);
  expect(parsed.kind === "parsed" && verifyEnvelope(parsed.value, [KEY.publicKey]).kind).toBe("verified");
});

test.prop([fc.string()], { numRuns: 300 })("a text is read as base64 only when it is the one that is written", (text) => {
  const bytes = fromBase64(text);
  expect(bytes === null || toBase64(bytes) === text).toBe(true);
});

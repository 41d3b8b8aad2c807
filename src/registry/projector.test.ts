import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import { envelopeText, signEnvelope } from "../evidence/dsse.ts";
import { privateKeyOf, type SigningKey, signingKey } from "../evidence/ed25519.ts";
import { PREDICATE } from "../evidence/predicate-types.ts";
import { fingerprintOf, firstTrust, rotatedTrust, type Trust, trustJson } from "../evidence/trust.ts";
import { canonicalJson, type Json } from "../json.ts";
import type { Projector } from "../log/log.ts";
import { entryBytes } from "./entries.ts";
import { registryProjector, trustInForce } from "./projector.ts";

const OLD = signingKey(privateKeyOf(Buffer.alloc(32, 1)));
const NEW = signingKey(privateKeyOf(Buffer.alloc(32, 2)));
const TRUST = firstTrust("weighbridge.local/test", "vkey", OLD.publicKey, "2026-01-01T00:00:00.000Z");
const NEXT = rotatedTrust(TRUST, NEW.publicKey, "2026-02-01T00:00:00.000Z");
const PRINCIPAL = digestOf("principal");

let db: DatabaseSync;
let projector: Projector;
let size: number;

beforeEach(() => {
  db = new DatabaseSync(":memory:");
  projector = registryProjector("/nonexistent");
  projector.createViews?.(db);
  size = 0;
});

function project(entry: Uint8Array): string {
  try {
    projector.project(db, size, entry, String(size).padStart(64, "0"));
    size++;
    return "taken";
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^entry \d+ is not admitted to the log: /, "") : "";
  }
}

const trustEntry = (kind: "genesis" | "rotation", trust: Trust, key: SigningKey) =>
  entryBytes({ subject: fingerprintOf(trust), predicateType: PREDICATE[kind], predicate: trustJson(trust) }, key);
const policyEntry = (at: string, key: SigningKey) =>
  entryBytes({ subject: digestOf(at), predicateType: PREDICATE.policySet, predicate: { at, principal: PRINCIPAL } }, key);

describe("the log's rules for entries", () => {
  it("takes the genesis first, once, and signed by its own key", () => {
    expect(project(policyEntry("2026-01-02T00:00:00.000Z", OLD))).toBe("the genesis is the first entry, and no other is");
    expect(project(trustEntry("genesis", TRUST, NEW))).toBe("it is not signed by the current ticket key");
    expect(project(trustEntry("genesis", NEXT, NEW))).toBe("it is no successor of the trust document in force");
    const misnamed = entryBytes({ subject: digestOf("other"), predicateType: PREDICATE.genesis, predicate: trustJson(TRUST) }, OLD);
    expect(project(misnamed)).toBe("its subject is not the fingerprint of its trust document");
    expect(project(trustEntry("genesis", TRUST, OLD))).toBe("taken");
    expect(project(trustEntry("genesis", TRUST, OLD))).toBe("the genesis is the first entry, and no other is");
    expect(trustInForce(db)).toEqual(TRUST);
  });

  it("takes entries of the current key alone, at moments when it counts", () => {
    project(trustEntry("genesis", TRUST, OLD));
    expect(project(policyEntry("2025-12-31T23:59:59.999Z", OLD))).toBe(
      "it speaks of 2025-12-31T23:59:59.999Z, before its key counts (2026-01-01T00:00:00.000Z)",
    );
    expect(project(policyEntry("2026-01-02T00:00:00.000Z", NEW))).toBe("it is not signed by the current ticket key");
    expect(project(policyEntry("2026-01-02T00:00:00.000Z", OLD))).toBe("taken");
    expect(project(trustEntry("rotation", NEXT, OLD))).toBe("taken");
    expect(project(policyEntry("2026-02-02T00:00:00.000Z", OLD))).toBe("it is not signed by the current ticket key");
    expect(project(policyEntry("2026-02-02T00:00:00.000Z", NEW))).toBe("taken");
    expect(project(policyEntry("2026-02-02T00:00:00.000Z", NEW))).toBe("this policy set decides already");
  });

  it("takes a rotation that the old key signed, that changes nothing else, and that begins after all the old key said", () => {
    project(trustEntry("genesis", TRUST, OLD));
    expect(project(trustEntry("rotation", NEXT, NEW))).toBe("it is not signed by the current ticket key");
    const successor = "it is no successor of the trust document in force";
    for (const change of [{ origin: "weighbridge.local/other" }, { logKey: "another" }, { previous: null }])
      expect(project(trustEntry("rotation", { ...NEXT, ...change }, OLD))).toBe(successor);
    project(policyEntry("2026-02-01T00:00:00.000Z", OLD));
    expect(project(trustEntry("rotation", NEXT, OLD))).toBe("the new key would begin before the last act of the old one (2026-02-01T00:00:00.000Z)");
  });

  it("takes statements of its own kinds, in their own form", () => {
    project(trustEntry("genesis", TRUST, OLD));
    const entry = (predicateType: string, predicate: Json) => entryBytes({ subject: digestOf("x"), predicateType, predicate }, OLD);
    expect(project(entry("https://example.com/other", {}))).toBe("the statement is of a kind that no entry has");
    expect(project(entry(PREDICATE.examination, {}))).toBe("the statement is of a kind that no entry has");
    expect(project(entry(PREDICATE.policySet, { at: "yesterday", principal: PRINCIPAL }))).toBe("at is no time like 2026-01-02T03:04:05.678Z");
    expect(project(entry(PREDICATE.alias, { at: "2026-01-02T00:00:00.000Z", principal: PRINCIPAL, alias: "a name in clear" }))).toBe(
      "alias is no sha256: digest",
    );
    expect(
      project(entry(PREDICATE.revocation, { effect: "revoke", at: "2026-01-02T00:00:00.000Z", reason: PRINCIPAL, principal: PRINCIPAL, note: "x" })),
    ).toBe('the revocation has an unknown member "note"');
    expect(project(Buffer.from("not an entry"))).toBe("not JSON in UTF-8");
    expect(project(Buffer.from(envelopeText(signEnvelope("text/plain", Buffer.from("hi"), OLD))))).toBe("the payload is no in-toto statement");
    const twoSubjects = JSON.parse('{"_type":"https://in-toto.io/Statement/v1","predicate":{},"predicateType":"t","subject":[{},{}]}');
    const signed = signEnvelope("application/vnd.in-toto+json", Buffer.from(canonicalJson(twoSubjects)), OLD);
    expect(project(Buffer.from(envelopeText(signed)))).toBe("subject has 2 items; at most 1 are read");
    expect(project(Buffer.from(envelopeText({ ...signed, signatures: [...signed.signatures, ...signed.signatures] })))).toBe(
      "an entry has exactly one signature",
    );
  });

  it("marks what is named and not there", () => {
    project(trustEntry("genesis", TRUST, OLD));
    project(policyEntry("2026-01-02T00:00:00.000Z", OLD));
    expect(db.prepare("SELECT blobs FROM view_policy_sets").all()).toEqual([{ blobs: "evidence-missing" }]);
  });
});

it("refuses to make an entry that the log could not take", () => {
  const reasons = Array.from({ length: 700 }, () => ({ policy: "p".repeat(60), effect: "permit" }));
  expect(() => entryBytes({ subject: digestOf("x"), predicateType: PREDICATE.admission, predicate: { reasons } }, OLD)).toThrow(/at most 48000/);
});

import { readFileSync } from "node:fs";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { Digest } from "../digest.ts";
import { privateKeyOf, signingKey } from "../evidence/ed25519.ts";
import { fingerprintOf, isRotationOf, parseTrust, type Trust } from "../evidence/trust.ts";
import { entryBytes, parseEntry } from "./entries.ts";
import { parseTicket, ticketBytes } from "./ticket.ts";
import { verifyTicket } from "./verify-ticket.ts";

const vector = (name: string) => readFileSync(new URL(`../../test/vectors/ticket/${name}`, import.meta.url));
const KEYS: {
  readonly ticket: string;
  readonly artifact: Digest;
  readonly laterArtifact: Digest;
  readonly fingerprints: readonly Digest[];
  readonly leaves: readonly string[];
  readonly entries: readonly string[];
} = JSON.parse(vector("keys.json").toString());
const TRUST = trustIn("trust.json");
const FIRST = trustIn("trust-first.json");
const TICKET = vector("ticket.json");

function trustIn(name: string): Trust {
  const parsed = parseTrust(vector(name));
  if (parsed.kind === "broken") throw new Error(parsed.why);
  return parsed.value;
}

const whyOf = (bytes: Uint8Array, trust = TRUST, artifact: Digest | undefined = undefined) => {
  const answer = verifyTicket(bytes, trust, artifact);
  return answer.kind === "authentic" ? "authentic" : answer.why;
};

describe("the vectors that another implementation wrote", () => {
  it("accepts the ticket, and says what is in it", () => {
    expect(verifyTicket(TICKET, TRUST, KEYS.artifact)).toMatchObject({
      kind: "authentic",
      ticket: {
        origin: "weighbridge.local/vectors",
        index: 2,
        leaf: KEYS.leaves[2],
        artifact: KEYS.artifact,
        notAfter: "2026-04-02T03:04:05.678Z",
        keyId: TRUST.ticketKeys[0]?.keyid,
        admission: { outcome: "allow", reasons: [{ policy: "permit-examined", effect: "permit" }] },
      },
    });
  });

  it("accepts tickets of the old key and of the new one with the rotated trust file, and the old one's with the first", () => {
    expect(whyOf(vector("ticket-after-rotation.json"), TRUST, KEYS.laterArtifact)).toBe("authentic");
    expect(whyOf(TICKET, FIRST)).toBe("authentic");
    expect(whyOf(vector("ticket-after-rotation.json"), FIRST)).toBe("unknown-key");
  });

  it("has the fingerprints of both trust files", () => {
    expect([FIRST, TRUST].map(fingerprintOf)).toEqual(KEYS.fingerprints);
    expect(isRotationOf(FIRST, TRUST)).toBe(true);
    expect(isRotationOf(TRUST, FIRST)).toBe(false);
  });

  it("reads every entry, and writes the same bytes again", () => {
    const kinds = KEYS.entries.map((text) => {
      const entry = parseEntry(Buffer.from(text));
      return entry.kind === "parsed" ? entry.value.kind : entry.why;
    });
    expect(kinds).toEqual(["genesis", "policySet", "admission", "admission", "rotation", "admission"]);
    const key = signingKey(privateKeyOf(Buffer.from(KEYS.ticket, "hex")));
    const [genesis] = KEYS.entries;
    const predicateType = "https://weighbridge.dev/genesis/v1";
    expect(
      entryBytes({ subject: fingerprintOf(FIRST), predicateType, predicate: JSON.parse(vector("trust-first.json").toString()) }, key).toString(),
    ).toBe(genesis);
    const parsed = parseTicket(TICKET);
    expect(parsed.kind === "parsed" && ticketBytes(parsed.value)).toEqual(TICKET);
  });
});

describe("what is refused", () => {
  it("says when the bytes at hand are others", () => {
    expect(whyOf(TICKET, TRUST, KEYS.laterArtifact)).toBe("other-artifact");
  });

  it("knows a hold and a policy set from an allow, though both are signed and logged", () => {
    expect(whyOf(vector("not-a-ticket-hold.json"))).toBe("no-admission");
    expect(whyOf(vector("not-a-ticket-policy-set.json"))).toBe("no-admission");
  });

  it("refuses the trust file of another installation, and of another log with the same name", () => {
    expect(whyOf(TICKET, { ...TRUST, origin: "weighbridge.local/other" })).toBe("other-issuer");
    expect(whyOf(TICKET, { ...TRUST, logKey: TRUST.logKey.replace("vectors", "victims") })).toBe("bad-checkpoint");
    const otherLog = "weighbridge.local/vectors+852cbb9f+Ad6QzYagPwghQQh4h4Xik8oSXSbULGpj/pUTm29zv+VM";
    expect(whyOf(TICKET, { ...TRUST, logKey: otherLog })).toBe("bad-checkpoint");
    const [, second] = TRUST.ticketKeys;
    if (second === undefined) throw new Error("the vectors have two keys");
    expect(whyOf(TICKET, { ...TRUST, ticketKeys: [second] })).toBe("unknown-key");
  });

  it("refuses a statement of a moment when its key did not count", () => {
    const [old] = TRUST.ticketKeys;
    if (old === undefined) throw new Error("the vectors have two keys");
    for (const changed of [
      { ...old, notBefore: "2026-01-03T00:00:00.000Z" },
      { ...old, notAfter: "2026-01-02T03:04:05.678Z" },
    ])
      expect(whyOf(TICKET, { ...TRUST, ticketKeys: [changed] })).toBe("key-not-valid-then");
  });

  it("refuses another entry's proof, index or envelope", () => {
    const parsed = parseTicket(TICKET);
    const later = parseTicket(vector("ticket-after-rotation.json"));
    if (parsed.kind === "broken" || later.kind === "broken") throw new Error("the vectors are tickets");
    const ticket = parsed.value;
    expect(whyOf(ticketBytes({ ...ticket, index: 3 }))).toBe("not-in-log");
    expect(whyOf(ticketBytes({ ...ticket, proof: ticket.proof.slice(1) }))).toBe("not-in-log");
    expect(whyOf(ticketBytes({ ...ticket, proof: later.value.proof, index: 5 }))).toBe("not-in-log");
    expect(whyOf(ticketBytes({ ...ticket, envelope: later.value.envelope }))).toBe("not-in-log");
    const [signature] = ticket.envelope.signatures;
    if (signature === undefined) throw new Error("a ticket has a signature");
    const stranger = { keyId: "a stranger", signature: Buffer.alloc(64) };
    expect(whyOf(ticketBytes({ ...ticket, envelope: { ...ticket.envelope, signatures: [signature, stranger] } }))).toBe("malformed");
  });

  it("refuses any other text of the same JSON", () => {
    const text = TICKET.toString();
    const others = [
      text.trimEnd(),
      `${text}\n`,
      `\ufeff${text}`,
      text.replace(",", ", "),
      text.replace('"index":2', '"index":2.0'),
      JSON.stringify(JSON.parse(text)),
    ];
    for (const other of others) expect(whyOf(Buffer.from(other))).toBe("malformed");
    expect(whyOf(Buffer.from(text.replace("{", '{"index":2,')))).toBe("malformed");
  });
});

it("refuses tickets with one bit changed, every seventh bit tried", () => {
  const changed = Buffer.from(TICKET);
  for (let bit = 0; bit < changed.length * 8; bit += 7) {
    const at = bit >> 3;
    changed[at] = (TICKET[at] ?? 0) ^ (1 << (bit & 7));
    expect(verifyTicket(changed, TRUST).kind, `bit ${bit}`).toBe("not-authentic");
    changed[at] = TICKET[at] ?? 0;
  }
});

test.prop([fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 })], { numRuns: 300 })(
  "refuses tickets with bytes changed",
  (edits) => {
    const changed = Buffer.from(TICKET);
    for (const [at, mask] of edits) changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ mask;
    fc.pre(!changed.equals(TICKET));
    expect(verifyTicket(changed, TRUST).kind).toBe("not-authentic");
  },
);

test.prop(
  [
    fc.oneof(
      fc.json().map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 500 }),
    ),
  ],
  { numRuns: 300 },
)("answers anything", (bytes) => {
  expect(verifyTicket(bytes, TRUST).kind).toBe("not-authentic");
  expect(parseTrust(bytes).kind).toBe("broken");
});

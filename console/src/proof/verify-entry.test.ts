import { expect, it } from "vitest";
import ticket from "../../../test/vectors/ticket/ticket.json" with { type: "json" };
import trusted from "../../../test/vectors/ticket/trust.json" with { type: "json" };
import first from "../../../test/vectors/ticket/trust-first.json" with { type: "json" };
import type { LogEntry } from "../api/types.ts";
import { toBase64, toHex, utf8 } from "./bytes.ts";
import { parseTrust } from "./envelope.ts";
import { leafHash } from "./merkle.ts";
import { type Expected, verifyEntry } from "./verify-entry.ts";

const { payload, payloadType, signatures } = ticket.envelope;
const BYTES = utf8(JSON.stringify({ payload, payloadType, signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig })) }));
const SUBJECT: string = JSON.parse(atob(payload)).subject[0].name;

const ENTRY: LogEntry = {
  index: ticket.index,
  leaf: toHex(await leafHash(BYTES)),
  kind: "admission",
  subject: SUBJECT,
  at: "2026-01-02T03:04:05.678Z",
  entry: toBase64(BYTES),
  statement: {},
  keyId: "",
  proof: ticket.proof,
  checkpoint: ticket.checkpoint,
  logKey: trusted.logKey,
};
const EXPECTED: Expected = {
  index: ENTRY.index,
  leaf: ENTRY.leaf,
  subject: SUBJECT,
  predicateType: "https://weighbridge.dev/admission/v1",
  outcome: "allow",
};

/** The vectors are in the order of canonical JSON. */
function trustOf(document: unknown) {
  return parseTrust(utf8(JSON.stringify(sorted(document))));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}

const trust = await trustOf(trusted);
const fingerprint = trust?.fingerprint ?? "";

async function failing(entry: LogEntry, expected: Expected = EXPECTED): Promise<readonly string[]> {
  const { checks } = await verifyEntry(entry, expected, { trust, fingerprint });
  return checks.filter(({ state }) => state === "failed").map(({ id }) => id);
}

it("verifies an entry that another program wrote, and decodes what it says", async () => {
  const report = await verifyEntry(ENTRY, EXPECTED, { trust, fingerprint });
  expect(report.checks.map(({ id, state }) => `${id} ${state}`)).toEqual([
    "leaf verified",
    "inclusion verified",
    "checkpoint verified",
    "signature verified",
    "trust verified",
    "subject verified",
  ]);
  expect(report).toMatchObject({ outcome: "verified", statement: { subject: SUBJECT, predicate: { outcome: "allow" } } });
});

it("has the fingerprint that the next trust document names", async () => {
  expect((await trustOf(first))?.fingerprint).toBe(trusted.previous);
});

it("fails for any changed byte of the entry", async () => {
  for (let at = 0; at < BYTES.length; at += 37) {
    const bytes = BYTES.slice();
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const failed = await failing({ ...ENTRY, entry: toBase64(bytes) });
    expect(failed).toEqual(expect.arrayContaining(["leaf", "inclusion"]));
    expect(failed.includes("signature") || failed.includes("subject")).toBe(true);
  }
});

it("fails for bytes that say the same in another way", async () => {
  const spaced = utf8(JSON.stringify(JSON.parse(new TextDecoder().decode(BYTES)), null, 1));
  const { statement, checks } = await verifyEntry({ ...ENTRY, entry: toBase64(spaced) }, EXPECTED, { trust, fingerprint });
  expect(statement).toBeNull();
  expect(checks.find(({ id }) => id === "signature")?.state).toBe("failed");
});

it.each([
  ["another hash in the proof", { proof: [ticket.proof[1] ?? "", ...ticket.proof.slice(1)] }, ["inclusion"]],
  ["a hash that is left out", { proof: ticket.proof.slice(1) }, ["inclusion"]],
  ["a hash that is no base64", { proof: ["?", ...ticket.proof.slice(1)] }, ["inclusion"]],
  ["another root", { checkpoint: ticket.checkpoint.replace("P82b", "Q82b") }, ["inclusion", "checkpoint"]],
  ["another signature", { checkpoint: ticket.checkpoint.replace("xooc3ZBA", "xooc3ZBB") }, ["checkpoint"]],
  ["another log key", { logKey: first.logKey.replace("vectors+", "elsewhere+") }, ["checkpoint", "trust"]],
  ["another index than it has", { index: ENTRY.index + 1 }, ["leaf"]],
  ["another leaf than the page knows", { leaf: "00".repeat(32) }, ["leaf"]],
  ["no checkpoint", { checkpoint: "" }, ["inclusion", "checkpoint"]],
] as const)("fails for %s, and says which check", async (_, change, expected) => {
  expect(await failing({ ...ENTRY, ...change, proof: [...("proof" in change ? change.proof : ENTRY.proof)] })).toEqual(expected);
});

it.each([
  ["another artifact", { subject: `sha256:${"00".repeat(32)}` }],
  ["another kind of entry", { predicateType: "https://weighbridge.dev/approval/v1" }],
])("fails where it is about %s", async (_, change) => expect(await failing(ENTRY, { ...EXPECTED, ...change })).toEqual(["subject"]));

it("fails where the page asked for another entry", async () => {
  expect(await failing(ENTRY, { ...EXPECTED, index: 3 })).toEqual(["leaf", "inclusion"]);
});

it("fails where the trust document has another fingerprint", async () => {
  const { checks } = await verifyEntry(ENTRY, EXPECTED, { trust: await trustOf(first), fingerprint });
  expect(checks.find(({ id }) => id === "trust")?.state).toBe("failed");
});

it("fails where the trust document does not know the key", async () => {
  const unknown = await trustOf({ ...trusted, ticketKeys: trusted.ticketKeys.slice(1) });
  const { checks } = await verifyEntry(ENTRY, EXPECTED, { trust: unknown, fingerprint: unknown?.fingerprint ?? "" });
  expect(checks.find(({ id }) => id === "signature")).toMatchObject({ state: "failed", detail: expect.stringContaining("does not know") });
});

it("says what it could not check, and never takes that for verified", async () => {
  const report = await verifyEntry(ENTRY, EXPECTED, { trust: null, fingerprint });
  expect(report.outcome).toBe("partly");
  expect(report.checks.filter(({ state }) => state === "not-checked").map(({ id }) => id)).toEqual(["signature", "trust"]);
});

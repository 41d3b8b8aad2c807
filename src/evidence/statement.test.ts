import { describe, expect, it } from "vitest";
import { digestOf, hexOf } from "../digest.ts";
import { canonicalJson } from "../json.ts";
import type { Examination } from "../scan/examination.ts";
import { parseAdmission } from "./admission.ts";
import { examinationStatement } from "./examination.ts";
import { parseStatement, statementBytes } from "./statement.ts";

const SUBJECT = digestOf("artifact");

describe("a statement", () => {
  const bytes = statementBytes({ subject: SUBJECT, predicateType: "https://example.com/p/v1", predicate: { b: 1, a: [] } });

  it("names its subject by nothing but the digest", () => {
    expect(bytes.toString()).toBe(
      `{"_type":"https://in-toto.io/Statement/v1","predicate":{"a":[],"b":1},"predicateType":"https://example.com/p/v1","subject":[{"digest":{"sha256":"${hexOf(SUBJECT)}"},"name":"${SUBJECT}"}]}`,
    );
    expect(parseStatement(bytes, 1000)).toEqual({
      kind: "parsed",
      value: { subject: SUBJECT, predicateType: "https://example.com/p/v1", predicate: { a: [], b: 1 } },
    });
  });

  const whole = JSON.parse(bytes.toString());
  const [subject] = whole.subject;
  it.each([
    ["of another type", { _type: "https://in-toto.io/Statement/v0.1" }, "_type is none of https://in-toto.io/Statement/v1"],
    ["about nothing", { subject: [] }, "the statement has not exactly one subject"],
    ["about two things", { subject: [subject, subject] }, "subject has 2 items; at most 1 are read"],
    ["that names its subject", { subject: [{ ...subject, name: "a model" }] }, "the subject is not named by its digest"],
    [
      "with two digests of its subject",
      { subject: [{ ...subject, digest: { ...subject.digest, sha512: "00" } }] },
      `the subject's digest has an unknown member "sha512"`,
    ],
    [
      "with an upper-case digest",
      { subject: [{ ...subject, digest: { sha256: hexOf(SUBJECT).toUpperCase() } }] },
      "the subject's digest is no sha256: digest",
    ],
  ])("is refused %s", (_, change, why) => {
    expect(parseStatement(Buffer.from(JSON.stringify({ ...whole, ...change })), 1000)).toEqual({ kind: "broken", why });
  });

  it("is refused over the bound", () => {
    expect(parseStatement(bytes, bytes.length - 1).kind).toBe("broken");
  });
});

it("gives the same bytes for the same examination, without time or host", () => {
  const examination: Examination = {
    tool: { version: "1.0.0", rules: digestOf("rules"), limits: digestOf("limits") },
    artifact: {
      digest: SUBJECT,
      omsRoot: null,
      manifest: { schema: "weighbridge.manifest/1", leftOut: [".cache/huggingface", ".git"], entries: [] },
    },
    formats: { "model.bin": ["pickle"] },
    parameters: 7,
    findings: [],
    coverage: { status: "complete", unexamined: [] },
  };
  const statement = examinationStatement(examination);
  expect(statementBytes(statement)).toEqual(statementBytes(examinationStatement(structuredClone(examination))));
  expect(canonicalJson(statement.predicate)).toBe(
    `{"coverage":{"status":"complete","unexamined":[]},"findings":[],"formats":{"model.bin":["pickle"]},"omsRoot":null,"parameters":7,"tool":{"limits":"${digestOf("limits")}","rules":"${digestOf("rules")}","version":"1.0.0"}}`,
  );
});

describe("the predicate of an admission", () => {
  const allow = {
    outcome: "allow",
    reasons: [{ policy: "p", effect: "permit" }],
    context: SUBJECT,
    policySet: SUBJECT,
    evaluatedAt: "2026-01-01T00:00:00.000Z",
    notAfter: "2026-04-01T00:00:00.000Z",
    omsRoot: null,
    evidence: [],
    name: SUBJECT,
    principal: SUBJECT,
    texts: SUBJECT,
  };

  it("is read as it was written", () => {
    expect(parseAdmission(allow)).toEqual({ kind: "parsed", value: allow });
  });

  it.each([
    ["an allow without an end", { notAfter: null }, "notAfter stands with allow and only there"],
    ["a denial with an end", { outcome: "deny" }, "notAfter stands with allow and only there"],
    ["another outcome", { outcome: "maybe" }, "outcome is none of allow, deny, hold"],
    [
      "a reason with its text",
      { reasons: [{ policy: "p", effect: "permit", text: "because ada said so" }] },
      'a reason has an unknown member "text"',
    ],
    [
      "a waiver given by a name",
      { reasons: [{ policy: "p", effect: "forbid", waiver: { role: "r", satisfiedBy: "ada" } }] },
      "satisfiedBy is no leaf hash",
    ],
    ["a name in clear", { name: "hf:example/model" }, "name is no sha256: digest"],
    ["a member too many", { note: "" }, 'the admission has an unknown member "note"'],
  ])("refuses %s", (_, change, why) => {
    expect(parseAdmission({ ...allow, ...change })).toEqual({ kind: "broken", why });
  });
});

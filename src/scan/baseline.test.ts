import { describe, expect, it } from "vitest";
import { digestOf, hexOf } from "../digest.ts";
import type { Finding, Severity } from "../finding.ts";
import { type Acceptance, proposedFor, withoutAccepted } from "./baseline.ts";
import type { Examination } from "./examination.ts";

const MODEL = digestOf("model");
const ARTIFACT = digestOf("artifact");

function finding(rule: string, path: string, severity: Severity = "medium"): Finding {
  return { rule, severity, where: { path }, title: rule, explanation: "", proof: null, references: [] };
}

function examinationWith(findings: readonly Finding[], unexamined: readonly string[] = []): Examination {
  return {
    tool: { version: "1", rules: ARTIFACT, limits: ARTIFACT },
    artifact: {
      digest: ARTIFACT,
      omsRoot: null,
      manifest: {
        schema: "weighbridge.manifest/1",
        leftOut: [".cache/huggingface", ".git"],
        entries: [{ path: "model.pt", type: "file", size: 5, sha256: hexOf(MODEL) }],
      },
    },
    formats: {},
    parameters: 0,
    findings,
    coverage: { status: unexamined.length === 0 ? "complete" : "incomplete", unexamined: unexamined.map((path) => ({ path, why: "unknown" })) },
  };
}

const ACCEPTED: Acceptance = {
  rule: "hidden",
  path: "model.pt!/data.pkl",
  digest: MODEL,
  reason: "Looked at it.",
  approver: "ada",
  expires: "2026-11-30",
};

describe("a baseline", () => {
  const nested = finding("hidden", "model.pt!/data.pkl", "high");

  it("takes away a finding in the bytes that were looked at, up to its last day", () => {
    const rest = withoutAccepted(examinationWith([nested, finding("other", "model.pt")]), [ACCEPTED], "2026-11-30");
    expect(rest.findings.map(({ rule }) => rule)).toEqual(["other"]);
    expect([...rest.accepted]).toEqual([[nested, ACCEPTED]]);
  });

  it.each([
    ["after its last day", ACCEPTED, "2026-12-01"],
    ["for another rule", { ...ACCEPTED, rule: "other" }, "2026-11-01"],
    ["at another place", { ...ACCEPTED, path: "model.pt" }, "2026-11-01"],
    ["in other bytes", { ...ACCEPTED, digest: ARTIFACT }, "2026-11-01"],
  ])("accepts nothing %s", (_, acceptance, today) => {
    expect(withoutAccepted(examinationWith([nested]), [acceptance], today).findings).toEqual([nested]);
  });

  it("names the artifact where the place is no file of it, as a link is", () => {
    const link = finding("foreign-link", "elsewhere");
    const acceptance = { ...ACCEPTED, rule: "foreign-link", path: "elsewhere", digest: ARTIFACT };
    expect(withoutAccepted(examinationWith([link]), [acceptance], "2026-11-01").findings).toEqual([]);
  });

  it("closes a gap in the coverage only when all that was said of that part is accepted", () => {
    const gap = finding("not-examined", "model.pt");
    const acceptance = { ...ACCEPTED, rule: "not-examined", path: "model.pt" };
    const both = examinationWith([gap, finding("malformed", "model.pt")], ["model.pt"]);
    expect(withoutAccepted(both, [acceptance], "2026-11-01").unexamined).toHaveLength(1);
    expect(withoutAccepted(examinationWith([gap], ["model.pt", "silent"]), [acceptance], "2026-11-01").unexamined).toEqual([
      { path: "silent", why: "unknown" },
    ]);
  });

  it("proposes each rule and place once, of what is not passed", () => {
    const twice = examinationWith([nested, nested, finding("note", "model.pt", "info"), finding("foreign-link", "elsewhere")]);
    expect(proposedFor(twice)).toEqual([
      { rule: "hidden", path: "model.pt!/data.pkl", digest: MODEL },
      { rule: "foreign-link", path: "elsewhere", digest: ARTIFACT },
    ]);
  });
});

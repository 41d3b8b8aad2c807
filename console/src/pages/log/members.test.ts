import { expect, it } from "vitest";
import type { Statement } from "../../proof/envelope.ts";
import { membersOf } from "./members.ts";

function said(predicate: Readonly<Record<string, unknown>>): Statement {
  return { predicateType: "x", subject: "sha256:00", predicate, json: {} };
}

it("writes members on lines, and says which are salted digests", () => {
  expect(
    membersOf(
      said({ outcome: "hold", notAfter: null, name: "sha256:ab", reasons: [{ policy: "review", waiver: { role: "approver" } }], evidence: [] }),
    ),
  ).toEqual([
    { name: "outcome", lines: ["hold"], salted: false },
    { name: "notAfter", lines: [], salted: false },
    { name: "name", lines: ["sha256:ab"], salted: true },
    { name: "reasons", lines: ["policy: review, waiver: (role: approver)"], salted: false },
    { name: "evidence", lines: [], salted: false },
  ]);
});

it("shows what is hostile, and not all of a flood", () => {
  const [member] = membersOf(said({ x: Array.from({ length: 50 }, () => "\u202e") }));
  expect(member?.lines).toHaveLength(41);
  expect(member?.lines[0]).toBe("\\u{202e}");
  expect(member?.lines[40]).toBe("and 10 more");
});

import { expect, it } from "vitest";
import type { Reason } from "../../api/types.ts";
import { bySay, waiverText } from "./reasons.ts";

const permit: Reason = { policy: "admit", effect: "permit", text: "" };
const waits: Reason = { policy: "review", effect: "forbid", text: "", waiver: { role: "approver" } };
const waived: Reason = { ...waits, waiver: { role: "approver", satisfiedBy: "00", expires: "2026-12-01T00:00:00.000Z" } };
const fatal: Reason = { policy: "danger", effect: "forbid", text: "" };

it("says first what nobody can waive, and last what permits", () => {
  expect(bySay([permit, waits, fatal]).map(({ policy }) => policy)).toEqual(["danger", "review", "admit"]);
});

it("says what a person could do, or did; nothing where it was denied anyway", () => {
  expect(waiverText(waits, "hold")).toBe("waits for an approval by: approver");
  expect(waiverText(waived, "allow")).toBe("waived until 2026-12-01");
  expect(waiverText(waits, "deny")).toBe("");
  expect(waiverText(permit, "allow")).toBe("");
});

import { expect, it } from "vitest";
import { agoText, clockText, instantText } from "./times.ts";

const NOW = new Date("2026-11-21T12:46:30.000Z");

it.each([
  ["2026-11-21T12:46:00.000Z", "just now"],
  ["2026-11-21T12:41:30.000Z", "5 min ago"],
  ["2026-11-21T11:46:30.000Z", "1 hour ago"],
  ["2026-11-20T12:46:30.000Z", "24 hours ago"],
  ["2026-11-19T12:46:30.000Z", "2 days ago"],
  ["2026-05-01T00:00:00.000Z", "6 months ago"],
  ["2026-11-24T12:46:30.000Z", "in 3 days"],
])("%s is %s", (at, text) => expect(agoText(at, NOW)).toBe(text));

it("writes moments as the reports do", () => {
  expect(instantText("2026-11-21T12:46:30.000Z")).toBe("2026-11-21 12:46 UTC");
  expect(clockText("2026-11-21T09:01:02.000Z", NOW)).toBe("09:01:02");
  expect(clockText("2026-11-20T09:01:02.000Z", NOW)).toBe("2026-11-20 09:01 UTC");
});

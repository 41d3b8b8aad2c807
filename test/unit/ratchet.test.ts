import { expect, it } from "vitest";
import { type Answers, lossesOf } from "../techniques/ratchet.ts";

const KEY = "001 GLOBAL and REDUCE";
const HIGH: Answers = { answer: "block", by: { "pickle-callable": "high", "pickle-tail": "high" }, nearMiss: "pass" };

it.each<readonly [string, Answers]>([
  ["the same", HIGH],
  ["a worse severity, by whatever rule", { ...HIGH, by: { other: "critical" } }],
  ["one rule more", { ...HIGH, by: { ...HIGH.by, other: "high" } }],
])("takes %s", (_, now) => {
  expect(lossesOf({ [KEY]: HIGH }, { [KEY]: now, "002 new": HIGH })).toEqual([]);
});

it.each<readonly [string, Answers]>([
  ["answered with review, was block", { ...HIGH, answer: "review", by: { "pickle-callable": "medium" } }],
  ["its worst finding is medium, was high", { ...HIGH, by: { "pickle-callable": "medium" } }],
  ["its worst finding is none, was high", { ...HIGH, by: {} }],
  ["pickle-tail no longer finds it as high", { ...HIGH, by: { "pickle-callable": "high", other: "high" } }],
  ["the honest file is answered with review, was pass", { ...HIGH, nearMiss: "review" }],
])("says that %s", (loss, now) => {
  expect(lossesOf({ [KEY]: HIGH }, { [KEY]: now })).toEqual([`${KEY}: ${loss}`]);
});

it("says that an example is gone", () => {
  expect(lossesOf({ [KEY]: HIGH }, {})).toEqual([`${KEY}: has no example any more`]);
});

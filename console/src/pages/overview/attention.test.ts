import { expect, it } from "vitest";
import type { Overview } from "../../api/types.ts";
import { attentionOf } from "./attention.ts";

const NOW = new Date("2026-11-21T12:00:00.000Z");
const CALM: Overview = {
  artifacts: 3,
  byDecision: { allow: 3, deny: 0, hold: 0 },
  byStanding: { good: 3, expired: 0, revoked: 0, suspended: 0, none: 0 },
  expiring: 0,
  pending: { count: 0, oldest: null },
  deployments: { count: 2, served: 2 },
  calls: { lastHour: 0, refusedLastHour: 0 },
  log: { size: 9, checkpointAt: null, health: "ok", detail: "" },
  latest: [],
};

it("says nothing where nothing is to be done", () => expect(attentionOf(CALM, NOW)).toEqual([]));

it("says the worst first, in numbers that fit their nouns", () => {
  const items = attentionOf(
    {
      ...CALM,
      log: { ...CALM.log, health: "damaged", detail: "A tile is missing." },
      pending: { count: 1, oldest: null },
      deployments: { count: 3, served: 1 },
      expiring: 1,
      byStanding: { ...CALM.byStanding, expired: 2 },
    },
    NOW,
  );
  expect(items.map(({ title }) => title)).toEqual([
    "The log is damaged.",
    "1 model waits for an approval.",
    "2 deployments are not served.",
    "1 ticket ends within 14 days.",
    "2 tickets have ended.",
  ]);
});

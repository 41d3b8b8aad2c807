import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Principal } from "../access/principal.ts";
import { requestRates } from "./rates.ts";

// The limiter reads the clock itself.
beforeEach(() => void vi.useFakeTimers({ now: new Date("2026-11-21T10:00:00Z") }));
afterEach(() => void vi.useRealTimers());

function principal(id: string, requestsPerMinute: number | null): Principal {
  return {
    id,
    name: id,
    kind: "token",
    roles: [],
    scopes: ["infer"],
    team: null,
    deployments: null,
    dataClass: "public",
    limits: { requestsPerMinute, tokensPerDay: null },
  };
}

it("lets through as many requests as the limit says, then says when the next may come", async () => {
  const rates = requestRates();
  const ann = principal("token:ann", 2);
  expect(await rates.take(ann)).toEqual({ limit: 2, remaining: 1, resetMs: 60_000, retryAfterMs: null });
  vi.advanceTimersByTime(1_000);
  expect(await rates.take(ann)).toEqual({ limit: 2, remaining: 0, resetMs: 59_000, retryAfterMs: null });
  expect(await rates.take(ann)).toEqual({ limit: 2, remaining: 0, resetMs: 59_000, retryAfterMs: 59_000 });
});

it("counts anew when the minute is over, however many were refused in it", async () => {
  const rates = requestRates();
  const ann = principal("token:ann", 1);
  for (let i = 0; i < 50; i++) await rates.take(ann);
  vi.advanceTimersByTime(59_999);
  expect((await rates.take(ann)).retryAfterMs).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await rates.take(ann)).toEqual({ limit: 1, remaining: 0, resetMs: 60_000, retryAfterMs: null });
});

it("counts each principal apart", async () => {
  const rates = requestRates();
  await rates.take(principal("token:ann", 1));
  expect((await rates.take(principal("token:ann", 1))).retryAfterMs).toBe(60_000);
  expect((await rates.take(principal("token:bob", 1))).retryAfterMs).toBeNull();
});

it("admits exactly the limit of requests that come at the same time", async () => {
  const rates = requestRates();
  const taken = await Promise.all(Array.from({ length: 200 }, () => rates.take(principal("token:ann", 120))));
  expect(taken.filter(({ retryAfterMs }) => retryAfterMs === null)).toHaveLength(120);
});

it("gives a principal without a limit of its own the installation's, 600 where that says nothing", async () => {
  expect((await requestRates().take(principal("token:ann", null))).limit).toBe(600);
  expect((await requestRates({ requestsPerMinute: 5 }).take(principal("token:ann", null))).limit).toBe(5);
  expect((await requestRates({ requestsPerMinute: 5 }).take(principal("token:ann", 7))).limit).toBe(7);
});

it("compares with the limit of the moment, so that a lowered one counts within the same minute", async () => {
  const rates = requestRates();
  for (let i = 0; i < 3; i++) await rates.take(principal("token:ann", 10));
  expect((await rates.take(principal("token:ann", 2))).retryAfterMs).toBe(60_000);
});

it("refuses every request under a limit of none", async () => {
  expect(await requestRates().take(principal("token:ann", 0))).toEqual({ limit: 0, remaining: 0, resetMs: 60_000, retryAfterMs: 60_000 });
});

it("keeps nothing of principals that ask nothing for a minute", async () => {
  const rates = requestRates();
  for (let i = 0; i < 1_000; i++) await rates.take(principal(`token:${i}`, 1));
  expect(vi.getTimerCount()).toBe(1_000);
  vi.advanceTimersByTime(60_000);
  expect(vi.getTimerCount()).toBe(0);
});

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { paced } from "./pacing.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("runs at once, and once more for all that came in the pause", () => {
  const run = vi.fn();
  const { call } = paced(run, 1000);
  for (let i = 0; i < 100; i++) call();
  expect(run).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1000);
  expect(run).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(10_000);
  expect(run).toHaveBeenCalledTimes(2);
  call();
  expect(run).toHaveBeenCalledTimes(3);
});

it("runs no more when it was stopped", () => {
  const run = vi.fn();
  const { call, stop } = paced(run, 1000);
  call();
  call();
  stop();
  vi.advanceTimersByTime(5000);
  expect(run).toHaveBeenCalledTimes(1);
});

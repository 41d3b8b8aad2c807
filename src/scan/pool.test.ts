import { closeSync, openSync } from "node:fs";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { InterruptedError } from "../errors.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { ExaminationPool, WorkerLostError } from "./pool.ts";

const PLANTED = new URL("../../test/fixtures/planted/worker.ts", import.meta.url);

function openHere(): number {
  const fd = openSync(import.meta.filename, "r");
  onTestFinished(() => closeSync(fd));
  return fd;
}

function planted(jobs: number): ExaminationPool {
  const pool = new ExaminationPool({ ...DEFAULT_LIMITS, maxMemoryBytes: 32 * 1024 * 1024 }, jobs, PLANTED);
  onTestFinished(() => pool.close());
  return pool;
}

const job = (path: string) => ({ fd: openHere(), path, size: 10 });

it("rejects a file whose examination throws, and all that wait behind it", async () => {
  const pool = new ExaminationPool(DEFAULT_LIMITS, 1);
  const broken = { fd: openHere(), path: null as unknown as string, size: 10 }; // no path: the walker throws before it can catch
  const answers = await Promise.allSettled([pool.examine(broken), pool.examine(job("b.ts"))]);
  for (const answer of answers) expect(answer).toEqual({ status: "rejected", reason: expect.any(WorkerLostError) });
  expect(pool.ended).toBe(true);
  await expect(pool.examine(job("c.ts"))).rejects.toThrow(WorkerLostError);
});

it("rejects what is running when it is closed, and starts nothing more", async () => {
  const pool = new ExaminationPool(DEFAULT_LIMITS, 2);
  const fd = openHere();
  const running = Promise.allSettled(Array.from({ length: 60 }, (_, i) => pool.examine({ fd, path: `${i}.ts`, size: 10 })));
  await pool.close();
  const statuses = new Set((await running).map(({ status }) => status));
  expect(statuses).toEqual(new Set(["rejected"]));
});

describe("a worker that cannot go on is ended, and said with the file", () => {
  it.each([
    ["heap.bin", "examining heap.bin was given up: it needs too much memory"],
    ["buffers.bin", "examining buffers.bin was given up: it needs too much memory"],
    ["exit.bin", "examining exit.bin was given up: its thread ended with 0"],
  ])("%s", async (path, message) => {
    const pool = planted(1);
    const answers = await Promise.allSettled([pool.examine(job(path)), pool.examine(job("waits.bin"))]);
    for (const answer of answers) expect(answer).toEqual({ status: "rejected", reason: expect.objectContaining({ message }) });
    expect(pool.ended).toBe(true);
  });

  it("when it shows no pulse for a minute", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const pool = planted(2);
    const stuck = expect(pool.examine(job("stuck.bin"))).rejects.toThrow("examining stuck.bin showed no progress for 60 s");
    await vi.advanceTimersByTimeAsync(59_000);
    expect(pool.ended).toBe(false);
    await vi.advanceTimersByTimeAsync(2_000);
    await stuck;
  });

  it("when the pool is closed", async () => {
    const pool = planted(1);
    const stuck = expect(pool.examine(job("stuck.bin"))).rejects.toThrow(InterruptedError);
    await pool.close();
    await stuck;
  });
});

it("a file that waits for long behind another gets a thread of its own, where one is left", async () => {
  const pool = planted(2);
  const stuck = expect(pool.examine(job("stuck.bin"))).rejects.toThrow(InterruptedError);
  expect(await pool.examine(job("fine.bin"))).toMatchObject({ path: "fine.bin" });
  await pool.close();
  await stuck;
});

it("a new pool examines what comes after", async () => {
  const lost = planted(1);
  await expect(lost.examine(job("exit.bin"))).rejects.toThrow(WorkerLostError);
  expect(await planted(1).examine(job("fine.bin"))).toMatchObject({ path: "fine.bin", findings: [] });
});

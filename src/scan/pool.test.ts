import { closeSync, openSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { DEFAULT_LIMITS } from "../limits.ts";
import { ExaminationPool, WorkerLostError } from "./pool.ts";

function openHere(): number {
  const fd = openSync(import.meta.filename, "r");
  onTestFinished(() => closeSync(fd));
  return fd;
}

it("rejects a file whose examination throws, and all that wait behind it", async () => {
  const pool = new ExaminationPool(DEFAULT_LIMITS, 1);
  const broken = { fd: openHere(), path: null as unknown as string, size: 10 }; // no path: the walker throws before it can catch
  const answers = await Promise.allSettled([pool.examine(broken), pool.examine({ fd: openHere(), path: "b.ts", size: 10 })]);
  for (const answer of answers) expect(answer).toEqual({ status: "rejected", reason: expect.any(WorkerLostError) });
  expect(pool.ended).toBe(true);
  await expect(pool.examine({ fd: openHere(), path: "c.ts", size: 10 })).rejects.toThrow(WorkerLostError);
});

it("rejects what is running when it is closed, and starts nothing more", async () => {
  const pool = new ExaminationPool(DEFAULT_LIMITS, 2);
  const fd = openHere();
  const running = Promise.allSettled(Array.from({ length: 60 }, (_, i) => pool.examine({ fd, path: `${i}.ts`, size: 10 })));
  await pool.close();
  const statuses = new Set((await running).map(({ status }) => status));
  expect(statuses).toEqual(new Set(["rejected"]));
});

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { openAuditLog, verifyAuditLog } from "../../src/audit/index.ts";
import { randomFrom } from "../fuzz/target.ts";

const base = mkdtempSync(join(tmpdir(), "audit-crash-"));
afterAll(() => rmSync(base, { recursive: true }));

/** A running appender, and what it has acknowledged so far. */
function start(
  folder: string,
  name: string,
): { readonly process: ChildProcess; readonly acknowledged: () => string[]; readonly errors: () => string } {
  const file = join(import.meta.dirname, "audit-appender.ts");
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", file, folder, name], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  return { process: child, acknowledged: () => said.split("\n").slice(0, -1), errors: () => errors };
}

function requestsIn(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".jsonl"));
  return files.sort().flatMap((file) =>
    readFileSync(join(folder, file), "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line): string => JSON.parse(line).request),
  );
}

it("a process killed 20 times at random points loses no acknowledged record", async () => {
  const seed = Date.now() & 0x7fffffff;
  const random = randomFrom(seed);
  const folder = join(base, "killed");
  const acknowledged: string[] = [];
  for (let round = 0; round < 20; round++) {
    const appender = start(folder, `r${round}`);
    const ended = once(appender.process, "close");
    await Promise.race([once(appender.process.stdout ?? appender.process, "data"), ended]);
    await wait(random.below(40));
    appender.process.kill("SIGKILL");
    await ended;
    expect([appender.process.signalCode, appender.errors()], `seed ${seed}`).toEqual(["SIGKILL", ""]);
    acknowledged.push(...appender.acknowledged());
    expect(await verifyAuditLog(folder), `seed ${seed}`).toMatchObject({ kind: "verified" });
  }
  const log = await openAuditLog(folder);
  await log.close();
  expect(await verifyAuditLog(folder)).toMatchObject({ kind: "verified", unfinishedBytes: 0, head: log.head() });
  const requests = requestsIn(folder);
  expect(requests).toHaveLength(log.head().seq);
  expect(new Set(requests).size, "no record stands there twice").toBe(requests.length);
  const written = new Set(requests);
  expect(
    acknowledged.filter((request) => !written.has(request)),
    `seed ${seed}`,
  ).toEqual([]);
  expect(acknowledged.length, `seed ${seed}`).toBeGreaterThan(100);
  expect(readdirSync(folder).length, "segments were begun on the way").toBeGreaterThan(5);
});

it("a second process is refused while the first writes, and not after that one was killed", async () => {
  const folder = join(base, "two");
  const first = start(folder, "first");
  await once(first.process.stdout ?? first.process, "data");
  await expect(openAuditLog(folder)).rejects.toMatchObject({ code: "WB_AUDIT_BUSY" });
  const second = start(folder, "second");
  await once(second.process, "close");
  expect(second.errors()).toContain("WB_AUDIT_BUSY");
  const ended = once(first.process, "close");
  first.process.kill("SIGKILL");
  await ended;
  const log = await openAuditLog(folder);
  await log.close();
});

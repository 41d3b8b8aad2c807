import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { LogReader, openLog, parseSignerKey, parseVerifierKey, verifyLog } from "../../src/log/index.ts";
import { randomFrom } from "../fuzz/target.ts";
import example from "../vectors/tlog/worked-example.json" with { type: "json" };
import { type AppenderArguments, words } from "./log-words.ts";

const base = mkdtempSync(join(tmpdir(), "log-crash-"));
afterAll(() => rmSync(base, { recursive: true }));

interface Place {
  readonly dir: string;
  readonly origin: string;
  readonly outsideCheckpoint: string;
}

function place(): Place {
  const folder = mkdtempSync(join(base, "log-"));
  return { dir: join(folder, "data"), origin: example.origin, outsideCheckpoint: join(folder, "elsewhere") };
}

/** A running appender, and what it has acknowledged so far: index → entry. */
function start(options: Omit<AppenderArguments, "skey">): { readonly process: ChildProcess; readonly said: () => string } {
  const file = join(import.meta.dirname, "log-appender.ts");
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", file, JSON.stringify({ ...options, skey: example.log_skey })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return { process: child, said: () => said };
}

function acknowledgedIn(said: string): [number, string][] {
  const lines = said.slice(0, said.lastIndexOf("\n") + 1).split("\n");
  return lines.flatMap((line): [number, string][] => {
    const [, index, text] = /^([0-9]+) (.+)$/.exec(line) ?? [];
    return index === undefined || text === undefined ? [] : [[Number(index), text]];
  });
}

/** Opens the log as the next process would, then checks everything that was promised. */
function checkAll(where: Place, acknowledged: readonly (readonly [number, string])[]): void {
  const log = openLog({ ...where, signer: parseSignerKey(example.log_skey), projector: words });
  const { size } = log;
  log.close();
  const verifier = parseVerifierKey(example.log_vkey);
  expect(verifyLog({ ...where, verifier })).toMatchObject({ kind: "verified", checkpoint: { size }, unpublished: 0 });
  const reader = new LogReader({ ...where, verifier });
  for (const [index, text] of acknowledged) expect(Buffer.from(reader.entry(index)).toString()).toBe(text);
  const db = new DatabaseSync(join(where.dir, "log.sqlite"), { readOnly: true });
  const rows = db.prepare("SELECT idx, word FROM view_words ORDER BY idx").all();
  db.close();
  expect(rows.map(({ idx, word }) => `${idx} ${word}`)).toEqual(
    Array.from({ length: size }, (_, index) => `${index} ${Buffer.from(reader.entry(index))}`),
  );
}

it("two processes at a time, killed 48 times at random points, lose no acknowledged entry", async () => {
  const seed = Date.now() & 0x7fffffff;
  const random = randomFrom(seed);
  const where = place();
  const acknowledged: [number, string][] = [];
  for (let round = 0; round < 24; round++) {
    const pair = ["a", "b"].map((name) => start({ ...where, name: `${name}${round}`, batches: [1, 1 + random.below(40), 300, 2] }));
    const ended = pair.map(({ process }) => once(process, "close"));
    const first = pair.map(({ process }) => once(process.stdout ?? process, "data"));
    await Promise.race([...first, ...ended]);
    for (const { process } of random.below(2) === 0 ? pair : pair.toReversed()) {
      await wait(random.below(25));
      process.kill("SIGKILL");
    }
    await Promise.all(ended);
    for (const { process, said } of pair) {
      expect(process.signalCode, `seed ${seed}`).toBe("SIGKILL");
      acknowledged.push(...acknowledgedIn(said()));
    }
  }
  expect(acknowledged.length, `seed ${seed}`).toBeGreaterThan(24);
  expect(new Set(acknowledged.map(([index]) => index)).size, "no index was given twice").toBe(acknowledged.length);
  checkAll(where, acknowledged);
});

it("a process killed between any two steps loses no acknowledged entry", async () => {
  let closed = false;
  for (let killBefore = 0; !closed; killBefore += 2) {
    const pair = [killBefore, killBefore + 1].map((step) => {
      const where = place();
      return { where, ...start({ ...where, name: "entry", batches: [3, 250, 10], killBefore: step }) };
    });
    await Promise.all(pair.map(({ process }) => once(process, "close")));
    for (const { where, said } of pair) {
      closed ||= said().endsWith("closed\n");
      checkAll(where, acknowledgedIn(said()));
    }
  }
});

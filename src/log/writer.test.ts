import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fc, test } from "@fast-check/vitest";
import { afterAll, describe, expect, it } from "vitest";
import example from "../../test/vectors/tlog/worked-example.json" with { type: "json" };
import type { LogOptions, LogStep, Projector } from "./log.ts";
import { verifyInclusion } from "./merkle.ts";
import { parseSignerKey, parseVerifierKey } from "./note-key.ts";
import { LogReader } from "./reader.ts";
import { rebuildLog } from "./rebuild.ts";
import { findLeaf } from "./state.ts";
import { type LogVerification, verifyLog } from "./verify-log.ts";
import { openLog } from "./writer.ts";

const signer = parseSignerKey(example.log_skey);
const verifier = parseVerifierKey(example.log_vkey);
const base = mkdtempSync(join(tmpdir(), "log-writer-"));
afterAll(() => rmSync(base, { recursive: true }));

const words: Projector = {
  createViews: (db) => db.exec("CREATE TABLE IF NOT EXISTS view_words (idx INTEGER PRIMARY KEY, word TEXT NOT NULL)"),
  project: (db, index, entry) => {
    if (Buffer.from(entry).toString() === "refused") throw new RangeError("the projector refuses it");
    db.prepare("INSERT INTO view_words VALUES (?, ?)").run(index, Buffer.from(entry).toString());
  },
};

function fresh(more: Partial<LogOptions> = {}): LogOptions {
  const folder = mkdtempSync(join(base, "log-"));
  return {
    dir: join(folder, "data"),
    origin: example.origin,
    signer,
    projector: words,
    outsideCheckpoint: join(folder, "elsewhere/checkpoint"),
    ...more,
  };
}

function verify({ dir, origin, outsideCheckpoint = "" }: LogOptions): LogVerification {
  return verifyLog({ dir, origin, verifier, outsideCheckpoint });
}

function entries(from: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => Buffer.from(`entry ${from + i}`));
}

/** A log of `size` entries, appended in batches, closed. */
function grown(size: number, batch: number, more: Partial<LogOptions> = {}): LogOptions {
  const options = fresh(more);
  const log = openLog(options);
  for (let at = 0; at < size; at += batch) log.append(entries(at, Math.min(batch, size - at)));
  log.close();
  return options;
}

function rows({ dir }: LogOptions): unknown[] {
  const db = new DatabaseSync(join(dir, "log.sqlite"), { readOnly: true });
  const all = db.prepare("SELECT idx, word FROM view_words ORDER BY idx").all();
  db.close();
  return all.map(({ idx, word }) => [idx, word]);
}

/** Sizes that the staged bundles lead to. */
function stagedSizes({ dir }: LogOptions): unknown[] {
  const db = new DatabaseSync(join(dir, "log.sqlite"), { readOnly: true });
  const all = db.prepare("SELECT size FROM log_staged ORDER BY size").all();
  db.close();
  return all.map(({ size }) => size);
}

describe("appending", () => {
  it("makes the files and signatures of the worked example, byte for byte", () => {
    const options = fresh({ projector: { project: () => {} } });
    const log = openLog(options);
    const appended = example.entries_hex.flatMap((entry) => log.append([Buffer.from(entry, "hex")]));
    expect(appended.map(({ index, leafHash, checkpoint }) => [index, leafHash, checkpoint])).toEqual(
      example.checkpoints.map(({ note }, at) => [at, example.leaf_hashes_hex[at], note]),
    );
    log.close();
    const file = (path: string) => readFileSync(join(options.dir, path));
    expect(file(example.tile_path).toString("hex")).toBe(example.tile_hex);
    expect(file(example.entry_bundle_path).toString("hex")).toBe(example.entry_bundle_hex);
    expect(file("checkpoint").toString()).toBe(example.checkpoints[4]?.note);
    expect(readFileSync(options.outsideCheckpoint ?? "", "utf8")).toBe(example.checkpoints[4]?.note);
  });

  it("signs the empty tree when it begins, and an empty batch changes nothing", () => {
    const options = fresh();
    const log = openLog(options);
    expect(log.append([])).toEqual([]);
    log.close();
    expect(verify(options)).toMatchObject({ kind: "verified", checkpoint: { size: 0 }, unpublished: 0 });
  });

  it("proves every entry of a batch in the checkpoint that it returns", () => {
    const log = openLog(fresh());
    for (const count of [1, 3, 252, 700, 1, 64]) {
      const from = log.size;
      for (const { index, leafHash, checkpoint, proof } of log.append(entries(from, count))) {
        const [, size = "", root = ""] = checkpoint.split("\n");
        const hashes = proof.map((hash) => Buffer.from(hash, "base64"));
        expect(verifyInclusion(Buffer.from(leafHash, "hex"), index, Number(size), hashes, Buffer.from(root, "base64"))).toBe(true);
      }
    }
    log.close();
  });

  it("takes an entry of 65,535 bytes and refuses one of 65,536, and then the whole batch", () => {
    const options = fresh();
    const log = openLog(options);
    log.append([Buffer.alloc(65_535, "a")]);
    expect(() => log.append([Buffer.from("small"), Buffer.alloc(65_536)])).toThrow(expect.objectContaining({ code: "WB_LOG_ENTRY_TOO_LARGE" }));
    expect(log.size).toBe(1);
    log.close();
    expect(verify(options)).toMatchObject({ kind: "verified", checkpoint: { size: 1 } });
  });

  it("undoes the whole batch when the projector throws, and goes on", () => {
    const options = fresh();
    const log = openLog(options);
    log.append(entries(0, 2));
    expect(() => log.append([Buffer.from("good"), Buffer.from("refused")])).toThrow("the projector refuses it");
    expect(log.append(entries(2, 1))).toMatchObject([{ index: 2 }]);
    log.close();
    expect(rows(options)).toEqual([0, 1, 2].map((i) => [i, `entry ${i}`]));
    expect(verify(options)).toMatchObject({ kind: "verified", checkpoint: { size: 3 } });
  });

  it("indexes a duplicate entry at its first place", () => {
    const options = fresh();
    const log = openLog(options);
    const [first] = log.append([Buffer.from("same"), Buffer.from("same")]);
    log.close();
    const db = new DatabaseSync(join(options.dir, "log.sqlite"));
    expect(findLeaf(db, Buffer.from(first?.leafHash ?? "", "hex"))).toBe(0);
    expect(findLeaf(db, Buffer.alloc(32))).toBeUndefined();
    db.close();
  });

  it("removes partial tiles when the full one is durable", () => {
    const { dir } = grown(600, 100);
    expect(readdirSync(join(dir, "tile/entries")).sort()).toEqual(["000", "001", "002.p"]);
    expect(readdirSync(join(dir, "tile/0/002.p"))).toContain("88");
  });

  it("keeps at most 128 commits to be replayed", () => {
    const options = fresh();
    const log = openLog(options);
    for (let i = 0; i < 140; i++) log.append(entries(i, 1));
    expect(stagedSizes(options)).toEqual(Array.from({ length: 12 }, (_, i) => 129 + i));
    log.close();
    expect(stagedSizes(options)).toEqual([]);
    expect(verify(options)).toMatchObject({ kind: "verified", checkpoint: { size: 140 } });
  });

  it("keeps at most 16 MiB of entries to be replayed, and uses their pages again", () => {
    const options = fresh({ projector: { project: () => {} } });
    const log = openLog(options);
    const bytes = (name: string) => statSync(join(options.dir, name)).size;
    const batch = Array.from({ length: 64 }, (_, i) => Buffer.alloc(65_000, i));
    const sizes: { readonly staged: number; readonly database: number; readonly wal: number }[] = [];
    for (let i = 0; i < 22; i++) {
      log.append(batch);
      sizes.push({ staged: stagedSizes(options).length, database: bytes("log.sqlite"), wal: bytes("log.sqlite-wal") });
    }
    // 4.16 MB a batch: the first four are below the bound, the fifth is above it, and the sixth settles before it commits.
    expect(sizes.map(({ staged }) => staged)).toEqual(Array.from({ length: 22 }, (_, i) => (i % 5) + 1));
    const megabytes = 1024 * 1024;
    expect(Math.max(...sizes.map(({ database }) => database))).toBeLessThan(24 * megabytes);
    expect(Math.max(...sizes.map(({ wal }) => wal))).toBeLessThan(12 * megabytes);
    log.close();
    expect(existsSync(join(options.dir, "log.sqlite-wal"))).toBe(false);
  });

  test.prop([fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 }), fc.nat(3)], { numRuns: 12 })(
    "any batches, reopened anywhere, give the same tree",
    (batches, reopenAt) => {
      const options = fresh();
      let log = openLog(options);
      for (const [i, count] of batches.entries()) {
        if (i === reopenAt) {
          log.close();
          log = openLog(options);
        }
        log.append(entries(log.size, count));
      }
      const { size } = log;
      log.close();
      const whole = grown(size, size);
      expect(readFileSync(join(options.dir, "checkpoint"), "utf8")).toBe(readFileSync(join(whole.dir, "checkpoint"), "utf8"));
      expect(verify(options).kind).toBe("verified");
    },
  );
});

describe("stopped between any two steps", () => {
  const stop = new Error("stopped");

  /** Runs a log of three batches, the last of which fills a tile and settles, and throws before step `at`. */
  function runUntil(options: LogOptions, at: number): { readonly acknowledged: number; readonly step: LogStep | undefined } {
    let count = 0;
    let last: LogStep | undefined;
    let acknowledged = 0;
    const observe = (step: LogStep) => {
      last = step;
      if (count++ === at) throw stop;
    };
    try {
      const log = openLog({ ...options, observe });
      for (const size of [3, 250, 10]) {
        log.append(entries(acknowledged, size));
        acknowledged += size;
        if (acknowledged === 253) log.publish();
      }
      log.close();
      return { acknowledged, step: undefined };
    } catch (error) {
      if (error !== stop) throw error;
      return { acknowledged, step: last };
    }
  }

  it("loses no acknowledged entry, verifies and goes on", () => {
    const seen = new Set<LogStep>();
    for (let at = 0; ; at++) {
      const options = fresh();
      const { acknowledged, step } = runUntil(options, at);
      if (step === undefined) break;
      seen.add(step);
      const log = openLog(options);
      const { size } = log;
      expect(size, `stopped before "${step}"`).toBeGreaterThanOrEqual(acknowledged);
      // More than the batch that was stopped: its staged bundle is of no use then and must be gone.
      log.append(entries(size, 300));
      log.close();
      expect(verify(options)).toMatchObject({ kind: "verified", checkpoint: { size: size + 300 }, unpublished: 0, outsideSize: size + 300 });
      expect(rows(options)).toEqual(Array.from({ length: size + 300 }, (_, i) => [i, `entry ${i}`]));
      expect(stagedSizes(options)).toEqual([]);
      expect(readdirSync(options.dir).filter((name) => !name.startsWith("log.sqlite"))).toEqual(["checkpoint", "tile"]);
    }
    expect([...seen].sort()).toEqual(
      [
        "begin",
        "commit",
        "drop partial tiles",
        "keep checkpoint outside",
        "publish checkpoint",
        "record settled",
        "sync tile",
        "write rows",
        "write tile",
      ].sort(),
    );
  });

  it("makes every file anew that was not synced when the power failed", () => {
    for (const lose of [(file: string) => rmSync(file), (file: string) => truncateSync(file)]) {
      const options = fresh();
      const log = openLog(options);
      log.append(entries(0, 300));
      log.settle();
      const settled = new Set(readdirSync(options.dir, { recursive: true, encoding: "utf8" }));
      for (let i = 0; i < 5; i++) {
        log.append(entries(300 + i * 60, 60));
        log.publish();
      }
      const all = readdirSync(options.dir, { recursive: true, encoding: "utf8", withFileTypes: true }).filter((file) => file.isFile());
      const unsynced = all
        .map((file) => join(file.parentPath, file.name))
        .filter((file) => /\/tile\//.test(file) && !settled.has(file.slice(options.dir.length + 1)));
      expect(unsynced.length).toBeGreaterThan(8);
      unsynced.forEach(lose);
      openLog(options).close();
      expect(verify(options)).toMatchObject({ kind: "verified", checkpoint: { size: 600 } });
    }
  });
});

describe("staged bundles", () => {
  it("alone bring back tiles and checkpoint of commits that were never expanded", () => {
    const options = fresh();
    const log = openLog(options);
    for (const [from, count] of [
      [0, 3],
      [3, 300],
      [303, 1],
    ] as const)
      log.append(entries(from, count));
    // As the power failing now would leave it: what COMMIT synced, and nothing else.
    const left = { ...options, dir: `${options.dir}.left` };
    for (const name of ["log.sqlite", "log.sqlite-wal"]) cpSync(join(options.dir, name), join(left.dir, name));
    openLog(left).close();
    expect(verify(left)).toMatchObject({ kind: "verified", checkpoint: { size: 304 }, unpublished: 0 });
    expect(rows(left)).toEqual(Array.from({ length: 304 }, (_, i) => [i, `entry ${i}`]));
    log.close();
  });

  it("stay until their tiles are synced and the checkpoint is kept outside", () => {
    const options = fresh();
    const seen: [LogStep, number][] = [];
    const log = openLog({ ...options, observe: (step) => void seen.push([step, stagedSizes(options).length]) });
    seen.length = 0;
    log.append(entries(0, 2));
    log.append(entries(2, 2));
    log.settle();
    expect(seen).toEqual([
      ...(["begin", "write rows", "commit"] as const).map((step) => [step, 0]),
      ...(["begin", "write rows", "commit"] as const).map((step) => [step, 1]),
      ...(["write tile", "write tile", "publish checkpoint", "sync tile", "sync tile"] as const).map((step) => [step, 2]),
      ...(["drop partial tiles", "keep checkpoint outside", "record settled"] as const).map((step) => [step, 2]),
    ]);
    expect(stagedSizes(options)).toEqual([]);
    log.close();
  });

  it("that were changed, cut or lost are not followed", () => {
    const damages = [
      "UPDATE log_staged SET entries = CAST(replace(CAST(entries AS TEXT), 'entry 4', 'entry X') AS BLOB) WHERE size = 5",
      "UPDATE log_staged SET entries = substr(entries, 1, length(entries) - 1) WHERE size = 5",
      "UPDATE log_staged SET root = zeroblob(32) WHERE size = 5",
      "DELETE FROM log_staged WHERE size = 5",
      "DELETE FROM log_staged WHERE size = 6",
    ];
    for (const damage of damages) {
      const options = fresh();
      const log = openLog(options);
      log.append(entries(0, 4));
      log.publish();
      log.append(entries(4, 1));
      log.append(entries(5, 1));
      const db = new DatabaseSync(join(options.dir, "log.sqlite"));
      expect(db.prepare(damage).run().changes, damage).toBe(1);
      db.close();
      expect(verify(options), damage).toMatchObject({ kind: "broken", problems: [{ file: "log.sqlite" }] });
      expect(() => openLog(options), damage).toThrow(expect.objectContaining({ code: "WB_LOG_DISAGREES" }));
    }
  });
});

describe("two writers", () => {
  it("follow each other's commits on one partial tile", () => {
    const options = fresh();
    const [a, b] = [openLog(options), openLog(options)];
    const indexes: number[] = [];
    for (let i = 0; i < 60; i++)
      for (const log of [a, b, b]) indexes.push(...log.append([Buffer.from(`entry ${indexes.length}`)]).map(({ index }) => index));
    expect(indexes).toEqual(Array.from({ length: 180 }, (_, i) => i));
    a.publish();
    b.close();
    a.append(entries(180, 200));
    a.close();
    expect(verify(options)).toMatchObject({ kind: "verified", checkpoint: { size: 380 } });
    expect(rows(options)).toEqual(Array.from({ length: 380 }, (_, i) => [i, `entry ${i}`]));
  });

  it("never sign two trees of one size: who loses the race takes the next place", () => {
    const options = fresh();
    const other = openLog(options);
    let raced = false;
    const log = openLog({
      ...options,
      observe: (step) => {
        if (step !== "begin" || raced) return;
        raced = true;
        other.append([Buffer.from("first")]);
      },
    });
    expect(log.append([Buffer.from("second")])).toMatchObject([{ index: 1 }]);
    log.close();
    other.close();
    expect(rows(options)).toEqual([
      [0, "first"],
      [1, "second"],
    ]);
    expect(verify(options)).toMatchObject({ kind: "verified", checkpoint: { size: 2 } });
  });

  it("leave each other's staged bundles alone when they settle", () => {
    const options = fresh();
    const other = openLog(options);
    other.append(entries(0, 5));
    const log = openLog({ ...options, observe: (step) => step === "begin" && other.settle() });
    log.append(entries(5, 1));
    // Not closed, as if it were killed: only the staged bundle has entry 5.
    openLog(options).close();
    other.close();
    expect(verify(options)).toMatchObject({ kind: "verified", checkpoint: { size: 6 } });
  });

  it("follow across a settling that dropped the staged bundles", () => {
    const options = fresh();
    const [a, b] = [openLog(options), openLog(options)];
    a.append(entries(0, 5));
    a.append(entries(5, 300));
    a.settle();
    a.append(entries(305, 2));
    expect(b.append(entries(307, 1))).toMatchObject([{ index: 307 }]);
    b.close();
    a.close();
    expect(verify(options)).toMatchObject({ kind: "verified", checkpoint: { size: 308 } });
  });
});

describe("refusing to sign", () => {
  const code = (name: string) => expect.objectContaining({ code: name });

  it("after an older copy of the folder was restored", () => {
    const options = fresh();
    const log = openLog(options);
    log.append(entries(0, 5));
    log.close();
    cpSync(options.dir, `${options.dir}.copy`, { recursive: true });
    const again = openLog(options);
    again.append(entries(5, 2));
    again.close();
    rmSync(options.dir, { recursive: true });
    cpSync(`${options.dir}.copy`, options.dir, { recursive: true });
    expect(() => openLog(options)).toThrow(code("WB_LOG_SHRUNK"));
    expect(verify(options)).toMatchObject({
      kind: "broken",
      problems: [{ file: options.outsideCheckpoint, what: expect.stringContaining("had signed 7 entries") }],
    });
    const { outsideCheckpoint: _, ...unguarded } = options;
    const forked = openLog(unguarded);
    forked.append([Buffer.from("x"), Buffer.from("y"), Buffer.from("z")]);
    forked.close();
    expect(() => openLog(options)).toThrow(code("WB_LOG_DISAGREES"));
    expect(verify(options)).toMatchObject({ kind: "broken", problems: [{ what: expect.stringContaining("history was changed") }] });
  });

  it("after the folder was emptied, the database lost, or only the database restored", () => {
    const options = grown(5, 5);
    const old = mkdtempSync(join(base, "old-"));
    cpSync(join(options.dir, "log.sqlite"), join(old, "log.sqlite"));
    const log = openLog(options);
    log.append(entries(5, 5));
    log.close();
    cpSync(join(old, "log.sqlite"), join(options.dir, "log.sqlite"));
    expect(() => openLog(options)).toThrow(code("WB_LOG_SHRUNK"));
    rmSync(join(options.dir, "log.sqlite"));
    expect(() => openLog(options)).toThrow(code("WB_LOG_STATE_LOST"));
    rmSync(options.dir, { recursive: true });
    expect(() => openLog(options)).toThrow(code("WB_LOG_STATE_LOST"));
  });

  it("with another key, for another origin, or when the state was edited", () => {
    const options = grown(5, 5);
    const other = parseSignerKey(example.log_skey.replace("852cbb9f", "852cbb9f"));
    expect(() => openLog({ ...options, origin: "other.example/log", signer: other })).toThrow(code("WB_LOG_WRONG_KEY"));
    const db = new DatabaseSync(join(options.dir, "log.sqlite"));
    db.exec("UPDATE log_state SET size = 4");
    db.close();
    expect(() => openLog(options)).toThrow(code("WB_LOG_DISAGREES"));
  });

  it("when a tile at the right edge was changed or lost", () => {
    const options = grown(260, 260);
    const tile = join(options.dir, "tile/0/001.p/4");
    const bytes = readFileSync(tile);
    writeFileSync(
      tile,
      bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte)),
    );
    expect(() => openLog(options)).toThrow(
      expect.objectContaining({ code: "WB_LOG_DAMAGED", message: expect.stringContaining("tile/entries/001.p/4 has an entry 1") }),
    );
    rmSync(tile);
    expect(() => openLog(options)).toThrow(expect.objectContaining({ code: "WB_LOG_DAMAGED", message: "tile/0/001.p/4 is missing" }));
  });

  it("when the database goes back while it is open", () => {
    const options = fresh();
    const log = openLog(options);
    log.append(entries(0, 5));
    const db = new DatabaseSync(join(options.dir, "log.sqlite"));
    db.exec("UPDATE log_state SET size = 3");
    db.close();
    expect(() => log.append(entries(5, 1))).toThrow(code("WB_LOG_SHRUNK"));
  });
});

describe("verifying a whole log", () => {
  function damage(path: string, change: (bytes: Buffer) => Uint8Array, more: Partial<LogOptions> = {}): LogVerification {
    const options = grown(700, 350, more);
    writeFileSync(join(options.dir, path), change(readFileSync(join(options.dir, path))));
    return verify(options);
  }
  const flipAt = (at: number) => (bytes: Buffer) => bytes.map((byte, i) => (i === at ? byte ^ 4 : byte));
  const problem = (file: string, what: string) => expect.objectContaining({ file, what: expect.stringContaining(what) });

  it("names the truncated or changed file", () => {
    const cases = [
      [damage("tile/0/000", (bytes) => bytes.subarray(0, 8000)), problem("tile/0/000", "is 8000 bytes long instead of 8192")],
      [damage("tile/entries/001", (bytes) => bytes.subarray(0, 100)), problem("tile/entries/001", "ends inside an entry")],
      [damage("tile/0/002.p/188", flipAt(0)), problem("tile/entries/002.p/188", "entry 0 does not hash to its leaf in tile/0/002.p/188")],
      [damage("tile/entries/000", flipAt(2)), problem("tile/entries/000", "entry 0 does not hash to its leaf in tile/0/000")],
      [damage("tile/1/000.p/2", flipAt(33)), problem("tile/1/000.p/2", "hash 1 is not the root of the tile below it")],
      [damage("checkpoint", flipAt(30)), problem("checkpoint", "is not a checkpoint of weighbridge.example/log1")],
    ] as const;
    for (const [verification, wanted] of cases) expect(verification).toMatchObject({ kind: "broken", problems: expect.arrayContaining([wanted]) });
  });

  it("notices tile and bundle that were changed together, by the root that was signed", () => {
    const options = grown(10, 10);
    const forged = fresh();
    const log = openLog(forged);
    log.append([Buffer.from("forged"), ...entries(1, 9)]);
    log.close();
    cpSync(join(forged.dir, "tile"), join(options.dir, "tile"), { recursive: true });
    expect(verify(options)).toMatchObject({
      problems: [
        problem("log.sqlite", "does not index entry 0"),
        problem("checkpoint", "is signed for size 10 with another root than the tiles hash to"),
      ],
    });
  });

  it("names missing files", () => {
    for (const path of ["tile/0/001", "tile/entries/002.p/188", "tile/1/000.p/2", "checkpoint", "log.sqlite"]) {
      const options = grown(700, 700);
      rmSync(join(options.dir, path));
      expect(verify(options)).toMatchObject({ kind: "broken", problems: expect.arrayContaining([problem(path, "is missing")]) });
    }
  });

  it("names partial tiles that wider ones took the place of and that are damaged; those that are gone are no damage", () => {
    const options = fresh();
    const log = openLog(options);
    for (const [from, count] of [
      [0, 258],
      [258, 3],
      [261, 3],
      [264, 3],
      [267, 3],
    ] as const) {
      log.append(entries(from, count));
      log.publish();
    }
    log.close();
    expect(verify(options)).toMatchObject({ kind: "verified", damagedPartials: [] });
    const changed = ["tile/0/001.p/5", "tile/entries/001.p/8"];
    for (const path of changed) writeFileSync(join(options.dir, path), flipAt(40)(readFileSync(join(options.dir, path))));
    truncateSync(join(options.dir, "tile/0/001.p/11"), 32);
    rmSync(join(options.dir, "tile/0/001.p/2"));
    expect(verify(options)).toMatchObject({
      kind: "verified",
      damagedPartials: [
        problem("tile/entries/001.p/8", "item 3 is another than in the wider file"),
        problem("tile/0/001.p/5", "item 1 is another than in the wider file"),
        problem("tile/0/001.p/11", "is 32 bytes long instead of 352"),
      ],
    });
  });

  it("notices a lost leaf, a moved leaf, and a database that is no database", () => {
    const options = grown(300, 300);
    const db = new DatabaseSync(join(options.dir, "log.sqlite"));
    db.exec("DELETE FROM log_leaf WHERE idx = 7");
    db.close();
    expect(verify(options)).toMatchObject({ problems: [problem("log.sqlite", "does not index entry 7")] });
    rebuildLog(options).close();
    expect(verify(options).kind).toBe("verified");
    const moved = new DatabaseSync(join(options.dir, "log.sqlite"));
    moved.exec("UPDATE log_leaf SET idx = 9 WHERE idx = 7");
    moved.close();
    expect(verify(options)).toMatchObject({ problems: [problem("log.sqlite", "indexes entry 7 as 9")] });
    writeFileSync(join(options.dir, "log.sqlite"), "no database at all, but long enough to look like one to nobody");
    expect(verify(options)).toMatchObject({ problems: [problem("log.sqlite", "cannot be read as the database of a log")] });
  });

  it("verifies commits that are not in the tiles yet, while the log is open", () => {
    const options = fresh();
    const log = openLog(options);
    log.append(entries(0, 300));
    log.publish();
    log.append(entries(300, 2));
    expect(verify(options)).toMatchObject({ kind: "verified", checkpoint: { size: 300 }, unpublished: 2 });
    log.close();
    expect(verify(options)).toMatchObject({ kind: "verified", checkpoint: { size: 302 }, unpublished: 0, outsideSize: 302 });
  });
});

describe("rebuilding", () => {
  it("ends with the same rows", () => {
    const options = grown(300, 7);
    const before = rows(options);
    const db = new DatabaseSync(join(options.dir, "log.sqlite"));
    db.exec("UPDATE view_words SET word = 'changed'; CREATE TABLE state_kept (x); CREATE TABLE view_old (x)");
    db.close();
    rebuildLog(options).close();
    expect(rows(options)).toEqual(before);
    const again = new DatabaseSync(join(options.dir, "log.sqlite"));
    const tables = again.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
    expect(tables.map(({ name }) => name)).toEqual(["log_leaf", "log_staged", "log_state", "state_kept", "view_words"]);
    again.close();
  });

  it("finds the state of a lost database in tiles and checkpoint, and goes on", () => {
    const options = grown(300, 300);
    const before = rows(options);
    rmSync(join(options.dir, "log.sqlite"));
    const log = rebuildLog(options);
    expect(rows(options)).toEqual(before);
    expect(log.append(entries(300, 1))).toMatchObject([{ index: 300 }]);
    log.close();
    expect(verify(options)).toMatchObject({ kind: "verified", checkpoint: { size: 301 } });
  });

  it("takes no state from damaged tiles", () => {
    const options = grown(300, 300);
    rmSync(join(options.dir, "log.sqlite"));
    rmSync(join(options.dir, "tile/0/000"));
    expect(() => rebuildLog(options)).toThrow(
      expect.objectContaining({ code: "WB_LOG_DISAGREES", message: expect.stringContaining("tile/0/000 is missing") }),
    );
  });
});

describe("reading", () => {
  const options = grown(700, 350);
  const reader = new LogReader({ dir: options.dir, origin: options.origin, verifier });

  it("gives entries, leaves and proofs at the published checkpoint", () => {
    expect(Buffer.from(reader.entry(699)).toString()).toBe("entry 699");
    for (const index of [0, 255, 256, 511, 512, 699]) {
      const { leafHash, proof, checkpoint } = reader.inclusionProof(index);
      expect(verifyInclusion(leafHash, index, checkpoint.size, proof, checkpoint.root)).toBe(true);
    }
    for (const old of [0, 1, 256, 350, 699, 700]) expect(reader.consistencyProof(old)).toMatchObject({ oldSize: old, checkpoint: { size: 700 } });
  });

  it("refuses what is not covered", () => {
    for (const index of [700, -1, 0.5]) expect(() => reader.entry(index)).toThrow(expect.objectContaining({ code: "WB_LOG_NOT_COVERED" }));
  });

  it("answers from a wider tile when a partial one is gone", () => {
    const other = grown(10, 10);
    const behind = new LogReader({ dir: other.dir, origin: other.origin, verifier });
    const checkpoint = readFileSync(join(other.dir, "checkpoint"));
    const log = openLog(other);
    log.append(entries(10, 300));
    log.close();
    expect(existsSync(join(other.dir, "tile/0/000.p"))).toBe(false);
    writeFileSync(join(other.dir, "checkpoint"), checkpoint);
    expect(Buffer.from(behind.entry(9)).toString()).toBe("entry 9");
    expect(behind.inclusionProof(9)).toMatchObject({ checkpoint: { size: 10 } });
  });

  it("hands out no proof from a changed tile", () => {
    const other = grown(10, 10);
    const tile = join(other.dir, "tile/0/000.p/10");
    writeFileSync(
      tile,
      readFileSync(tile).map((byte, at) => (at === 0 ? byte ^ 1 : byte)),
    );
    const misled = new LogReader({ dir: other.dir, origin: other.origin, verifier });
    expect(() => misled.inclusionProof(5)).toThrow(expect.objectContaining({ code: "WB_LOG_DISAGREES" }));
    expect(() => misled.consistencyProof(5)).toThrow(expect.objectContaining({ code: "WB_LOG_DISAGREES" }));
    expect(() => misled.entry(0)).toThrow(expect.objectContaining({ code: "WB_LOG_DAMAGED" }));
  });
});

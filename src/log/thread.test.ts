import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import { afterAll, describe, expect, it } from "vitest";
import example from "../../test/vectors/tlog/worked-example.json" with { type: "json" };
import { Batcher } from "./batching.ts";
import type { LogWriter } from "./log.ts";
import { parseSignerKey, parseVerifierKey } from "./note-key.ts";
import { LogReader } from "./reader.ts";
import { LogClient, serveLog } from "./thread.ts";
import { openLog } from "./writer.ts";

const base = mkdtempSync(join(tmpdir(), "log-thread-"));
afterAll(() => rmSync(base, { recursive: true }));

function served(): { readonly client: LogClient; readonly writer: LogWriter; readonly reader: LogReader; readonly batches: number[] } {
  const dir = mkdtempSync(join(base, "log-"));
  const project = (db: DatabaseSync, _index: number, entry: Uint8Array) => {
    if (Buffer.from(entry).toString() === "too much") db.exec("PRAGMA max_page_count = 1; CREATE TABLE more AS SELECT zeroblob(100000)");
    if (Buffer.from(entry).toString() === "refused") throw new RangeError("the projector refuses it");
  };
  const writer = openLog({ dir, origin: example.origin, signer: parseSignerKey(example.log_skey), projector: { project } });
  const batches: number[] = [];
  const counted: LogWriter = {
    get size() {
      return writer.size;
    },
    append: (entries) => {
      batches.push(entries.length);
      return writer.append(entries);
    },
    publish: () => writer.publish(),
    settle: () => writer.settle(),
    rebuildViews: () => writer.rebuildViews(),
    close: () => writer.close(),
  };
  const { port1, port2 } = new MessageChannel();
  serveLog(port2, counted);
  return {
    client: new LogClient(port1),
    writer,
    reader: new LogReader({ dir, origin: example.origin, verifier: parseVerifierKey(example.log_vkey) }),
    batches,
  };
}

describe("a served log", () => {
  it("commits concurrent callers together and gives each its own index and a covering checkpoint", async () => {
    const { client, batches, reader } = served();
    const appended = await Promise.all(Array.from({ length: 64 }, (_, i) => client.append(Buffer.from(`entry ${i}`))));
    expect(appended.map(({ index }) => index)).toEqual(Array.from({ length: 64 }, (_, i) => i));
    expect(new Set(appended.map(({ checkpoint }) => checkpoint)).size).toBe(1);
    expect(batches).toEqual([64]);
    await client.close();
    expect(reader.checkpoint().size).toBe(64);
  });

  it("publishes by itself soon after an append", async () => {
    const { client, reader } = served();
    await client.append(Buffer.from("a"));
    for (let tries = 0; reader.checkpoint().size === 0 && tries < 100; tries++) await wait(20);
    expect(reader.checkpoint().size).toBe(1);
    await client.close();
  });

  it("rejects only the entry that the projector refuses", async () => {
    const { client, batches } = served();
    const outcomes = await Promise.allSettled(["a", "refused", "b"].map((text) => client.append(Buffer.from(text))));
    expect(outcomes).toMatchObject([
      { status: "fulfilled", value: { index: 0 } },
      { status: "rejected", reason: { code: "WB_LOG_APPEND_FAILED", message: "the projector refuses it" } },
      { status: "fulfilled", value: { index: 1 } },
    ]);
    expect(batches).toEqual([3, 1, 1, 1]);
    await client.close();
  });

  it("says of a full disk that the disk is full, and loses nothing that was acknowledged", async () => {
    const { client, reader } = served();
    await client.append(Buffer.from("a"));
    await expect(client.append(Buffer.from("too much"))).rejects.toMatchObject({
      code: "WB_LOG_APPEND_FAILED",
      message: "database or disk is full",
      hint: expect.stringMatching(/^Nothing was acknowledged\. Make room/),
    });
    await client.close();
    expect(reader.checkpoint().size).toBe(1);
  });

  it("refuses an entry that is too large before it joins a batch", async () => {
    const { client, batches } = served();
    await expect(client.append(Buffer.alloc(65_536))).rejects.toMatchObject({ code: "WB_LOG_ENTRY_TOO_LARGE" });
    expect(batches).toEqual([]);
    await client.close();
  });

  it("finishes what is under way before it closes, and takes nothing afterwards", async () => {
    const { client, reader } = served();
    const waiting = [client.append(Buffer.from("a")), client.append(Buffer.from("b"))];
    await client.close();
    expect(await Promise.all(waiting)).toMatchObject([{ index: 0 }, { index: 1 }]);
    expect(reader.checkpoint().size).toBe(2);
    await expect(client.append(Buffer.from("c"))).rejects.toMatchObject({ code: "WB_LOG_CLOSED" });
    await client.close();
  });

  it("rejects those who wait when the other side ends", async () => {
    const { port1, port2 } = new MessageChannel();
    const client = new LogClient(port1);
    port2.on("message", () => port2.close());
    await expect(client.append(Buffer.from("a"))).rejects.toMatchObject({ code: "WB_LOG_CLOSED" });
  });

  it("passes on the log's own refusal with its code", async () => {
    const { client, writer } = served();
    writer.close();
    await expect(client.append(Buffer.from("a"))).rejects.toMatchObject({ code: "WB_LOG_APPEND_FAILED" });
  });
});

describe("batching", () => {
  it("forms the next batch while the current one commits, up to its size", async () => {
    const batches: (readonly number[])[] = [];
    const batcher = new Batcher<number, number>(
      async (items) => {
        batches.push(items);
        await wait(1);
        return items.map((item) => ({ kind: "done", result: item * 2 }));
      },
      { maxItems: 3 },
    );
    const first = [1, 2].map((n) => batcher.add(n));
    await first[0];
    const rest = [3, 4, 5, 6].map((n) => batcher.add(n));
    expect(await Promise.all([...first, ...rest])).toEqual([2, 4, 6, 8, 10, 12]);
    await batcher.idle();
    expect(batches).toEqual([[1, 2], [3, 4, 5], [6]]);
  });

  it("rejects a whole batch when its commit fails, and goes on", async () => {
    let fail = true;
    const batcher = new Batcher<number, number>(
      async (items) => {
        if (fail) throw new Error("disk full");
        return items.map((result) => ({ kind: "done", result }));
      },
      { maxItems: 10 },
    );
    await expect(Promise.all([batcher.add(1), batcher.add(2)])).rejects.toThrow("disk full");
    await batcher.idle();
    fail = false;
    expect(await batcher.add(3)).toBe(3);
  });
});

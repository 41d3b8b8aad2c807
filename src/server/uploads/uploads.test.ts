import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { measureTree } from "../../artifact/measure.ts";
import { surveyTree } from "../../artifact/tree.ts";
import { openState, type State } from "../../state/database.ts";
import type { UploadLimits } from "./limits.ts";
import { Uploads } from "./uploads.ts";

let directory: string;
let state: State;
let clock: number;
let count: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "weighbridge-uploads-"));
  state = openState(directory);
  clock = Date.parse("2026-01-01T00:00:00.000Z");
  count = 0;
});
afterEach(() => {
  state.close();
  rmSync(directory, { recursive: true, force: true });
});

const surroundings = {
  now: () => new Date(clock),
  randomBytes: (size: number) => Buffer.alloc(size, ++count),
};

async function started(limits: Partial<UploadLimits> = {}): Promise<Uploads> {
  const uploads = new Uploads({ state, directory, surroundings, limits: { reserveBytes: 0, ...limits } });
  await uploads.start();
  return uploads;
}

/** A body that brings these chunks; an Error cuts it there, and null keeps it open. */
function body(...chunks: readonly (string | Error | null)[]): ReadableStream<Uint8Array> {
  const left = chunks.values();
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value: chunk, done } = left.next();
      if (done === true) controller.close();
      else if (chunk === null) return new Promise<void>(() => {});
      else if (typeof chunk === "string") controller.enqueue(Buffer.from(chunk));
      else controller.error(chunk);
      return undefined;
    },
  });
}

const MODEL = {
  name: "tiny",
  files: [
    { path: "config.json", size: 2 },
    { path: "a/b/weights%25.bin", size: 10 },
    { path: "a/empty.txt", size: 0 },
  ],
};

describe("an upload", () => {
  it("is a tree of its files, which its owner alone may read, with the digest that they have elsewhere", async () => {
    const uploads = await started();
    const upload = await uploads.begin("ada", MODEL);
    await uploads.put("ada", upload.id, 0, 0, body("{}"));
    await uploads.put("ada", upload.id, 1, 0, body("01234", "56789"));
    await upload.close();
    expect(readFileSync(join(upload.tree, "a/b/weights%.bin"), "utf8")).toBe("0123456789");
    expect(lstatSync(join(upload.tree, "a/b/weights%.bin")).mode & 0o777).toBe(0o600);
    expect(lstatSync(upload.tree).mode & 0o777).toBe(0o700);
    const local = join(directory, "local");
    mkdirSync(join(local, "a/b"), { recursive: true });
    writeFileSync(join(local, "config.json"), "{}");
    writeFileSync(join(local, "a/b/weights%.bin"), "0123456789");
    writeFileSync(join(local, "a/empty.txt"), "");
    const [here, there] = await Promise.all([local, upload.tree].map(async (path) => (await measureTree(surveyTree(path))).artifact));
    expect(there).toEqual(here);
  });

  it("goes on where a body was cut, in this process and in the next", async () => {
    const uploads = await started();
    const { id } = await uploads.begin("ada", MODEL);
    await expect(uploads.put("ada", id, 1, 0, body("0123", new Error("reset")))).rejects.toMatchObject({ code: "WB_UPLOAD_CUT" });
    expect(uploads.find("ada", id).files.map(({ received }) => received)).toEqual([0, 4, 0]);
    await uploads.put("ada", id, 1, 4, body("56"));
    await uploads.close();
    const again = await started();
    expect(again.find("ada", id).files.map(({ received }) => received)).toEqual([0, 6, 0]);
    expect(again.find("ada", id).receivedBytes).toBe(6);
    await again.put("ada", id, 1, 6, body("6789"));
    await again.put("ada", id, 0, 0, body("{}"));
    await again.find("ada", id).close();
    expect(readFileSync(join(again.find("ada", id).tree, "a/b/weights%.bin"), "utf8")).toBe("0123566789");
  });

  it("takes bytes only from where those that came end", async () => {
    const uploads = await started();
    const { id } = await uploads.begin("ada", MODEL);
    await uploads.put("ada", id, 1, 0, body("0123"));
    for (const offset of [0, 3, 5]) await expect(uploads.put("ada", id, 1, offset, body("x"))).rejects.toMatchObject({ code: "WB_UPLOAD_OFFSET" });
    await expect(uploads.put("ada", id, 3, 0, body("x"))).rejects.toMatchObject({ code: "WB_UPLOAD_NOT_FOUND" });
  });

  it("takes no more bytes than were announced", async () => {
    const uploads = await started();
    const upload = await uploads.begin("ada", MODEL);
    await expect(uploads.put("ada", upload.id, 0, 0, body("{", "} "))).rejects.toMatchObject({ code: "WB_UPLOAD_SIZE" });
    await expect(uploads.put("ada", upload.id, 2, 0, body("x"))).rejects.toMatchObject({ code: "WB_UPLOAD_SIZE" });
    expect(readFileSync(join(upload.tree, "config.json"), "utf8")).toBe("{");
  });

  it("cannot be handed over before all came, and takes nothing afterwards", async () => {
    const uploads = await started();
    const upload = await uploads.begin("ada", MODEL);
    await uploads.put("ada", upload.id, 0, 0, body("{}"));
    await expect(upload.close()).rejects.toMatchObject({ code: "WB_UPLOAD_INCOMPLETE", message: expect.stringContaining("weights%25.bin") });
    await uploads.put("ada", upload.id, 1, 0, body("0123456789"));
    await upload.close();
    await expect(uploads.put("ada", upload.id, 0, 2, body())).rejects.toMatchObject({ code: "WB_UPLOAD_CLOSED" });
    await expect(upload.close()).rejects.toMatchObject({ code: "WB_UPLOAD_CLOSED" });
  });

  it("is there for nobody but whom it belongs to", async () => {
    const uploads = await started();
    const { id } = await uploads.begin("ada", MODEL);
    expect(() => uploads.find("eve", id)).toThrow(expect.objectContaining({ code: "WB_UPLOAD_NOT_FOUND" }));
    await expect(uploads.put("eve", id, 0, 0, body("{}"))).rejects.toMatchObject({ code: "WB_UPLOAD_NOT_FOUND" });
    expect(uploads.list("eve")).toEqual([]);
  });

  it("never writes through a link that somebody put there", async () => {
    const uploads = await started();
    const upload = await uploads.begin("ada", MODEL);
    const outside = join(directory, "outside");
    writeFileSync(outside, "");
    symlinkSync(outside, join(upload.tree, "config.json"));
    await expect(uploads.put("ada", upload.id, 0, 0, body("{}"))).rejects.toMatchObject({ code: "WB_UPLOAD_DISK" });
    expect(readFileSync(outside, "utf8")).toBe("");
  });
});

describe("bodies", () => {
  it("of one file: the newer one takes the place of one that hangs", async () => {
    const uploads = await started();
    const { id } = await uploads.begin("ada", MODEL);
    const hanging = uploads.put("ada", id, 1, 0, body("0123", null));
    while (uploads.find("ada", id).receivedBytes < 4) await setImmediate();
    await Promise.all([
      expect(hanging).rejects.toMatchObject({ code: "WB_UPLOAD_CUT", message: "another request took its place" }),
      uploads.put("ada", id, 1, 4, body("456789")),
    ]);
    expect(uploads.find("ada", id).receivedBytes).toBe(10);
  });

  it("that come too slowly are cut", async () => {
    const uploads = await started({ pace: { windowMs: 20, minBytes: 5 } });
    const { id } = await uploads.begin("ada", MODEL);
    await expect(uploads.put("ada", id, 1, 0, body("0123", null))).rejects.toMatchObject({ code: "WB_UPLOAD_SLOW" });
    expect(uploads.find("ada", id).receivedBytes).toBe(4);
  });

  it("are read no faster than they are written", async () => {
    const uploads = await started();
    const { id } = await uploads.begin("ada", { name: "n", files: [{ path: "f", size: 3000 }] });
    let pulled = 0;
    const source = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (pulled++ < 3000) controller.enqueue(Buffer.from("x"));
          else controller.close();
          expect(pulled - uploads.find("ada", id).receivedBytes).toBeLessThanOrEqual(2);
        },
      },
      { highWaterMark: 0 },
    );
    await uploads.put("ada", id, 0, 0, source);
    expect(uploads.find("ada", id).receivedBytes).toBe(3000);
  });

  it("that are on their way when the server stops are cut, and what came stays", async () => {
    const uploads = await started();
    const { id } = await uploads.begin("ada", MODEL);
    const hanging = uploads.put("ada", id, 1, 0, body("0123", null));
    while (uploads.find("ada", id).receivedBytes < 4) await setImmediate();
    await Promise.all([expect(hanging).rejects.toMatchObject({ code: "WB_UPLOAD_CUT", message: "the server stops" }), uploads.close()]);
    expect((await started()).find("ada", id).receivedBytes).toBe(4);
  });

  it("of one principal are limited in number", async () => {
    const uploads = await started({ maxStreamsPerPrincipal: 1 });
    const { id } = await uploads.begin("ada", MODEL);
    const hanging = uploads.put("ada", id, 1, 0, body("0", null));
    await expect(uploads.put("ada", id, 0, 0, body("{}"))).rejects.toMatchObject({ code: "WB_UPLOAD_TOO_MANY" });
    await Promise.all([expect(hanging).rejects.toThrow(), uploads.close()]);
  });
});

describe("limits", () => {
  const sized = (size: number) => ({ name: "n", files: [{ path: "f", size }] });

  it("of one principal's bytes and uploads, and of all bytes", async () => {
    const uploads = await started({ maxBytes: 250, maxBytesPerPrincipal: 150, maxOpenPerPrincipal: 3 });
    await expect(uploads.begin("ada", sized(151))).rejects.toMatchObject({ code: "WB_UPLOAD_TOO_LARGE" });
    await uploads.begin("ada", sized(100));
    await expect(uploads.begin("ada", sized(51))).rejects.toMatchObject({ code: "WB_UPLOAD_TOO_LARGE" });
    await uploads.begin("bob", sized(51));
    await uploads.begin("ada", sized(25));
    const { id } = await uploads.begin("ada", sized(25));
    await expect(uploads.begin("ada", sized(0))).rejects.toMatchObject({ code: "WB_UPLOAD_TOO_MANY" });
    await expect(uploads.begin("bob", sized(50))).rejects.toMatchObject({ code: "WB_UPLOAD_NO_ROOM" });
    await uploads.remove(id);
    await uploads.begin("bob", sized(50));
  });

  it("cannot be passed by asking at once", async () => {
    const uploads = await started({ maxOpenPerPrincipal: 2 });
    const begun = await Promise.allSettled(Array.from({ length: 10 }, () => uploads.begin("ada", sized(1))));
    expect(begun.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
  });

  it("count sizes whose sum is no safe number as too large", async () => {
    const uploads = await started({ maxBytes: Number.MAX_SAFE_INTEGER });
    const files = ["a", "b"].map((path) => ({ path, size: Number.MAX_SAFE_INTEGER }));
    await expect(uploads.begin("ada", { name: "n", files })).rejects.toMatchObject({ code: "WB_UPLOAD_TOO_LARGE" });
  });

  it("of the disk count what was promised and has not come", async () => {
    const { bavail, bsize } = (await import("node:fs")).statfsSync(directory);
    const half = Math.floor((bavail * bsize) / 2);
    const uploads = await started({ maxBytes: Number.MAX_SAFE_INTEGER, maxBytesPerPrincipal: Number.MAX_SAFE_INTEGER });
    const first = await uploads.begin("ada", sized(half));
    await expect(uploads.begin("ada", sized(half * 2))).rejects.toMatchObject({ code: "WB_UPLOAD_NO_ROOM" });
    await uploads.remove(first.id);
    const reserved = await started({ reserveBytes: bavail * bsize * 2 });
    await expect(reserved.begin("ada", sized(1))).rejects.toMatchObject({ code: "WB_UPLOAD_NO_ROOM" });
  });
});

describe("what is not needed any more goes", () => {
  it("uploads into which nothing came for long, but none that was handed over", async () => {
    const uploads = await started({ idleMs: 1000 });
    const idle = await uploads.begin("ada", MODEL);
    const used = await uploads.begin("ada", MODEL);
    const handedOver = await uploads.begin("ada", { name: "n", files: [{ path: "f", size: 0 }] });
    await handedOver.close();
    clock += 900;
    await uploads.put("ada", used.id, 0, 0, body("{}"));
    clock += 900;
    await uploads.sweep();
    expect(uploads.list("ada")).toEqual([used, handedOver]);
    expect(readdirSync(join(directory, "uploads")).sort()).toEqual([used.id, handedOver.id].sort());
    expect(uploads.get(idle.id)).toBeUndefined();
  });

  it("folders and rows that a killed process left", async () => {
    const uploads = await started();
    const lost = await uploads.begin("ada", MODEL);
    const kept = await uploads.begin("ada", MODEL);
    rmSync(join(directory, "uploads", lost.id), { recursive: true });
    mkdirSync(join(directory, "uploads", "f".repeat(32), "tree"), { recursive: true });
    const again = await started();
    expect(again.list("ada").map(({ id }) => id)).toEqual([kept.id]);
    expect(readdirSync(join(directory, "uploads"))).toEqual([kept.id]);
  });
});

import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { withFolder } from "../../test/registry-world.ts";
import { digestOf } from "../digest.ts";
import { parseSalted, saltedOf } from "../evidence/salted.ts";
import { BlobStore, hasBlob } from "./blobs.ts";

const stored = (use: (store: BlobStore, folder: string) => Promise<void>) =>
  withFolder((folder) => {
    let writes = 0;
    return use(new BlobStore(folder, () => String(writes++)), folder);
  });

it("gives back what was put, once however often", () =>
  stored(async (store, folder) => {
    const bytes = Buffer.from("evidence");
    const digests = await Promise.all([store.put(bytes), store.put(bytes), store.put(bytes)]);
    expect(new Set(digests)).toEqual(new Set([digestOf(bytes)]));
    expect(await store.get(digestOf(bytes))).toEqual({ kind: "found", bytes });
    expect(readdirSync(dirname(store.pathOf(digestOf(bytes))))).toEqual([store.pathOf(digestOf(bytes)).slice(-64)]);
    expect(statSync(store.pathOf(digestOf(bytes))).mode & 0o777).toBe(0o600);
    expect(hasBlob(folder, digestOf(bytes))).toBe(true);
  }));

it("tells missing and damaged from found, and heals what is put again", () =>
  stored(async (store, folder) => {
    const bytes = Buffer.from("evidence");
    const digest = await store.put(bytes);
    writeFileSync(store.pathOf(digest), "evidencf");
    expect(await store.get(digest)).toEqual({ kind: "damaged" });
    await store.put(bytes);
    expect(readFileSync(store.pathOf(digest))).toEqual(bytes);
    rmSync(store.pathOf(digest));
    expect(await store.get(digest)).toEqual({ kind: "missing" });
    expect(hasBlob(folder, digest)).toBe(false);
  }));

it("salts texts, so that equal texts have unequal digests", () => {
  const [one, two] = [saltedOf("ada", Buffer.alloc(32, 1)), saltedOf("ada", Buffer.alloc(32, 2))];
  expect(one.digest).not.toBe(two.digest);
  expect(one.digest).toBe(digestOf(one.bytes));
  expect(parseSalted(one.bytes)).toEqual({ kind: "parsed", value: "ada" });
  expect(parseSalted(Buffer.from('{"salt":"00","value":"ada"}'))).toEqual({ kind: "broken", why: "salt is not 64 hexadecimal digits" });
  expect(parseSalted(Buffer.from('"ada"')).kind).toBe("broken");
});

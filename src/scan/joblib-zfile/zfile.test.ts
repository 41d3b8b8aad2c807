import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { zfile } from "../../../test/fixtures/joblib/zfile.ts";
import { assemble, global, PAYLOAD, PROTO4, str } from "../../../test/fixtures/pickle/assemble.ts";
import { verdictOf } from "../examination.ts";
import { ArtifactExaminer } from "../examine-artifact.ts";

const examiner = new ArtifactExaminer({ jobs: 1 });
const base = mkdtempSync(join(tmpdir(), "weighbridge-zfile-"));
let runs = 0;
afterAll(async () => {
  await examiner.close();
  rmSync(base, { recursive: true });
});

async function scan(files: Readonly<Record<string, Uint8Array>>) {
  const folder = join(base, String(runs++));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const { findings, coverage, formats } = await examiner.examine(folder);
  const found = findings.filter(({ severity }) => severity !== "info").map(({ rule, severity, where }) => `${severity} ${rule} ${where.path}`);
  return { verdict: verdictOf(findings, coverage), found, formats };
}

/** A ZNDArrayWrapper as joblib 0.9 writes it, up to the state, that names the file of its array. */
const wrapper = (filename: string) =>
  assemble(
    PROTO4,
    global("joblib.numpy_pickle", "ZNDArrayWrapper"),
    "EMPTY_TUPLE",
    "NEWOBJ",
    "EMPTY_DICT",
    str("filename"),
    str(filename),
    "SETITEM",
    "BUILD",
    "STOP",
  );
const EVIL = assemble(["PROTO", 2], PAYLOAD, "STOP");
const numbers = Buffer.from(Float32Array.from({ length: 100 }, (_, i) => Math.sin(i + 1)).buffer);
const elf = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(200, 1)]);

describe("compressed files of joblib before 0.10", () => {
  it("pass with the arrays that their pickle names", async () => {
    expect(await scan({ "m.pkl": zfile(wrapper("m.pkl_01.npy.z")), "m.pkl_01.npy.z": zfile(numbers) })).toEqual({
      verdict: "pass",
      found: [],
      formats: { "m.pkl": ["joblib-zfile"], "m.pkl_01.npy.z": ["joblib-zfile"] },
    });
  });

  it("pass where the numbers are letters", async () => {
    expect(await scan({ "m.pkl": zfile(wrapper("m.pkl_01.npy.z")), "m.pkl_01.npy.z": zfile(Buffer.alloc(90, "a")) })).toMatchObject({
      verdict: "pass",
    });
  });

  it.each([
    ["no pickle names", "m.pkl_02.npy.z"],
    ["a pickle names in another folder", "other/m.pkl_01.npy.z"],
  ])("leave data that %s unexamined", async (_, path) => {
    expect((await scan({ "m.pkl": zfile(wrapper("m.pkl_01.npy.z")), [path]: zfile(numbers) })).found).toEqual([`medium not-examined ${path}!/data`]);
  });

  it.each([
    ["a pickle", zfile(EVIL)],
    ["a pickle of a wider header", zfile(EVIL, { wide: true })],
    ["a pickle whose length is written as only Python reads it", zfile(EVIL, { length: " +1_0" })],
    ["a program", zfile(elf)],
  ])("are held with %s, also as an array that a pickle names", async (_, file) => {
    expect((await scan({ "m.pkl": file })).verdict).not.toBe("pass");
    expect((await scan({ "m.pkl": zfile(wrapper("m.pkl_01.npy.z")), "m.pkl_01.npy.z": file })).verdict).not.toBe("pass");
    expect((await scan({ "logo.png": file })).verdict).toBe("block");
  });

  it("are held where the named array begins with a pickle that names itself numbers", async () => {
    const array = Buffer.concat([EVIL, numbers]);
    expect((await scan({ "m.pkl": zfile(wrapper("m.pkl_01.npy.z")), "m.pkl_01.npy.z": zfile(array) })).verdict).toBe("block");
  });

  it("say a length that lies, what follows, and that a stream is cut", async () => {
    const plain = assemble(PROTO4, "NONE", "STOP");
    expect((await scan({ "m.pkl": zfile(plain, { length: "0x99" }) })).found).toEqual(["medium joblib-zfile-length m.pkl"]);
    expect((await scan({ "m.pkl": Buffer.concat([zfile(plain), EVIL]) })).found).toEqual(
      expect.arrayContaining(["medium compressed-trailing m.pkl", `high hidden-content m.pkl!/trailing@${zfile(plain).length}!/@0`]),
    );
    expect((await scan({ "m.pkl": zfile(Buffer.concat([EVIL, Buffer.alloc(3000, 7)])).subarray(0, -5) })).found).toEqual(
      expect.arrayContaining(["medium malformed m.pkl"]),
    );
  });

  it("name no file out of the folder", async () => {
    const { found } = await scan({ "m.pkl": zfile(wrapper("../m.pkl_01.npy.z")) });
    expect(found.length).toBeGreaterThan(0); // the pickle's own finding
  });
});

it("zlib passes under the names that joblib 0.10 gave it", async () => {
  expect(await scan({ "m.gz": deflateSync(assemble(PROTO4, "NONE", "STOP")) })).toMatchObject({ verdict: "pass", formats: { "m.gz": ["zlib"] } });
  expect((await scan({ "m.gz": deflateSync(EVIL) })).verdict).toBe("block");
});

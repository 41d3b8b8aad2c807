import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { writeZip } from "../../test/fixtures/containers/zip-writer.ts";
import { bytesOf } from "../bytes.ts";
import { pickleFormat } from "../formats/pickle/format.ts";
import { DEFAULT_LIMITS, type Limits } from "../limits.ts";
import { walkFile } from "./walk.ts";

const SYSTEM = Buffer.from("\x80\x02cposix\nsystem\nX\x02\x00\x00\x00id\x85R.", "latin1");
const PLAIN = Buffer.from("\x80\x02}q\x00X\x01\x00\x00\x00aq\x01K\x01s.", "latin1");

async function walk(name: string, bytes: Uint8Array, limits: Partial<Limits> = {}) {
  const report = await walkFile(name, bytesOf(bytes), { ...DEFAULT_LIMITS, ...limits }, () => {});
  return {
    ...report,
    said: report.findings.filter(({ severity }) => severity !== "info").map(({ severity, rule, where }) => `${severity} ${rule} ${where.path}`),
  };
}

const zip = (members: Readonly<Record<string, Uint8Array>>) => Buffer.from(writeZip(Object.entries(members).map(([name, data]) => ({ name, data }))));

describe("what is inside is examined under its own path", () => {
  it("through archives and compression", async () => {
    const { said } = await walk("a.zip", zip({ "inner/b!.zip": zip({ "c.pkl.gz": gzipSync(SYSTEM) }) }));
    expect(said).toEqual([expect.stringMatching(/^critical pickle-callable a\.zip!\/inner\/b%21\.zip!\/c\.pkl\.gz!\//)]);
  });

  it("to a depth that has a limit, and says so", async () => {
    let bytes: Uint8Array = SYSTEM;
    for (let i = 0; i < 9; i++) bytes = zip({ "n.zip": bytes });
    const { said, unexamined } = await walk("a.zip", bytes);
    expect(said).toEqual(["medium limit-exceeded a.zip!/n.zip!/n.zip!/n.zip!/n.zip!/n.zip!/n.zip"]);
    expect(unexamined).toEqual([{ path: expect.stringContaining("n.zip"), why: "nested more than 6 deep" }]);
  });
});

it("an archive of arrays is no pickle, though its first letter and the header of a stored array can be read as opcodes", async () => {
  const header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".padEnd(117);
  const array = (pickle: string) =>
    zip({ "a.npy": Buffer.concat([Buffer.from("\x93NUMPY\x01\0\x76\0", "latin1"), Buffer.from(`${header}\n`), Buffer.from(pickle, "latin1")]) });
  const honest =
    "\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\x01b\x87R(K\x01K\x01\x85cnumpy\ndtype\nU\x02O8K\0K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb\x89]K\x01atb.";
  expect(await walk("a.npz", array(honest))).toMatchObject({ formats: ["zip"], said: [] });
  expect((await walk("a.npz", array(SYSTEM.toString("latin1")))).said).toEqual([expect.stringMatching(/^critical pickle-callable a\.npz!\/a\.npy/)]);
});

describe("a parser that fails", () => {
  it("leaves the subject examined by halves, also where another format fits", async () => {
    const failing = vi.spyOn(pickleFormat, "parse").mockRejectedValue(new RangeError("a fault of ours"));
    onTestFinished(() => failing.mockRestore());
    const { said, formats, unexamined } = await walk("notes.txt", Buffer.from("I1\n."));
    expect({ said, formats }).toEqual({ said: ["medium examiner-failed notes.txt"], formats: ["text"] });
    expect(unexamined).toHaveLength(1);
  });
});

describe("bounds hold over all that a file contains", () => {
  it("a bomb that is split over members meets one limit", async () => {
    const bomb = gzipSync(Buffer.alloc(3_000_000));
    const { said } = await walk("a.zip", zip({ a: bomb, b: bomb, c: bomb }), { maxInflatedBytes: 5_000_000 });
    expect(said.some((line) => line.startsWith("medium limit-exceeded"))).toBe(true);
  });

  it("what was found before the limit is kept", async () => {
    const { said } = await walk("a.zip", zip({ "a.pkl": SYSTEM, "b.txt": gzipSync(Buffer.alloc(9_000_000)) }), { maxInflatedBytes: 5_000_000 });
    expect(said[0]).toBe("critical pickle-callable a.zip!/a.pkl");
    expect(said.some((line) => line.startsWith("medium limit-exceeded"))).toBe(true);
  });

  it("members have a limit", async () => {
    const { said } = await walk("a.zip", zip(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.txt`, Buffer.from("x")]))), {
      maxSubjects: 10,
    });
    expect(said).toContainEqual(expect.stringMatching(/^medium limit-exceeded a\.zip/));
  });

  it("findings of one subject have a limit, and the worst are kept", async () => {
    const many = Buffer.concat([
      Buffer.from("\x80\x02", "latin1"),
      ...Array.from({ length: 40 }, (_, i) => Buffer.from(`cunknown${i}\nname\n0`)),
      Buffer.from("cposix\nsystem\n0N."),
    ]);
    const { said } = await walk("a.pkl", many, { maxFindings: 5 });
    expect(said[0]).toMatch(/^(critical|high) pickle-/);
    expect(said.at(-1)).toBe("low findings-cut a.pkl");
  });
});

it("a flood of findings of one subject is counted, and the worst are kept", async () => {
  const flood = Buffer.from(Array.from({ length: 3000 }, (_, i) => `cunknown${i}\nname\n0`).join(""));
  const { findings } = await walk("a.pkl", Buffer.concat([Buffer.from("\x80\x02", "latin1"), flood, Buffer.from("cposix\nsystem\n0N.")]));
  expect(findings).toHaveLength(201);
  expect(findings[0]).toMatchObject({ severity: "critical", proof: { name: "system" } });
  expect(findings.at(-1)).toMatchObject({ rule: "findings-cut", title: "2801 more findings here" });
});

it("a member that cannot be opened is said, and the others are examined", async () => {
  vi.stubEnv("TMPDIR", "/nowhere"); // no place for the spool of a large member
  onTestFinished(() => void vi.unstubAllEnvs());
  const { said, unexamined } = await walk("a.zip", zip({ "a.gz": gzipSync(Buffer.alloc(9_000_000)), "b.pkl": SYSTEM }));
  expect(said).toContainEqual(expect.stringMatching(/^medium examiner-failed a\.zip!\/a\.gz!\//));
  expect(said).toContain("critical pickle-callable a.zip!/b.pkl");
  expect(unexamined).toContainEqual({ path: expect.stringContaining("a.gz"), why: "walker failed" });
});

describe("names against bytes", () => {
  it.each([
    ["model.safetensors", SYSTEM, "high extension-mismatch model.safetensors"],
    ["config.json", SYSTEM, "high extension-mismatch config.json"],
    ["model.safetensors", PLAIN, "high extension-mismatch model.safetensors"],
    ["model.gguf", zip({ "a.txt": Buffer.from("x") }), "high extension-mismatch model.gguf"],
  ])("%s that is none", async (name, bytes, line) => {
    expect((await walk(name, bytes)).said).toContain(line);
  });

  it.each([
    ["model.bin", PLAIN],
    ["weights.dat", PLAIN],
    ["archive.zip", zip({ "README.md": Buffer.from("hello") })],
  ])("%s may be what it is", async (name, bytes) => {
    expect((await walk(name, bytes)).said).toEqual([]);
  });

  it("an empty file is said only where its name claims a format", async () => {
    expect((await walk("model.safetensors", Buffer.alloc(0))).said).toEqual(["medium empty-file model.safetensors"]);
    expect((await walk("__init__", Buffer.alloc(0))).said).toEqual([]);
  });

  it("bytes that nothing recognises are not examined, and never clean", async () => {
    const { said, unexamined, formats } = await walk("weights.raw", Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 7919) % 253)));
    expect({ said, formats }).toEqual({ said: ["medium not-examined weights.raw"], formats: [] });
    expect(unexamined).toHaveLength(1);
  });
});

it("two formats in one file are both examined, and said", async () => {
  const { said, formats } = await walk("model.pt", Buffer.concat([SYSTEM, zip({ "b.pkl": SYSTEM })]));
  expect(formats.length).toBeGreaterThan(1);
  expect(said).toContain("medium polyglot model.pt");
  expect(said.filter((line) => line.startsWith("critical pickle-callable")).length).toBeGreaterThan(1);
});

it("a name that a loader gives a meaning decides how text is read", async () => {
  expect((await walk("chat_template.jinja", Buffer.from("{{ messages[0].content }}"))).formats).toEqual(["jinja"]);
  expect((await walk("chat_template.jinja", Buffer.from("{{ ''.__class__.__mro__ }}"))).said).toContainEqual(
    expect.stringMatching(/^(high|critical) template-code-execution/),
  );
});

describe("a text under a template's name is read as a template", () => {
  const ESCAPE = "{{ ''.__class__.__mro__ }}";

  it.each([
    ["a JSON document", '{"bos_token": "x"}'],
    ["markup", "<!doctype html>"],
    ["GGUF", "GGUF"],
    ["PDF", "%PDF-1.4\n"],
  ])("though it begins like %s", async (_what, start) => {
    const { said } = await walk("chat_template.jinja", Buffer.from(start + ESCAPE));
    expect(said.filter((line) => line.startsWith("critical") || line.startsWith("high"))).toContainEqual(
      expect.stringMatching(/^(critical|high) template-code-execution chat_template\.jinja$/),
    );
  });

  it("but no other file, and nothing binary", async () => {
    expect((await walk("page.html", Buffer.from(`<!doctype html>${ESCAPE}`))).formats).toEqual(["html"]);
    expect((await walk("chat_template.jinja", PLAIN)).formats).toEqual(["pickle"]);
  });
});

describe("an archive behind a format that is not read", () => {
  const FONT = Buffer.concat([Buffer.from("OTTO\0"), Buffer.alloc(40, 1)]);

  it("is examined, also with bytes behind it", async () => {
    const { said } = await walk("a.otf", Buffer.concat([FONT, zip({ "archive/data.pkl": SYSTEM }), Buffer.from("tail")]));
    expect(said).toContainEqual(expect.stringMatching(/^critical pickle-callable a\.otf!\/archive\/data\.pkl/));
  });

  it("is no finding where there is none", async () => {
    expect((await walk("a.otf", FONT)).said).toEqual(["medium not-examined a.otf"]);
  });
});

it("opens more members than fit on the stack as arguments", async () => {
  const name = (i: number) => Buffer.from(`${i}.txt`);
  const members = Array.from({ length: 130_000 }, (_, i) => {
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name(i).length, 26);
    return Buffer.concat([local, name(i)]);
  });
  const { said } = await walk("a.zip", Buffer.concat(members), { maxSubjects: 10 });
  expect(said.filter((line) => line.includes("examiner-failed"))).toEqual([]);
  expect(said).toContainEqual(expect.stringContaining("limit-exceeded"));
});

import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { writeHdf5 } from "../../../test/fixtures/hdf5/writer.ts";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

const fixture = (name: string) => readFileSync(new URL(`../../../test/fixtures/hdf5/${name}`, import.meta.url));

async function walk(bytes: Uint8Array, name = "m.h5") {
  const { formats, findings, parameters } = await walkFile(name, bytesOf(bytes), DEFAULT_LIMITS, () => {});
  return { formats, parameters, findings: findings.map(({ severity, rule, where, title }) => `${severity} ${rule} ${where.path}: ${title}`) };
}
const found = async (bytes: Uint8Array) => (await walk(bytes)).findings;
const data = Uint8Array.from({ length: 64 }, (_, i) => (i * 7 + 1) & 0xff);
/** Inert: names os.system, whose argument is `true`. */
const PICKLE = Buffer.from("cos\nsystem\n(S'true'\ntR.");
const ELF = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(5000, 3)]);

describe("files of data end without a finding", () => {
  it.each(["earliest.h5", "latest.h5", "v110.h5"])("%s", async (name) => {
    expect(await walk(fixture(name))).toMatchObject({ formats: ["hdf5"], findings: [] });
  });

  it("bytes that are no program, texts, links inside the file, space of deleted objects", async () => {
    const file = writeHdf5({
      attributes: [
        { name: "note", value: "os.system('true') and https://example.org" },
        { name: "state", value: "(lp0\nS'x'\np1\na." },
      ],
      links: [
        { name: "d", data },
        { name: "z", data: deflateSync(data), filter: 1 },
        { name: "s", soft: "/d" },
      ],
      unowned: new Uint8Array(9000).fill(5),
    });
    expect(await walk(file)).toEqual({ formats: ["hdf5"], parameters: 64 + deflateSync(data).length, findings: [] });
  });

  it("a user block as MATLAB writes it", async () => {
    const userBlock = Buffer.alloc(512, " ");
    userBlock.write("MATLAB 7.3 MAT-file, Platform: GLNXA64");
    expect(await found(writeHdf5({ userBlock }))).toEqual([]);
  });
});

describe("#90 what leads out of the file", () => {
  it("external links, external storage, virtual datasets", async () => {
    const expected = [
      'high hdf5-external m.h5: /link is an external link to "/etc/hostname", which is an absolute path',
      'high hdf5-external m.h5: /storage is stored in "beside.raw"',
      'high hdf5-external m.h5: /virtual is a virtual dataset over "../other.h5", which leads out of the model\'s folder',
      'medium hdf5-external m.h5: /virtual is a virtual dataset over "part.h5"',
    ];
    expect((await found(fixture("outward.h5"))).sort()).toEqual(expected);
    expect((await found(fixture("outward-latest.h5"))).sort()).toEqual(expected);
  });

  it("a link to a file beside it", async () => {
    const weights = writeHdf5({ links: [{ name: "layers", external: ["other.h5", "/layers"] }] });
    expect(await found(weights)).toEqual(['high hdf5-external m.h5: /layers is an external link to "other.h5"']);
  });

  it("near miss: a soft link to a path", async () => {
    expect(await found(writeHdf5({ links: [{ name: "a", soft: "/etc/hostname" }] }))).toEqual([]);
  });

  it("a link of a kind that a program registers", async () => {
    expect(await found(writeHdf5({ links: [{ name: "a", userType: 187 }] }))).toEqual(["medium hdf5-user-link m.h5: /a is a link of kind 187"]);
  });
});

describe("#25 #69 what hides in it", () => {
  it("a pickle in an attribute and in a dataset, deflated or not", async () => {
    const pickled = [expect.stringMatching(/^critical pickle-callable m\.h5!\/.*os\.system/)];
    expect(await found(writeHdf5({ attributes: [{ name: "a", value: PICKLE }] }))).toEqual(pickled);
    expect(await found(writeHdf5({ links: [{ name: "d", data: Buffer.concat([data, PICKLE, data]) }] }))).toEqual(pickled);
    expect(await found(writeHdf5({ links: [{ name: "d", data: deflateSync(PICKLE), filter: 1 }] }))).toEqual(pickled);
  });

  it("a pickle in letters", async () => {
    expect(await found(writeHdf5({ attributes: [{ name: "a", value: PICKLE.toString("base64") }] }))).toEqual([
      expect.stringMatching(/^medium encoded-program m\.h5: .*os\.system/),
    ]);
  });

  it.each<[string, Parameters<typeof writeHdf5>[0]]>([
    ["between the objects", { unowned: ELF }],
    ["behind the end", { trailing: ELF }],
    ["in the user block", { userBlock: Buffer.concat([ELF, Buffer.alloc(8192)]).subarray(0, 8192) }],
    ["in an empty message", { messages: [[0, ELF]] }],
  ])("#69 an executable %s", async (_name, file) => {
    expect(await found(writeHdf5({ links: [{ name: "d", data }], ...file }))).toContainEqual(
      expect.stringMatching(/^high hidden-content m\.h5!\/unowned.*: Bytes that nobody owns hold an ELF executable or library$/),
    );
  });

  it("#69 bytes before and behind", async () => {
    expect(await found(writeHdf5({ trailing: data }))).toEqual([
      "medium hdf5-trailing-bytes m.h5: 64 bytes follow the end that the superblock states",
    ]);
    expect(await found(writeHdf5({ userBlock: Buffer.alloc(512, "x") }))).toEqual([
      "medium hdf5-trailing-bytes m.h5: 512 bytes stand before the file that HDF5 sees",
    ]);
  });

  it("what stands in front of a file that is broken is searched once", async () => {
    const pickle = Buffer.from("\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.", "latin1");
    const bytes = writeHdf5({ userBlock: Buffer.concat([pickle, Buffer.alloc(512)]).subarray(0, 512) });
    bytes.fill(0xff, 521, 531);
    const places = (await found(bytes)).filter((line) => line.startsWith("critical")).map((line) => line.split(": ")[0]);
    expect(places).toEqual(["critical pickle-callable m.h5", "critical pickle-callable m.h5!/unowned@0!/@0"]);
  });

  it("what begins in the last field of a node and goes on behind it is found", async () => {
    const bytes = readFileSync(new URL("../../../test/fixtures/keras/keras-3.15.h5", import.meta.url));
    expect(bytes.toString("latin1", 10080, 10084)).toBe("SNOD");
    bytes.set(PICKLE, 10158);
    expect(await found(bytes)).toContainEqual(expect.stringMatching(/^critical pickle-callable m\.h5!\/unowned-scraps!/));
  });

  it("much space that nothing owns is said", async () => {
    expect(await found(writeHdf5({ unowned: new Uint8Array(70_000).fill(5) }))).toEqual([
      "low hdf5-unowned-bytes m.h5: 70000 bytes belong to no object: left by objects that were deleted, or hidden",
    ]);
  });
});

describe("what is not understood is said", () => {
  it.each<[string, Parameters<typeof writeHdf5>[0], string]>([
    [
      "a message of tomorrow",
      { messages: [[0x40, new Uint8Array(4)]] },
      "medium not-examined m.h5: Not examined: an object header message of the unknown type 64",
    ],
    [
      "a filter that nobody has registered",
      { links: [{ name: "d", data, filter: 40_000 }] },
      "low hdf5-filter m.h5: A dataset needs the filter 40000, which nobody has registered",
    ],
    ["a cut file", { endOfFile: 9999 }, "medium malformed m.h5: Not readable as hdf5: the file has"],
    [
      "two attributes of one name",
      {
        attributes: [
          { name: "a", value: "1" },
          { name: "a", value: "2" },
        ],
      },
      'medium hdf5-structure m.h5: The attribute "a" stands twice',
    ],
  ])("%s", async (_name, file, expected) => {
    expect(await found(writeHdf5(file))).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
  });

  it("near miss: a filter that is registered", async () => {
    expect(await found(writeHdf5({ links: [{ name: "d", data, filter: 32_001 }] }))).toEqual([]);
  });
});

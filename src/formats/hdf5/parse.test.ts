import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeHdf5 } from "../../../test/fixtures/hdf5/writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { lookup3 } from "./checksum.ts";
import { hdf5Detector } from "./detect.ts";
import { hdf5 } from "./format.ts";
import { parseHdf5 } from "./parse.ts";

const fixture = (name: string) => readFileSync(new URL(`../../../test/fixtures/hdf5/${name}`, import.meta.url));
const parse = (bytes: Uint8Array) => parseHdf5(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
const kinds = async (bytes: Uint8Array) => (await parse(bytes)).anomalies.map(({ kind }) => kind);
const PICKLE = Buffer.from("cos\nsystem\n(S'true'\ntR.");
const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7 + 1) & 0xff);

it("checks as Bob Jenkins does", () => {
  expect(lookup3(Buffer.from("Four score and seven years ago"))).toBe(0x17770551); // the vector in lookup3.c
  expect(lookup3(new Uint8Array())).toBe(0xdeadbeef);
});

describe("files that h5py wrote", () => {
  it.each([
    ["earliest.h5", 0, 0],
    ["latest.h5", 3, 0],
    ["v110.h5", 3, 512],
  ])("%s is read to its last byte", async (name, version, userBlock) => {
    const { kind, facts, anomalies } = await parse(fixture(name));
    expect({ kind, anomalies }).toEqual({ kind: "parsed", anomalies: [] });
    expect(facts).toMatchObject({
      version,
      userBlock,
      userBlockUsed: "no",
      objects: 42,
      datasets: 26,
      outward: [],
      foreignLinks: [],
      unread: [],
      dropped: 0,
    });
    expect(facts.unowned).toEqual([]); // what is left are scraps of rewritten names
    expect(facts.scraps?.length ?? 0).toBeLessThan(1000);
    expect(facts.pickles).toEqual([]);
  });

  it("finds the configuration in dense storage, without its padding", async () => {
    const file = fixture("long-attribute.h5");
    const [config, ...more] = (await parse(file)).facts.configs;
    expect(more).toEqual([]);
    expect(config).toMatchObject({ name: "/@model_config", size: 66_054 });
    expect(file.toString("latin1", config?.offset, (config?.offset ?? 0) + 14)).toBe('{"class_name":');
  });

  it.each(["outward.h5", "outward-latest.h5"])("%s: names every file that it leads to, and not itself", async (name) => {
    const { kind, facts } = await parse(fixture(name));
    expect(kind).toBe("parsed");
    expect(new Set(facts.outward.map(({ kind, object, target }) => `${kind} ${object} ${target}`))).toEqual(
      new Set([
        "external-link /link /etc/hostname",
        "external-storage /storage beside.raw",
        "virtual-source /virtual part.h5",
        "virtual-source /virtual ../other.h5",
      ]),
    );
  });

  it("says where a cut file ends", async () => {
    const { kind, why } = await parse(fixture("latest.h5").subarray(0, 20_000));
    expect(kind).toBe("broken");
    expect(why).toMatch(/out of the file|bytes of/);
  });

  it("notices a changed bit in a checked structure", async () => {
    const file = Buffer.from(fixture("latest.h5"));
    const at = file.indexOf("OHDR") + 20;
    file[at] = (file[at] ?? 0) ^ 1;
    const { kind, anomalies } = await parse(file);
    expect(kind === "broken" || anomalies.some((each) => each.kind === "checksum")).toBe(true);
  });
});

describe("what the file holds", () => {
  const data = bytes(64);

  it("nothing but its data: every byte is owned", async () => {
    const file = writeHdf5({ attributes: [{ name: "note", value: "plain" }], links: [{ name: "d", data }] });
    const { kind, facts, anomalies } = await parse(file);
    expect({ kind, anomalies }).toEqual({ kind: "parsed", anomalies: [] });
    expect(facts).toMatchObject({ version: 2, objects: 2, datasets: 1, parameters: 64, isKeras: false, configs: [], unowned: [], scraps: null });
    expect(facts.heads).toEqual([{ name: "/d", offset: 48, size: 64, codec: "stored" }]);
  });

  it("a configuration, by its name or by what it says", async () => {
    const named = { name: "training_config", value: "anything" };
    const told = { name: "notes", value: ' {"a": [{"class_name": "X", "config": {}}]}\0\0' };
    const not = { name: "json", value: '{"a": 1}' };
    const { facts } = await parse(writeHdf5({ attributes: [named, told, not] }));
    expect(facts.configs.map(({ name, size }) => [name, size])).toEqual([
      ["/@training_config", 8],
      ["/@notes", 43],
    ]);
    expect(facts.isKeras).toBe(true);
  });

  it("bytes before, between and behind what objects own", async () => {
    const hidden = bytes(5000);
    const { facts, anomalies } = await parse(
      writeHdf5({ links: [{ name: "d", data }], unowned: hidden, userBlock: bytes(512), trailing: bytes(4500) }),
    );
    expect(facts).toMatchObject({ userBlock: 512, userBlockUsed: "yes" });
    expect(facts.unowned.map(({ size }) => size)).toEqual([5000, 4500]);
    expect(facts.scraps?.length).toBe(512 + 8);
    expect(anomalies.map(({ kind, what }) => [kind, what])).toEqual([["trailing-bytes", "4500 bytes follow the end that the superblock states"]]);
  });

  it("a user block as MATLAB writes it", async () => {
    const block = Buffer.alloc(512);
    block.write("MATLAB 7.3 MAT-file, Platform: GLNXA64");
    expect((await parse(writeHdf5({ userBlock: block }))).facts.userBlockUsed).toBe("matlab");
    expect((await parse(writeHdf5({ userBlock: Buffer.alloc(512) }))).facts.userBlockUsed).toBe("no");
  });

  it("a pickle that acts, in a dataset of bytes and in an attribute, beside one that does not", async () => {
    const file = writeHdf5({
      attributes: [
        { name: "a", value: PICKLE },
        { name: "b", value: `text ${PICKLE.toString("latin1")}` },
        { name: "c", value: "(lp0\nS'x'\np1\na." },
      ],
      links: [{ name: "d", data: Buffer.concat([Buffer.alloc(40), PICKLE, Buffer.alloc(40)]) }],
    });
    const found = (await parse(file)).facts.pickles;
    expect(found.map(({ size }) => size)).toEqual([PICKLE.length, PICKLE.length, PICKLE.length]);
    for (const { offset } of found) expect(file.subarray(offset, offset + PICKLE.length)).toEqual(PICKLE);
  });

  it("an encoded text, and a plain one", async () => {
    const encoded = PICKLE.toString("base64");
    const { facts } = await parse(
      writeHdf5({
        attributes: [
          { name: "x", value: encoded },
          { name: "y", value: "two words and: more" },
        ],
      }),
    );
    expect(facts.texts.map(({ name, value }) => [name, value])).toEqual([["/@x", encoded]]);
  });

  it("a dataset that is deflated", async () => {
    const packed = deflateSync(data);
    const { facts } = await parse(writeHdf5({ links: [{ name: "d", data: packed, filter: 1 }] }));
    expect(facts.heads).toEqual([{ name: "/d", offset: 48, size: packed.length, codec: "zlib" }]);
    expect((await parse(writeHdf5({ links: [{ name: "d", data, filter: 40_000 }] }))).facts).toMatchObject({ filters: [40_000], heads: [] });
  });
});

describe("what contradicts itself", () => {
  const data = bytes(64);

  it.each<[string, Parameters<typeof writeHdf5>[0], readonly string[]]>([
    [
      "an attribute that stands twice",
      {
        attributes: [
          { name: "a", value: "1" },
          { name: "a", value: "2" },
        ],
      },
      ["duplicate-attribute"],
    ],
    ["a dataset with more bytes than its shape", { links: [{ name: "d", data, claimedBytes: 80 }] }, ["dataset-size"]],
    ["a message that only tests write", { messages: [[9, new Uint8Array(4)]] }, ["bogus-message"]],
  ])("%s", async (_name, file, expected) => {
    expect(await kinds(writeHdf5(file))).toEqual(expected);
  });

  it("two datasets over the same bytes", async () => {
    const file = writeHdf5({
      links: [
        { name: "a", data },
        { name: "b", data },
      ],
    });
    const second = file.indexOf(Buffer.from(bytes(64)), 49);
    const at = file.lastIndexOf(Buffer.from([second & 0xff, second >> 8, 0, 0, 0, 0, 0, 0]), file.length);
    file.writeUInt8(48 + 8, at);
    file.writeUInt8(0, at + 1);
    expect(await kinds(file)).toContain("overlap");
  });

  it.each<[string, Parameters<typeof writeHdf5>[0], RegExp]>([
    ["a link out of the file", { links: [{ name: "x", address: 1e9 }] }, /an object header leads out of the file/],
    [
      "a dataset out of the file",
      { links: [{ name: "d", data, claimedBytes: 64 }], messages: [], endOfFile: 1e6 },
      /the file has \d+ bytes of 1000000/,
    ],
    ["a link to what is no object", { links: [{ name: "x", address: 0 }] }, /version/],
  ])("%s, and reads the rest", async (_name, file, why) => {
    const parsed = await parse(writeHdf5({ ...file, attributes: [{ name: "model_config", value: "{}" }] }));
    expect(parsed.kind).toBe("broken");
    expect(parsed.why).toMatch(why);
    expect(parsed.facts.configs.length).toBe(1);
  });

  it("a broken object does not hide the ones after it", async () => {
    const { kind, facts } = await parse(
      writeHdf5({
        links: [
          { name: "a", external: ["/etc/hostname", "/x"] },
          { name: "b", address: 1e9 },
          { name: "c", data },
        ],
      }),
    );
    expect(kind).toBe("broken");
    expect(facts.outward.map(({ target }) => target)).toEqual(["/etc/hostname"]);
    expect(facts.datasets).toBe(1);
  });

  it("a group that holds itself ends", async () => {
    const file = writeHdf5({ links: [{ name: "self", address: 48 }] });
    expect((await parse(file)).kind).toBe("parsed");
  });

  it("a message of tomorrow is said", async () => {
    expect((await parse(writeHdf5({ messages: [[0x40, new Uint8Array(4)]] }))).facts.unread).toEqual([
      "an object header message of the unknown type 64",
    ]);
  });
});

describe("the detector", () => {
  const answer = (file: Uint8Array) =>
    hdf5Detector.detect({ head: file.subarray(0, 4096), tail: file.subarray(-4096), size: file.length, at: async (o, n) => file.subarray(o, o + n) });

  it("knows a superblock where one may stand", async () => {
    expect(await answer(writeHdf5({}))).toBe("yes");
    expect(await answer(writeHdf5({ userBlock: new Uint8Array(2048) }))).toBe("yes");
    expect(await answer(writeHdf5({ userBlock: new Uint8Array(100) }))).toBe("no");
    expect(await answer(new Uint8Array(4))).toBe("no");
  });
});

it("gives back what it held", async () => {
  for (const name of ["earliest.h5", "latest.h5", "outward.h5"]) {
    const budget = new Budget({ ...DEFAULT_LIMITS, maxMemoryBytes: 64 * 1024 * 1024 });
    await parseHdf5(bytesOf(fixture(name)), budget);
    expect(() => budget.hold(64 * 1024 * 1024)).not.toThrow();
  }
});

it("any attribute is found again where it lies", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ minLength: 1, maxLength: 40, unit: "grapheme-ascii" }), { maxLength: 8 }), async (values) => {
      const attributes = values.map((value, i) => ({ name: `model_config${i}`, value: `{"class_name": ${JSON.stringify(value)}}` }));
      const file = writeHdf5({ attributes });
      const { kind, facts } = await parse(file);
      expect(kind).toBe("parsed");
      expect(facts.configs.map(({ offset, size }) => file.toString("utf8", offset, offset + size))).toEqual(attributes.map(({ value }) => value));
    }),
    { numRuns: 100 },
  );
});

formatContract(
  hdf5,
  [writeHdf5({ attributes: [{ name: "a", value: "b" }], links: [{ name: "d", data: bytes(16) }] }), fixture("earliest.h5"), fixture("latest.h5")],
  {
    truncateUpTo: 300,
  },
);

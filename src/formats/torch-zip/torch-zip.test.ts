import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type WrittenMember, writeZip } from "../../../test/fixtures/containers/zip-writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { shared, withoutShared } from "../../../test/shared.ts";
import { bytesOf } from "../../bytes.ts";
import { PROBE_BYTES, type Probe } from "../../format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { childrenOfTorch } from "./children.ts";
import { TORCH_DETECTORS } from "./detect.ts";
import { torchFormat } from "./format.ts";
import { parseTorchZip } from "./parse.ts";

const parse = (bytes: Uint8Array) => parseTorchZip(bytesOf(bytes), new Budget(DEFAULT_LIMITS));

/** A pickle whose value is a list of persistent ids of torch storages, protocol 2. */
function pickleOf(...storages: readonly (readonly [key: string, type: string, elements: number])[]): Uint8Array {
  const text = (value: string) => Buffer.concat([Buffer.from([0x58, value.length, 0, 0, 0]), Buffer.from(value)]);
  const ids = storages.map(([key, type, elements]) => {
    const count = Buffer.from([0x4a, 0, 0, 0, 0]);
    count.writeInt32LE(elements, 1);
    return Buffer.concat([Buffer.from("("), text("storage"), Buffer.from(`ctorch\n${type}\n`), text(key), text("cpu"), count, Buffer.from("tQ")]);
  });
  return Buffer.concat([Buffer.from([0x80, 2]), Buffer.from("]("), ...ids, Buffer.from("e.")]);
}

const RECORDS: readonly WrittenMember[] = [
  { name: "m/version", data: "3\n" },
  { name: "m/byteorder", data: "little" },
];

async function detected(bytes: Uint8Array): Promise<readonly string[]> {
  const probe: Probe = {
    head: bytes.subarray(0, PROBE_BYTES),
    tail: bytes.subarray(-PROBE_BYTES),
    size: bytes.length,
    at: async (at, n) => bytes.subarray(at, at + n),
  };
  const answers = await Promise.all(TORCH_DETECTORS.map(async ({ id, detect }) => ((await detect(probe)) === "no" ? "" : id)));
  return answers.filter((id) => id !== "");
}

async function children(members: readonly WrittenMember[]) {
  const { facts } = await parse(writeZip(members));
  return childrenOfTorch(facts).map(({ name, treatment, as, region }) => [
    name,
    treatment,
    region.in === "slice" ? region.size : region.in,
    ...(as === undefined ? [] : [as]),
  ]);
}

describe("telling torch archives apart", () => {
  it.each([
    [["m/data.pkl", "m/version"], ["torch-zip"]],
    [["data.pkl"], ["torch-zip"]],
    [["m/data.pkl", "m/constants.pkl", "m/code/__torch__.py"], ["torchscript"]],
    [["m/archive_format", "m/models/model.json", "m/data/weights/weight_0"], ["pt2"]],
    [["config.json", "model.weights.h5"], []],
    [["metadata.pkl", "notdata.pkl"], []],
  ])("%j is %j", async (names, kinds) => {
    expect(await detected(writeZip(names.map((name) => ({ name, data: name }))))).toEqual(kinds);
  });

  it("by the names in local headers where the directory is cut off", async () => {
    const whole = writeZip([{ name: "m/data.pkl", data: "x".repeat(300) }, ...RECORDS]);
    expect(await detected(whole.subarray(0, -90))).toEqual(["torch-zip"]);
  });
});

describe("accounting for storage", () => {
  const tensor = Buffer.alloc(40, 1);

  it("what a pickle accounts for is probed, records of one word are settled, a number that nothing refers to is searched", async () => {
    const members = [
      { name: "m/data.pkl", data: pickleOf(["0", "FloatStorage", 10]) },
      { name: "m/data/0", data: tensor },
      { name: "m/data/1", data: tensor },
    ];
    expect(await children([...members, ...RECORDS])).toEqual([
      ["m/data.pkl", "examine", expect.any(Number)],
      ["m/data/0", "probe", 40],
      ["m/data/1", "search", 40],
    ]);
  });

  it("bytes behind the tensor in its member are searched", async () => {
    const members = [
      { name: "m/data.pkl", data: pickleOf(["0", "HalfStorage", 10]) },
      { name: "m/data/0", data: tensor },
    ];
    expect((await children(members)).slice(1)).toEqual([
      ["m/data/0", "probe", 20],
      ["m/data/0@20", "search", 20],
    ]);
  });

  it("a record that is more than its word is examined", async () => {
    const members = [
      { name: "m/data.pkl", data: pickleOf() },
      { name: "m/version", data: "cos\nsystem\n" },
      { name: "m/byteorder", data: "little\nmore" },
    ];
    expect((await children(members)).map(([name]) => name)).toEqual(["m/data.pkl", "m/version", "m/byteorder"]);
  });

  it("constants.pkl accounts for its own folder", async () => {
    const members = [
      { name: "m/data.pkl", data: pickleOf() },
      { name: "m/constants.pkl", data: pickleOf(["0", "ByteStorage", 40]) },
      { name: "m/constants/0", data: tensor },
      { name: "m/code/__torch__/f.py", data: "class F(Module):\n  pass\n" },
    ];
    expect((await children(members)).slice(2)).toEqual([
      ["m/constants/0", "probe", 40],
      ["m/code/__torch__/f.py", "examine", 24, "torchscript-code"],
    ]);
  });

  it("two pickles of one name both account, and both are examined", async () => {
    const twice = [["0", "FloatStorage", 10] as const, ["1", "ByteStorage", 40] as const].map((storage) => ({
      name: "m/data.pkl",
      data: pickleOf(storage),
    }));
    expect(
      (await children([...twice, { name: "m/data/0", data: tensor }, { name: "m/data/1", data: tensor }])).map((child) => child.slice(0, 2)),
    ).toEqual([
      ["m/data.pkl", "examine"],
      ["m/data.pkl", "examine"],
      ["m/data/0", "probe"],
      ["m/data/1", "probe"],
    ]);
  });
});

describe.skipIf(withoutShared)("real torch archives (needs ../shared)", () => {
  it.each(["state_dict.pt", "ckpt_adam.ckpt", "bf16.bin", "int8.pth", "views.pt", "scripted.pt", "exported.pt2"])(
    "%s: every storage is owned",
    async (name) => {
      const { kind, facts, anomalies } = await parse(readFileSync(shared(`corpus/scan/benign/torch/${name}`)));
      expect({ kind, anomalies, missing: facts.missing }).toEqual({ kind: "parsed", anomalies: [], missing: [] });
      const storage = childrenOfTorch(facts).filter((child) => /\/(?:data|constants)\/(?:weights\/weight_)?\d+/.test(child.name));
      expect(storage.length).toBeGreaterThan(0);
      expect(storage.every(({ treatment }) => treatment === "probe")).toBe(true);
    },
  );
});

formatContract(
  torchFormat("torch-zip"),
  [writeZip([{ name: "m/data.pkl", data: pickleOf(["0", "FloatStorage", 10]) }, { name: "m/data/0", data: Buffer.alloc(40) }, ...RECORDS])],
  { truncateUpTo: 200 },
);

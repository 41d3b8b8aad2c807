import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkpoint, writeTorch } from "../../../test/fixtures/torch/torch-writer.ts";
import { shared, withoutShared } from "../../../test/shared.ts";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

const PICKLE = readFileSync(new URL("../../../test/fixtures/torch/state_dict.pkl", import.meta.url));
/** Inert: names os.system, whose argument is `true`. */
const HOSTILE = Buffer.from("cos\nsystem\n(S'true'\ntR.");
const PROTOCOL_2 = Buffer.from("\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.", "latin1");
const plain = checkpoint("archive", PICKLE);

type Members = typeof plain;

async function walk(bytes: Uint8Array, name = "m.pt") {
  const { formats, findings, parameters } = await walkFile(name, bytesOf(bytes), DEFAULT_LIMITS, () => {});
  return { formats, parameters, findings: findings.map(({ severity, rule, where, title }) => `${severity} ${rule} ${where.path}: ${title}`) };
}

async function findings(members: Members): Promise<readonly string[]> {
  return (await walk(writeTorch(members))).findings;
}

function changed(name: string, data: Uint8Array | string): Members {
  return plain.map(([each, content]) => (each === name ? [each, data] : [each, content]));
}

describe("a checkpoint as torch.save writes it", () => {
  it("ends without a finding, under any root", async () => {
    expect(await walk(writeTorch(plain))).toEqual({ formats: ["torch-zip"], parameters: 8, findings: [] });
    expect(await findings(checkpoint("a model", PICKLE))).toEqual([]);
    expect(await findings(plain.map(([name, data]) => [`./${name}`, data]))).toEqual([]);
    expect(await findings(plain.map(([name, data]) => [name.replace("archive/", ""), data]))).toEqual([]);
  });

  it("ends without a finding when it is packed again by another tool", async () => {
    expect(await findings([...plain].reverse())).toEqual([]);
  });
});

describe("bytes that no tensor owns", () => {
  it("a storage that nothing refers to", async () => {
    expect(await findings([...plain, ["archive/data/2", Buffer.alloc(40, 9)]])).toEqual([
      "medium torch-storage-unowned m.pt: 40 bytes in archive/data/2 belong to no tensor",
    ]);
  });

  it("a pickle behind a tensor in its member", async () => {
    const found = await findings(changed("archive/data/1", Buffer.concat([Buffer.alloc(16, 7), PROTOCOL_2])));
    expect(found).toEqual([
      "medium torch-storage-unowned m.pt: 25 bytes behind the tensor in archive/data/1 belong to no tensor",
      expect.stringMatching(/^critical pickle-callable m\.pt!\/archive\/data\/1@16!\/@0: .*os\.system/),
      expect.stringMatching(/^high hidden-content m\.pt!\/archive\/data\/1@16!\/@0: /),
    ]);
  });

  it("an executable in a storage that nothing refers to", async () => {
    const elf = Buffer.concat([Buffer.alloc(100), Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(100)]);
    expect(await findings([...plain, ["archive/data/9", elf]])).toContain(
      "high hidden-content m.pt!/archive/data/9: Bytes that nobody owns hold an ELF executable or library",
    );
  });

  it("many at once are one finding", async () => {
    const stray = Array.from({ length: 30 }, (_, i): [string, Uint8Array] => [`archive/data/${i + 2}`, Buffer.alloc(10, i + 1)]);
    expect(await findings([...plain, ...stray])).toEqual([
      "medium torch-storage-unowned m.pt: 300 bytes in 30 members (archive/data/2, archive/data/3, archive/data/4, archive/data/5) belong to no tensor",
    ]);
  });
});

describe("what is not storage", () => {
  it("a pickle in place of an owned tensor is found by its head", async () => {
    const found = await findings(changed("archive/data/0", Buffer.concat([PROTOCOL_2, Buffer.alloc(24)]).subarray(0, 24)));
    expect(found).not.toEqual([]);
    const whole = Buffer.from("cos\nsystem\n(S'ab'\ntR....");
    expect(whole.length).toBe(24);
    expect(await findings(changed("archive/data/0", whole))).toContainEqual(
      expect.stringMatching(/^critical pickle-callable m\.pt!\/archive\/data\/0: .*os\.system/),
    );
  });

  it("a member under another name than torch's numbers is examined, whatever a pickle refers to", async () => {
    const named = Buffer.from(PICKLE.toString("latin1").replace("X\x01\x00\x00\x000", "X\x01\x00\x00\x00x"), "latin1");
    const found = await findings([...changed("archive/data.pkl", named), ["archive/data/x", "import os\nos.system('true')\n"]]);
    expect(found).toContainEqual(expect.stringMatching(/^medium not-examined m\.pt!\/archive\/data\/x: /));
  });

  it.each([
    ["archive/version", "3\nimport os\n"],
    ["archive/byteorder", "little\nimport os\n"],
    ["archive/.data/serialization_id", "import os\nos.system(0)\n"],
  ])("%s with other content than torch's is examined", async (name, content) => {
    expect(await findings(changed(name, content))).toContainEqual(expect.stringMatching(new RegExp(`^medium not-examined m\\.pt!/${name}: `)));
  });

  it("a second record of the same name is examined", async () => {
    expect(await findings([...plain, ["archive/version", HOSTILE]])).toContainEqual(
      expect.stringMatching(/^critical pickle-callable m\.pt!\/archive\/version: .*os\.system/),
    );
  });
});

describe("what a loader runs", () => {
  it.each(["archive/data.pkl", "archive/DATA.PKL", "archive\\data.pkl", "data.pkl", "./archive/data.pkl"])("%s", async (name) => {
    const { formats, findings: found } = await walk(writeTorch([[name, HOSTILE]]));
    expect(formats).toEqual(["torch-zip"]);
    expect(found).toContainEqual(expect.stringMatching(/^critical pickle-callable .*os\.system/));
  });

  it("a second pickle beside it", async () => {
    expect(await findings([...plain, ["archive/constants.pkl", HOSTILE]])).toEqual([
      expect.stringMatching(/^critical pickle-callable m\.pt!\/archive\/constants\.pkl: .*os\.system/),
    ]);
  });

  it("Python of the host in a code folder", async () => {
    const { formats, findings: found } = await walk(writeTorch([...plain, ["archive/code/__torch__.py", "import os\nos.system('true')\n"]]));
    expect(formats).toEqual(["torchscript"]);
    expect(found).toContainEqual(expect.stringMatching(/^high torchscript-foreign-code m\.pt!\/archive\/code\/__torch__\.py: /));
  });

  it("a debug pickle in a code folder", async () => {
    expect(await findings([...plain, ["archive/code/__torch__/m.py.debug_pkl", HOSTILE]])).toContainEqual(
      expect.stringMatching(/^critical pickle-callable m\.pt!\/archive\/code\/__torch__\/m\.py\.debug_pkl: .*os\.system/),
    );
  });
});

describe("a storage that does not fit its tensor", () => {
  it("is too short", async () => {
    expect(await findings(changed("archive/data/0", Buffer.alloc(20)))).toEqual([
      "medium torch-storage-short m.pt: archive/data/0 lacks 4 bytes of the tensor that is to be there",
    ]);
  });

  it("is of a class that is not known", async () => {
    const odd = Buffer.from(PICKLE.toString("latin1").replace("FloatStorage", "VloatStorage"), "latin1");
    expect(await findings(changed("archive/data.pkl", odd))).toContain(
      "medium not-examined m.pt: Not examined: the length of tensors of storage class VloatStorage is not known here",
    );
  });

  it("is not there", async () => {
    expect(await findings(plain.filter(([name]) => name !== "archive/data/1"))).toEqual([
      "info torch-storage-missing m.pt: Tensor storage that is not in the archive: archive/data/1",
    ]);
  });
});

it("the mobile interpreter's bytecode shares the storages of the constants", async () => {
  const mobile = plain.map(([name, data]): [string, Uint8Array | string] => [
    name.replace("archive/data.pkl", "archive/bytecode.pkl").replace("archive/data/", "archive/constants/"),
    data,
  ]);
  const empty = Buffer.from("\x80\x02).", "latin1");
  expect(await findings([["archive/data.pkl", empty], ["archive/constants.pkl", empty], ...mobile])).toEqual([]);
});

describe("an archive of torch.export", () => {
  const payload = (path: string, size: number, pickled = false) => ({
    path_name: path,
    is_param: true,
    use_pickle: pickled,
    tensor_meta: { dtype: 7, sizes: [{ as_int: size }], strides: [{ as_int: 1 }], storage_offset: { as_int: 0 }, device: { type: "cpu" } },
  });
  const config = { config: { a: payload("weight_0", 4), b: payload("weight_1", 1, true) } };
  const members: Members = [
    ["m/archive_format", "pt2"],
    ["m/archive_version", "0"],
    ["m/models/model.json", readGraph()],
    ["m/data/weights/model_weights_config.json", JSON.stringify(config)],
    ["m/data/weights/weight_0", Buffer.alloc(16, 3)],
    ["m/data/weights/weight_1", writeTorch(plain)],
    ["m/data/sample_inputs/model.pt", writeTorch(plain)],
  ];

  it("ends without a finding: raw weights are owned by their index, pickled ones are archives of their own", async () => {
    expect(await walk(writeTorch(members), "m.pt2")).toEqual({ formats: ["pt2"], parameters: 4 + 8 + 8, findings: [] });
  });

  it("a pickle among the raw weights and one in the sample inputs are found", async () => {
    const hostile = members.map(([name, data]): [string, Uint8Array | string] =>
      /weight_1$|model\.pt$/.test(name) ? [name, writeTorch(changed("archive/data.pkl", HOSTILE))] : [name, data],
    );
    const { findings: found } = await walk(writeTorch(hostile), "m.pt2");
    expect(found.filter((each) => each.startsWith("critical"))).toEqual([
      expect.stringMatching(/m\.pt2!\/m\/data\/weights\/weight_1!\/archive\/data\.pkl: .*os\.system/),
      expect.stringMatching(/m\.pt2!\/m\/data\/sample_inputs\/model\.pt!\/archive\/data\.pkl: .*os\.system/),
    ]);
  });

  it("weights that the index does not name are examined", async () => {
    const { findings: found } = await walk(writeTorch([...members, ["m/data/weights/weight_9", Buffer.alloc(16, 0xc1)]]), "m.pt2");
    expect(found).toContainEqual(expect.stringMatching(/^medium not-examined m\.pt2!\/m\/data\/weights\/weight_9: /));
  });

  it("a library is code", async () => {
    const elf = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(200)]);
    const { findings: found } = await walk(writeTorch([...members, ["m/data/aotinductor/model/m.so", elf]]), "m.pt2");
    expect(found).not.toEqual([]);
  });

  function readGraph(): string {
    return JSON.stringify({
      graph_module: { graph: { inputs: [], outputs: [], nodes: [] } },
      opset_version: { aten: 10 },
      schema_version: { major: 8 },
    });
  }
});

describe("a tar from before torch 0.4", () => {
  const fixture = (name: string) => readFileSync(new URL(`../../../test/fixtures/torch/${name}`, import.meta.url));

  it.each(["checkpoint.tar", "oldest.tar"])("%s ends without a finding", async (name) => {
    expect(await walk(fixture(name), "model.pt")).toEqual({ formats: ["torch-tar"], parameters: 8, findings: [] });
  });

  it("its object is a pickle that acts", async () => {
    expect((await walk(fixture("hostile-pickle.tar"))).findings).toEqual([
      expect.stringMatching(/^critical pickle-callable m\.pt!\/pickle: .*os\.system/),
    ]);
  });

  it("a record of its tensors acts", async () => {
    expect((await walk(fixture("hostile-record.tar"))).findings).toEqual([
      "medium malformed m.pt: Not readable as torch-tar: tensors: the member ends inside a record",
      expect.stringMatching(/^critical pickle-callable m\.pt!\/tensors@5: .*os\.system/),
    ]);
  });

  it("bytes behind the last record belong to nobody", async () => {
    expect((await walk(fixture("trailing.tar"))).findings).toEqual([
      "medium torch-storage-unowned m.pt: 22 bytes behind the last record in storages belong to no tensor",
    ]);
  });
});

interface Row {
  readonly path: string;
  readonly verdict: "benign" | "malicious" | "malformed";
  readonly format: string;
  readonly named?: string;
  readonly either?: boolean;
}

const rows: readonly Row[] = withoutShared
  ? []
  : readFileSync(shared("corpus/scan/manifest.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line): Row => JSON.parse(line))
      .filter(({ format }) => /^(?:torch|pt2)/.test(format));

describe.skipIf(withoutShared)("the torch files of the corpus (needs ../shared)", () => {
  const scan = async ({ path }: Row) =>
    walkFile(path.slice(path.lastIndexOf("/") + 1), bytesOf(readFileSync(shared(`corpus/scan/${path}`))), DEFAULT_LIMITS, () => {});

  it.each(rows.filter(({ verdict, either }) => verdict === "benign" && either !== true))("$path has nothing above info", async (row) => {
    expect((await scan(row)).findings.filter(({ severity }) => severity !== "info")).toEqual([]);
  });

  it.each(rows.filter(({ verdict }) => verdict === "malicious"))("$path is blocked for $named", async (row) => {
    const worst = (await scan(row)).findings.filter(({ severity }) => severity === "high" || severity === "critical");
    expect(worst.map(({ title }) => title).join("\n")).toContain(row.named ?? "imports os");
  });

  it.each(rows.filter(({ verdict }) => verdict === "malformed"))("$path is not clean", async (row) => {
    expect((await scan(row)).findings.some(({ severity }) => severity !== "info")).toBe(true);
  });
});

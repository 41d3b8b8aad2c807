import { describe, expect, it } from "vitest";
import { assemble, global, PAYLOAD, STOP, str, u64 } from "../../../test/fixtures/pickle/assemble.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { PROBE_BYTES } from "../../format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { torchLegacyDetector } from "./detect.ts";
import { torchLegacyFormat } from "./format.ts";

const MAGIC = assemble(["PROTO", 2], ["LONG1", 10, Buffer.from("6cfc9c46f9206aa85019", "hex")], "STOP");
const VERSION = assemble(["PROTO", 2], ["BININT2", 0xe9, 3], "STOP");
const INFO = assemble(["PROTO", 2], "EMPTY_DICT", str("little_endian"), "NEWTRUE", "SETITEM", "STOP");
const storage = (key: string, type: string, elements: number) =>
  assemble("MARK", str("storage"), global("torch", type), str(key), str("cpu"), ["BININT1", elements], "NONE", "TUPLE", "BINPERSID");

/** Two storages: 2 floats and 3 bytes. */
const OBJECT = assemble(["PROTO", 2], storage("7", "FloatStorage", 2), storage("9", "ByteStorage", 3), "TUPLE2", "STOP");
const KEYS = assemble(["PROTO", 2], "EMPTY_LIST", "MARK", str("7"), str("9"), "APPENDS", "STOP");
const HEAD = Buffer.concat([MAGIC, VERSION, INFO, OBJECT, KEYS]);
const DATA = Buffer.concat([u64(2), Buffer.alloc(8, 1), u64(3), Buffer.alloc(3, 2)]);
const FILE = Buffer.concat([HEAD, DATA]);

const parse = (bytes: Uint8Array) => torchLegacyFormat.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
const detect = (bytes: Uint8Array) =>
  torchLegacyDetector.detect({ head: bytes.subarray(0, PROBE_BYTES), tail: bytes, size: bytes.length, at: bytesOf(bytes).read });

formatContract(torchLegacyFormat, [FILE]);

describe("legacy torch files", () => {
  it("places the storages behind the five pickles", async () => {
    const parsed = await parse(FILE);
    expect(parsed).toMatchObject({ kind: "parsed", anomalies: [] });
    expect(parsed.facts.pickle.streams).toHaveLength(5);
    expect(parsed.facts.storages).toEqual([
      { key: "7", storageType: "FloatStorage", offset: HEAD.length + 8, size: 8 },
      { key: "9", storageType: "ByteStorage", offset: HEAD.length + 24, size: 3 },
    ]);
    expect(parsed.facts.unowned).toBeNull();
  });

  it("probes storages and searches what is appended", async () => {
    const { facts } = await parse(Buffer.concat([FILE, PAYLOAD, STOP]));
    expect(torchLegacyFormat.children?.(facts).map(({ name, treatment }) => [name, treatment])).toEqual([
      ["storage 7", "probe"],
      ["storage 9", "probe"],
      [`@${FILE.length}`, "search"],
    ]);
  });

  it.each([
    ["a count that is not the declared one", Buffer.concat([HEAD, u64(1), Buffer.alloc(4), DATA.subarray(16)]), "parsed", ["storage-size"]],
    ["a storage that runs past the end", Buffer.concat([HEAD, u64(2 ** 40)]), "broken", ["storage-size"]],
    ["an end before the last storage", FILE.subarray(0, FILE.length - 11), "broken", []],
  ] as const)("notes %s", async (_name, bytes, kind, anomalies) => {
    const parsed = await parse(bytes);
    expect(parsed.kind).toBe(kind);
    expect(parsed.anomalies.map((anomaly) => anomaly.kind)).toEqual(anomalies);
  });

  it("keeps what ran when a stream breaks, and reads the streams behind it", async () => {
    const parsed = await parse(Buffer.concat([MAGIC, VERSION, PAYLOAD, Buffer.of(0xff), Buffer.alloc(100, 0xfe), PAYLOAD, STOP]));
    expect(parsed.kind).toBe("broken");
    expect(parsed.facts.pickle.globals).toEqual([expect.objectContaining({ module: "os", name: "system", called: true, count: 2 })]);
  });

  it("is known by its magic number, under any protocol", async () => {
    expect(await detect(FILE)).toBe("yes");
    expect(await detect(assemble(["LONG", "119547037146038801333356L\n"], "STOP"))).toBe("yes");
    expect(await detect(assemble(["PROTO", 2], ["LONG1", 10, Buffer.from("6cfc9c46f9206aa85018", "hex")], "STOP"))).toBe("no");
  });
});

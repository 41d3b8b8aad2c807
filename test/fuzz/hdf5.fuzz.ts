import { readFileSync } from "node:fs";
import { bytesOf } from "../../src/bytes.ts";
import { lookup3 } from "../../src/formats/hdf5/checksum.ts";
import { parseHdf5 } from "../../src/formats/hdf5/parse.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { hdf5Examiner } from "../../src/scan/hdf5/examine.ts";
import { writeHdf5 } from "../fixtures/hdf5/writer.ts";
import type { FuzzTarget, Random } from "./target.ts";

const SIGNATURES = [
  "OHDR",
  "OCHK",
  "TREE",
  "HEAP",
  "SNOD",
  "GCOL",
  "FRHP",
  "FHDB",
  "FHIB",
  "BTHD",
  "BTIN",
  "BTLF",
  "FAHD",
  "FADB",
  "EAHD",
  "EAIB",
  "EADB",
];
/** Lengths, counts and addresses that break what is not checked. */
const NUMBERS = [0n, 1n, 7n, 8n, 0xffn, 0xffffn, 0x7fffffffn, 0xffffffffn, 1n << 53n, (1n << 64n) - 1n];

/** HDF5 files with changed fields, many of them with their checksums mended: a result and never an exception, memory given back, places inside the file. */
const target: FuzzTarget = {
  name: "hdf5",
  async seeds() {
    const data = Uint8Array.from({ length: 32 }, (_, i) => i);
    const small = writeHdf5({
      attributes: [
        { name: "model_config", value: '{"class_name": "X"}' },
        { name: "b", value: data },
      ],
      links: [
        { name: "d", data },
        { name: "e", external: ["f", "/x"] },
        { name: "s", soft: "/d" },
        { name: "z", data, filter: 1 },
      ],
    });
    const real = ["outward.h5", "outward-latest.h5", "latest.h5", "earliest.h5"].map((name) =>
      readFileSync(new URL(`../fixtures/hdf5/${name}`, import.meta.url)),
    );
    return [small, small, small, ...real];
  },
  mutate(seed, random) {
    const bytes = Buffer.from(seed);
    for (let n = 1 + random.below(4); n > 0; n--) change(bytes, random);
    if (random.below(4) > 0) mend(bytes);
    return random.below(12) === 0 ? bytes.subarray(0, random.below(bytes.length)) : bytes;
  },
  async check(bytes) {
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 300_000, maxMemoryBytes: 16 * 1024 * 1024 });
    const parsed = await parseHdf5(bytesOf(bytes), budget);
    budget.hold(16 * 1024 * 1024); // throws unless all was given back
    const { facts } = parsed;
    for (const { offset, size } of [...facts.configs, ...facts.heads, ...facts.pickles, ...facts.unowned])
      if (!(offset >= 0 && size >= 0 && offset + size <= bytes.length)) throw new Error(`a part at ${offset} of ${size} bytes in ${bytes.length}`);
    JSON.stringify(hdf5Examiner.examine(parsed, { path: "f.h5", name: "f.h5", size: bytes.length, containers: [] }));
  },
};

/** Near a signature, where the fields are: a byte, a bit, or a number of one of the widths. */
function change(bytes: Buffer, random: Random): void {
  const near = bytes.indexOf(random.pick(SIGNATURES), random.below(bytes.length));
  const at = Math.min(bytes.length - 1, (near === -1 ? random.below(bytes.length) : near) + random.below(64));
  const kind = random.below(4);
  if (kind === 0) bytes[at] = random.below(256);
  else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  else if (at + 8 <= bytes.length) bytes.writeBigUInt64LE(kind === 2 ? random.pick(NUMBERS) : BigInt(random.below(bytes.length)), at);
}

/** Puts the right checksum behind the superblock and behind each object header whose length is stated in four bytes or one. */
function mend(bytes: Buffer): void {
  if (bytes.length >= 48 && (bytes[8] ?? 0) >= 2) bytes.writeUInt32LE(lookup3(bytes.subarray(0, 44)), 44);
  for (let at = bytes.indexOf("OHDR"); at !== -1; at = bytes.indexOf("OHDR", at + 1)) {
    const flags = bytes[at + 5] ?? 0;
    const from = at + 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
    const width = 1 << (flags & 3);
    if (width > 4 || from + width > bytes.length) continue;
    const end = from + width + bytes.readUIntLE(from, width);
    if (end + 4 <= bytes.length) bytes.writeUInt32LE(lookup3(bytes.subarray(at, end)), end);
  }
}

export default target;

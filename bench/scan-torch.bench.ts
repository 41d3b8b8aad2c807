import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { bareHash } from "./bare-hash.ts";
import { figure, scratch, timed, timedCommand } from "./measure.ts";

// A torch archive of 1 GB: what its scan costs beyond hashing it.
const ELEMENTS = 256_000_000;
const folder = await scratch();
const path = join(folder, "model.pt");
writeTorchZip(path, ELEMENTS);
const bare = await timed(5, () => bareHash(path));
const scan = await timedCommand(5, ["scan", "--no-cache", path]);
figure(
  "scan of a torch archive of 1 GB",
  scan.medianMs,
  "ms",
  `beyond its hash of ${bare.medianMs.toFixed(0)} ms: ${(scan.medianMs - bare.medianMs).toFixed(0)} ms, aim ≤ 200`,
);
figure("its peak memory", scan.peakRssMb, "MB", "< 300");

/** A state dictionary with one float32 tensor, as torch.save lays it out: stored members, data aligned to 64 bytes. */
function writeTorchZip(file: string, elements: number): void {
  const pickle = Buffer.from(
    `\x80\x02}q\x00X\x01\x00\x00\x00wq\x01ctorch._utils\n_rebuild_tensor_v2\nq\x02((X\x07\x00\x00\x00storageq\x03ctorch\nFloatStorage\nq\x04X\x01\x00\x00\x000q\x05X\x03\x00\x00\x00cpuq\x06J${int32(elements)}tq\x07QK\x00J${int32(elements)}\x85q\x08K\x01\x85q\x09\x89ccollections\nOrderedDict\nq\x0a)Rq\x0btq\x0cRq\x0ds.`,
    "latin1",
  );
  const block = Buffer.alloc(16 * 1024 * 1024, "weights!");
  const members = [
    { name: "archive/data.pkl", size: pickle.length, write: (fd: number) => writeSync(fd, pickle), crc: crc32(pickle) },
    {
      name: "archive/data/0",
      size: elements * 4,
      write: (fd: number) => repeat(elements * 4, block, (piece) => writeSync(fd, piece)),
      crc: crcOf(elements * 4, block),
    },
    { name: "archive/version", size: 2, write: (fd: number) => writeSync(fd, "3\n"), crc: crc32("3\n") },
  ];
  const fd = openSync(file, "w");
  const central: Buffer[] = [];
  let at = 0;
  for (const { name, size, write, crc } of members) {
    const padding = Buffer.alloc((64 - ((at + 30 + name.length + 4) % 64)) % 64, "Z");
    const extra = Buffer.concat([Buffer.from("FB"), uint16(padding.length), padding]);
    const common = Buffer.concat([uint16(0), uint16(0), uint16(0), uint16(0), uint32(crc), uint32(size), uint32(size), uint16(name.length)]);
    writeSync(fd, Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), uint16(0), common, uint16(extra.length), Buffer.from(name), extra]));
    central.push(
      Buffer.concat([
        Buffer.from("PK\x01\x02", "latin1"),
        uint16(0),
        uint16(0),
        common,
        uint16(0),
        uint16(0),
        uint16(0),
        uint16(0),
        uint32(0),
        uint32(at),
        Buffer.from(name),
      ]),
    );
    write(fd);
    at += 30 + name.length + extra.length + size;
  }
  const directory = Buffer.concat(central);
  writeSync(fd, directory);
  writeSync(
    fd,
    Buffer.concat([
      Buffer.from("PK\x05\x06", "latin1"),
      uint32(0),
      uint16(members.length),
      uint16(members.length),
      uint32(directory.length),
      uint32(at),
      uint16(0),
    ]),
  );
  closeSync(fd);
}

function repeat(bytes: number, block: Buffer, use: (piece: Buffer) => void): void {
  for (let left = bytes; left > 0; left -= block.length) use(left < block.length ? block.subarray(0, left) : block);
}

function crcOf(bytes: number, block: Buffer): number {
  let crc = 0;
  repeat(bytes, block, (piece) => {
    crc = crc32(piece, crc);
  });
  return crc;
}

function int32(value: number): string {
  return uint32(value).toString("latin1");
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

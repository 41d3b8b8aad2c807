import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { environment, jsonLines, scratch } from "./cli.ts";

const ARGUMENTS = [
  "--import",
  resolve(import.meta.dirname, "../fixtures/planted/peak.ts"),
  resolve(import.meta.dirname, "../../bin/weighbridge.js"),
  "scan",
  "--json",
];

/** An archive of so many members of one byte. */
function manyMembers(count: number): Buffer {
  const members = Array.from({ length: count }, (_, i) => Buffer.from(`d/${i}.txt`));
  const sum = Buffer.from([0x83, 0x16, 0xdc, 0x8c, 1, 0, 0, 0, 1, 0, 0, 0]); // CRC-32 of x, sizes
  const lengths = (name: Buffer) => Buffer.from([name.length, 0, 0, 0]);
  const locals = members.map((name) => Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(10), sum, lengths(name), name, Buffer.from("x")]));
  let at = 0;
  const central = members.map((name, i) => {
    const offset = Buffer.alloc(4);
    offset.writeUInt32LE(at);
    at += locals[i]?.length ?? 0;
    return Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.alloc(12), sum, lengths(name), Buffer.alloc(10), offset, name]);
  });
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(0xffff, 8);
  end.writeUInt16LE(0xffff, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}

const names = (count: number) => Buffer.from(`\x80\x02${Array.from({ length: count }, (_, i) => `cm${i % 1000}\nn${i}\n0`).join("")}N.`, "latin1");
const nested = (count: number) => Buffer.concat([Buffer.from([0x80, 2, 0x29]), Buffer.alloc(count, 0x85), Buffer.from(".")]);

const scan = (folder: string, name: string) =>
  spawnSync(process.execPath, [...ARGUMENTS, join(folder, name)], { encoding: "utf8", env: environment(folder) });
it.each([
  ["many.zip", manyMembers, 200_000, "incomplete", "maxSubjects of 100000 reached"],
  ["names.pkl", names, 1_000_000, "incomplete", "more distinct globals than are kept"],
  ["nested.pkl", nested, 3_000_000, "complete", undefined],
] as const)("%s ends with an answer, in less than 300 MB", (name, bytes, count, status, why) => {
  const folder = scratch();
  // Until the sources are compiled once, and kept under the folder's cache, their compiler is in the peak, too: 30 to 60 MB.
  writeFileSync(join(folder, `few-${name}`), bytes(2));
  scan(folder, `few-${name}`);
  writeFileSync(join(folder, name), bytes(count));
  const run = scan(folder, name);
  const [answer] = jsonLines(run);
  expect(answer).toMatchObject({ coverage: { status, unexamined: why === undefined ? [] : [expect.objectContaining({ why })] } });
  expect(Number(/^peak (\d+)$/m.exec(run.stderr)?.[1])).toBeLessThan(300_000);
});

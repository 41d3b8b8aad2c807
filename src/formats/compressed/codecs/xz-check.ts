import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { Crc64 } from "./crc64.ts";

/** The integrity check of a block (xz-file-format 1.2.1, section 2.1.1.2). */
export interface XzCheck {
  readonly size: number;
  update(bytes: Uint8Array): void;
  matches(stated: Uint8Array): boolean;
}

/** Bytes by id. */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/** None, CRC-32, CRC-64 or SHA-256 by id (0…15); the ids that are reserved are skipped over, as the format asks. */
export function checkOf(id: number): XzCheck {
  if (id === 1) return checkCrc32();
  if (id === 4) return checkCrc64();
  if (id === 10) return checkSha256();
  return { size: CHECK_BYTES[id] ?? 0, update() {}, matches: () => true };
}

function checkCrc32(): XzCheck {
  let sum = 0;
  return {
    size: 4,
    update(bytes) {
      sum = crc32(bytes, sum);
    },
    matches: (stated) => Buffer.from(stated).readUInt32LE(0) === sum >>> 0,
  };
}

function checkCrc64(): XzCheck {
  const sum = new Crc64();
  return { size: 8, update: (bytes) => sum.update(bytes), matches: (stated) => Buffer.from(stated).readBigUInt64LE(0) === sum.digest() };
}

function checkSha256(): XzCheck {
  const sum = createHash("sha256");
  return { size: 32, update: (bytes) => void sum.update(bytes), matches: (stated) => sum.digest().equals(stated) };
}

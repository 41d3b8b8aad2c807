import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Not compressible and not equal to its neighbours, made once: what fills the tensors of benchmark models. */
const BLOCK = Buffer.alloc(16 * 1024 * 1024);
for (let i = 0, state = 88172645; i < BLOCK.length; i += 4) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  BLOCK.writeInt32LE(state, i);
}

/** A safetensors file of one float32 matrix of about `bytes` bytes. */
export function writeSafetensors(path: string, bytes: number): void {
  const rows = Math.floor(bytes / 4096);
  const header = JSON.stringify({ weight: { dtype: "F32", shape: [rows, 1024], data_offsets: [0, rows * 4096] } }).padEnd(256);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const fd = openSync(path, "w");
  writeSync(fd, length);
  writeSync(fd, header);
  fill(fd, rows * 4096);
  closeSync(fd);
}

export function fill(fd: number, bytes: number): void {
  for (let left = bytes; left > 0; left -= BLOCK.length) writeSync(fd, BLOCK, 0, Math.min(left, BLOCK.length));
}

/** A folder with a model in shards. */
export function writeShards(folder: string, count: number, bytesEach: number): void {
  mkdirSync(folder, { recursive: true });
  for (let i = 1; i <= count; i++)
    writeSafetensors(join(folder, `model-${String(i).padStart(5, "0")}-of-${String(count).padStart(5, "0")}.safetensors`), bytesEach);
}

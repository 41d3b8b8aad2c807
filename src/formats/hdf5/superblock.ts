import type { ByteSource } from "../../bytes.ts";
import { Block, Hdf5Break, latin1 } from "./block.ts";
import type { Hdf5File } from "./file.ts";

const HDF5_SIGNATURE = "\x89HDF\r\n\x1a\n";
/** A superblock stands at 0, 512, 1024, 2048 and so on; no writer puts it further in than this. */
const MAX_USER_BLOCK = 1 << 20;
const MOST_BYTES = 128;
const WIDTHS: ReadonlySet<number> = new Set([2, 4, 8]);

export interface Superblock {
  readonly version: number;
  /** Address of the root group's object header. */
  readonly root: number | null;
  /** Address of the object header that extends the superblock. */
  readonly extension: number | null;
  readonly driverInfo: number | null;
  /** Address of the first byte behind the file, as the superblock has it. */
  readonly endOfFile: number;
}

/** Where the signature stands, or null. HDF5 File Format Specification 3.0, II.A. */
async function findSuperblock(source: Pick<ByteSource, "size" | "read">): Promise<number | null> {
  const length = HDF5_SIGNATURE.length;
  for (let at = 0; at + length <= source.size && at <= MAX_USER_BLOCK; at = at === 0 ? 512 : at * 2)
    if (latin1(await source.read(at, length)) === HDF5_SIGNATURE) return at;
  return null;
}

/** Versions 0 to 3. Sets widths, base and tree sizes of the file. */
export async function readSuperblock(file: Hdf5File): Promise<Superblock> {
  const at = await findSuperblock(file.source);
  if (at === null) throw new Hdf5Break(0, "no HDF5 signature");
  file.base = at;
  const { bytes, start } = await file.block(0, Math.min(MOST_BYTES, file.source.size - at), "the superblock");
  const version = bytes[8] ?? -1;
  if (version > 3 || version < 0) throw new Hdf5Break(at + 8, `superblock version ${version} is not known`);
  const old = version < 2;
  const widths = { offsets: bytes[old ? 13 : 9] ?? 0, lengths: bytes[old ? 14 : 10] ?? 0 };
  if (!WIDTHS.has(widths.offsets) || !WIDTHS.has(widths.lengths))
    throw new Hdf5Break(at + 8, `addresses of ${widths.offsets} and lengths of ${widths.lengths} bytes are not known`);
  file.widths = widths;
  const block = new Block(bytes, start, "the superblock", widths);
  return old ? readOld(file, block, version) : readNew(file, block, version);
}

function readOld(file: Hdf5File, block: Block, version: number): Superblock {
  block.skip(16);
  const [leaf, internal] = [block.u16(), block.u16()];
  block.skip(4);
  let { chunks } = file.k;
  if (version === 1) {
    chunks = block.u16();
    block.skip(2);
  }
  file.k = { leaf, internal, chunks };
  baseOf(file, block);
  block.address(); // global free space, never written
  const endOfFile = block.address() ?? 0;
  const driverInfo = block.address();
  block.skip(file.widths.offsets); // link name of the root
  const root = block.address();
  block.skip(24);
  file.ledger.own(block.start, block.position);
  return { version, root, extension: null, driverInfo, endOfFile };
}

function readNew(file: Hdf5File, block: Block, version: number): Superblock {
  block.skip(12);
  baseOf(file, block);
  const extension = block.address();
  const endOfFile = block.address() ?? 0;
  const root = block.address();
  block.skip(4);
  file.verify(block.bytes.subarray(0, block.position), block.start, "the superblock");
  file.ledger.own(block.start, block.position);
  return { version, root, extension, driverInfo: null, endOfFile };
}

/** The library goes by where it found the superblock. */
function baseOf(file: Hdf5File, block: Block): void {
  const { at } = block;
  const stated = block.address();
  if (stated !== file.base) file.anomalies.add("base-address", at, `the base address is ${stated} and the superblock stands at ${file.base}`);
}

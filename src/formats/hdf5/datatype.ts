import { type Block, Hdf5Break } from "./block.ts";
import type { Hdf5File } from "./file.ts";

/** What elements are made of, as far as it matters for what their bytes may be. */
export interface Datatype {
  readonly kind: "integer" | "float" | "text" | "bytes" | "reference" | "sequence" | "other";
  /** Bytes of one element as it is stored. */
  readonly size: number;
  /** Elements are references into the global heap: texts or sequences of any length. */
  readonly variable: boolean;
  /** A member, base or element of it is text, raw bytes or of variable length. */
  readonly holdsBytes: boolean;
}

const CLASSES = ["integer", "float", "time", "text", "bitfield", "opaque", "compound", "reference", "enum", "variable", "array", "complex"] as const;
const MAX_DEPTH = 32;
const MAX_MEMBERS = 10_000;

/** Specification IV.A.2.d, versions 1 to 5. */
export function readDatatype(block: Block, file: Hdf5File, depth = 0): Datatype {
  const { at } = block;
  if (depth > MAX_DEPTH) throw new Hdf5Break(at, `datatypes inside one another, more than ${MAX_DEPTH} deep`);
  file.budget.steps(1);
  const head = block.u8();
  const version = head >> 4;
  const name = CLASSES[head & 15];
  const bits = block.uint(3);
  const size = block.u32();
  if (name === undefined || version < 1 || version > 5) throw new Hdf5Break(at, `a datatype of class ${head & 15}, version ${version}`);
  switch (name) {
    case "integer":
    case "bitfield":
      block.skip(4);
      return plain(name === "integer" ? "integer" : "other", size, size === 1);
    case "float":
      block.skip(12);
      return plain("float", size, false);
    case "time":
      block.skip(2);
      return plain("other", size, false);
    case "text":
      return plain("text", size, true);
    case "opaque":
      block.skip(bits & 0xff);
      return plain("bytes", size, true);
    case "reference":
      return plain("reference", size, false);
    case "compound":
      return compound(block, file, { version, size, members: bits & 0xffff }, depth);
    case "enum":
      return enumeration(block, file, { version, size, members: bits & 0xffff }, depth);
    case "variable": {
      const base = readDatatype(block, file, depth + 1);
      return { kind: (bits & 15) === 1 ? "text" : "sequence", size, variable: true, holdsBytes: base.kind !== "float" };
    }
    case "array":
      return array(block, file, version, size, depth);
    case "complex":
      readDatatype(block, file, depth + 1);
      return plain("other", size, false);
  }
}

function plain(kind: Datatype["kind"], size: number, holdsBytes: boolean): Datatype {
  return { kind, size, variable: false, holdsBytes };
}

interface Members {
  readonly version: number;
  readonly size: number;
  readonly members: number;
}

function compound(block: Block, file: Hdf5File, { version, size, members }: Members, depth: number): Datatype {
  if (members > MAX_MEMBERS) throw new Hdf5Break(block.at, `a datatype of ${members} members`);
  let holdsBytes = false;
  let variable = false;
  for (let i = 0; i < members; i++) {
    memberName(block, version);
    if (version < 3) block.skip(4);
    else block.skip(Math.max(1, Math.ceil(Math.log2(size + 1) / 8)));
    if (version === 1) block.skip(28); // dimensions, from before there were arrays
    const member = readDatatype(block, file, depth + 1);
    holdsBytes ||= member.holdsBytes;
    variable ||= member.variable;
  }
  return { kind: "other", size, variable, holdsBytes };
}

function enumeration(block: Block, file: Hdf5File, { version, size, members }: Members, depth: number): Datatype {
  const base = readDatatype(block, file, depth + 1);
  for (let i = 0; i < members; i++) memberName(block, version);
  block.skip(members * base.size);
  return plain("integer", size, false);
}

/** NUL-terminated; before version 3 padded to a multiple of eight. */
function memberName(block: Block, version: number): void {
  const from = block.position;
  block.cstring();
  const used = block.position - from;
  if (version < 3) block.skip((8 - (used % 8)) % 8);
}

function array(block: Block, file: Hdf5File, version: number, size: number, depth: number): Datatype {
  const rank = block.u8();
  if (version < 3) block.skip(3);
  block.skip(rank * 4 * (version < 3 ? 2 : 1));
  const base = readDatatype(block, file, depth + 1);
  return { ...base, size };
}

/** Elements in a dataspace; 0 for the null one. Specification IV.A.2.b, versions 1 and 2. */
export function readDataspace(block: Block): { readonly elements: number; readonly shape: readonly number[] } {
  const version = block.version(1, 2);
  const rank = block.u8();
  block.skip(1);
  const isNull = version === 2 ? block.u8() === 2 : false;
  if (version === 1) block.skip(5);
  const shape = Array.from({ length: Math.min(rank, 32) }, () => block.length());
  return { elements: isNull ? 0 : shape.reduce((product, extent) => product * extent, 1), shape };
}

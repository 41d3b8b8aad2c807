/** How an operand is written. `counted`: a length of 1, 4 or 8 bytes (`s`: signed) and that many bytes. `line`: up to a newline; `lines`: two of them. */
export type OperandKind = "none" | "u1" | "u2" | "i4" | "u4" | "u8" | "f8" | "line" | "lines" | "counted1" | "counted4" | "counted4s" | "counted8";

export interface Opcode {
  readonly code: number;
  readonly name: string;
  readonly operand: OperandKind;
  /** Protocol that brought it. */
  readonly protocol: number;
}

/** All 68 opcodes of protocols 0 to 5. https://github.com/python/cpython/blob/main/Lib/pickletools.py */
const ROWS: readonly (readonly [code: number, name: string, operand: OperandKind, protocol: number])[] = [
  [0x28, "MARK", "none", 0],
  [0x29, "EMPTY_TUPLE", "none", 1],
  [0x2e, "STOP", "none", 0],
  [0x30, "POP", "none", 0],
  [0x31, "POP_MARK", "none", 1],
  [0x32, "DUP", "none", 0],
  [0x42, "BINBYTES", "counted4", 3],
  [0x43, "SHORT_BINBYTES", "counted1", 3],
  [0x46, "FLOAT", "line", 0],
  [0x47, "BINFLOAT", "f8", 1],
  [0x49, "INT", "line", 0],
  [0x4a, "BININT", "i4", 1],
  [0x4b, "BININT1", "u1", 1],
  [0x4c, "LONG", "line", 0],
  [0x4d, "BININT2", "u2", 1],
  [0x4e, "NONE", "none", 0],
  [0x50, "PERSID", "line", 0],
  [0x51, "BINPERSID", "none", 1],
  [0x52, "REDUCE", "none", 0],
  [0x53, "STRING", "line", 0],
  [0x54, "BINSTRING", "counted4s", 1],
  [0x55, "SHORT_BINSTRING", "counted1", 1],
  [0x56, "UNICODE", "line", 0],
  [0x58, "BINUNICODE", "counted4", 1],
  [0x5d, "EMPTY_LIST", "none", 1],
  [0x61, "APPEND", "none", 0],
  [0x62, "BUILD", "none", 0],
  [0x63, "GLOBAL", "lines", 0],
  [0x64, "DICT", "none", 0],
  [0x65, "APPENDS", "none", 1],
  [0x67, "GET", "line", 0],
  [0x68, "BINGET", "u1", 1],
  [0x69, "INST", "lines", 0],
  [0x6a, "LONG_BINGET", "u4", 1],
  [0x6c, "LIST", "none", 0],
  [0x6f, "OBJ", "none", 1],
  [0x70, "PUT", "line", 0],
  [0x71, "BINPUT", "u1", 1],
  [0x72, "LONG_BINPUT", "u4", 1],
  [0x73, "SETITEM", "none", 0],
  [0x74, "TUPLE", "none", 0],
  [0x75, "SETITEMS", "none", 1],
  [0x7d, "EMPTY_DICT", "none", 1],
  [0x80, "PROTO", "u1", 2],
  [0x81, "NEWOBJ", "none", 2],
  [0x82, "EXT1", "u1", 2],
  [0x83, "EXT2", "u2", 2],
  [0x84, "EXT4", "i4", 2],
  [0x85, "TUPLE1", "none", 2],
  [0x86, "TUPLE2", "none", 2],
  [0x87, "TUPLE3", "none", 2],
  [0x88, "NEWTRUE", "none", 2],
  [0x89, "NEWFALSE", "none", 2],
  [0x8a, "LONG1", "counted1", 2],
  [0x8b, "LONG4", "counted4s", 2],
  [0x8c, "SHORT_BINUNICODE", "counted1", 4],
  [0x8d, "BINUNICODE8", "counted8", 4],
  [0x8e, "BINBYTES8", "counted8", 4],
  [0x8f, "EMPTY_SET", "none", 4],
  [0x90, "ADDITEMS", "none", 4],
  [0x91, "FROZENSET", "none", 4],
  [0x92, "NEWOBJ_EX", "none", 4],
  [0x93, "STACK_GLOBAL", "none", 4],
  [0x94, "MEMOIZE", "none", 4],
  [0x95, "FRAME", "u8", 4],
  [0x96, "BYTEARRAY8", "counted8", 5],
  [0x97, "NEXT_BUFFER", "none", 5],
  [0x98, "READONLY_BUFFER", "none", 5],
];

/** By code; undefined where a byte is no opcode. */
export const OPCODES: readonly (Opcode | undefined)[] = tabulate();

/** Codes by name, for those who write streams or look one up. */
export const CODE_OF: Readonly<Record<string, number>> = Object.fromEntries(ROWS.map(([code, name]) => [name, code]));

function tabulate(): (Opcode | undefined)[] {
  const table = new Array<Opcode | undefined>(256).fill(undefined);
  for (const [code, name, operand, protocol] of ROWS) table[code] = { code, name, operand, protocol };
  return table;
}

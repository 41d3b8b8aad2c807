import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import type { ExecutableFacts } from "./facts.ts";
import { ELF_MACHINES } from "./machines.ts";

const TYPES: Readonly<Record<number, string>> = { 1: "object file", 2: "program", 3: "shared library or program", 4: "core dump" };

/** Where the two tables of an ELF file lie, and the fields of one row, by class (System V gABI, "ELF Header"). */
const LAYOUT = {
  32: {
    header: 52,
    segments: 28,
    sections: 32,
    counts: 42,
    segment: { size: 32, offset: 4, length: 16 },
    section: { size: 40, offset: 16, length: 20, type: 4 },
  },
  64: {
    header: 64,
    segments: 32,
    sections: 40,
    counts: 54,
    segment: { size: 56, offset: 8, length: 32 },
    section: { size: 64, offset: 24, length: 32, type: 4 },
  },
} as const;

/** Section type that occupies no bytes in the file. */
const SHT_NOBITS = 8;

/** ELF header and tables: what it is, and where the last thing that it describes ends. */
export async function readElf(bytes: ByteSource, budget: Budget): Promise<ExecutableFacts> {
  const ident = await bytes.read(0, Math.min(64, bytes.size));
  const bits = ident[4] === 2 ? 64 : 32;
  const little = ident[5] !== 2;
  const layout = LAYOUT[bits];
  if (ident.length < layout.header) return { kind: "elf", what: `${bits}-bit ELF, cut`, library: false, endsAt: null, size: bytes.size };
  const view = new DataView(ident.buffer, ident.byteOffset, ident.length);
  const word = (v: DataView, at: number) => (bits === 64 ? Number(v.getBigUint64(at, little)) : v.getUint32(at, little));
  const type = view.getUint16(16, little);
  const machine = view.getUint16(18, little);
  let end: number | null = layout.header;
  for (const [tableAt, countAt, row] of [
    [layout.segments, layout.counts, layout.segment],
    [layout.sections, layout.counts + 4, layout.section],
  ] as const) {
    const offset = word(view, tableAt);
    const rowSize = view.getUint16(countAt, little);
    const count = view.getUint16(countAt + 2, little);
    if (count === 0) continue;
    if (rowSize < row.size || offset + rowSize * count > bytes.size) {
      end = null;
      break;
    }
    const table = await bytes.read(offset, rowSize * count);
    const rows = new DataView(table.buffer, table.byteOffset, table.length);
    end = Math.max(end, offset + rowSize * count);
    for (let at = 0; at < table.length; at += rowSize) {
      budget.steps(1);
      if ("type" in row && rows.getUint32(at + row.type, little) === SHT_NOBITS) continue;
      end = Math.max(end, word(rows, at + row.offset) + word(rows, at + row.length));
    }
  }
  const what = `${bits}-bit ${ELF_MACHINES[machine] ?? `machine ${machine}`} ELF ${TYPES[type] ?? `of type ${type}`}`;
  return { kind: "elf", what, library: type === 3 || type === 1, endsAt: end !== null && end <= bytes.size ? end : null, size: bytes.size };
}

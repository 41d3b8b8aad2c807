import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import type { ExecutableFacts } from "./facts.ts";
import { PE_MACHINES } from "./machines.ts";

const DLL = 0x2000;
const SECTION_BYTES = 40;
/** The optional header of 32 and of 64 bits puts its data directories here; the fifth is the certificate table, whose address is a file offset. */
const DIRECTORIES = { 267: 96, 523: 112 } as const;
const CERTIFICATE_DIRECTORY = 4;

/** PE headers and section table (Microsoft PE format): what it is, and where its last section or its signature ends. */
export async function readPe(bytes: ByteSource, budget: Budget): Promise<ExecutableFacts> {
  const dos = await bytes.read(0, Math.min(64, bytes.size));
  const portable = Buffer.from(dos).toString("latin1", 0, 6) === "MZqFpD";
  const plain = {
    kind: "pe",
    what: portable ? "Actually Portable Executable" : "DOS program",
    library: false,
    endsAt: null,
    size: bytes.size,
  } as const;
  if (dos.length < 64) return plain;
  const header = new DataView(dos.buffer, dos.byteOffset).getUint32(0x3c, true);
  if (header + 24 > bytes.size) return plain;
  const coff = await bytes.read(header, 24);
  const view = new DataView(coff.buffer, coff.byteOffset, 24);
  if (view.getUint32(0, false) !== 0x50450000) return plain;
  const library = (view.getUint16(22, true) & DLL) !== 0;
  const machine = view.getUint16(4, true);
  const what = `${PE_MACHINES[machine] ?? `machine 0x${machine.toString(16)}`} Windows ${library ? "library" : "program"}`;
  const endsAt = await endOf(bytes, header + 24, view.getUint16(20, true), view.getUint16(6, true), budget);
  return { kind: "pe", what, library, endsAt, size: bytes.size };
}

async function endOf(bytes: ByteSource, optionalAt: number, optionalSize: number, sections: number, budget: Budget): Promise<number | null> {
  const size = optionalSize + sections * SECTION_BYTES;
  if (sections === 0 || optionalAt + size > bytes.size) return null;
  const headers = await bytes.read(optionalAt, size);
  const view = new DataView(headers.buffer, headers.byteOffset, size);
  let end = optionalAt + size;
  for (let at = optionalSize; at < size; at += SECTION_BYTES) {
    budget.steps(1);
    const length = view.getUint32(at + 16, true);
    if (length > 0) end = Math.max(end, view.getUint32(at + 20, true) + length);
  }
  const magic = optionalSize >= 2 ? view.getUint16(0, true) : 0;
  if (magic === 0x10b || magic === 0x20b) {
    const directory = DIRECTORIES[magic] + CERTIFICATE_DIRECTORY * 8;
    if (directory + 8 <= optionalSize) end = Math.max(end, view.getUint32(directory, true) + view.getUint32(directory + 4, true));
  }
  return end <= bytes.size ? end : null;
}

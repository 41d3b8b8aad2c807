import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import type { ExecutableFacts } from "./facts.ts";
import { MACHO_MACHINES } from "./machines.ts";

const TYPES: Readonly<Record<number, string>> = {
  1: "object file",
  2: "program",
  6: "dynamic library",
  8: "bundle",
  9: "dynamic library stub",
  10: "debug symbols",
};
const LIBRARY_TYPES: ReadonlySet<number> = new Set([1, 6, 8, 9]);
/** Load commands that place a segment, and where their file offset and size stand (mach-o/loader.h). */
const LC_SEGMENT = 1;
const LC_SEGMENT_64 = 0x19;
const MAX_COMMAND_BYTES = 1024 * 1024;

/** Mach-O header and load commands, or the table of a fat file (mach-o/fat.h). */
export async function readMachO(bytes: ByteSource, budget: Budget): Promise<ExecutableFacts> {
  const head = await bytes.read(0, Math.min(32, bytes.size));
  const nothing = { kind: "macho", what: "Mach-O, cut", library: false, endsAt: null, size: bytes.size } as const;
  if (head.length < 28) return nothing;
  const magic = new DataView(head.buffer, head.byteOffset).getUint32(0, false);
  if (magic === 0xcafebabe || magic === 0xcafebabf) return readFat(bytes, magic === 0xcafebabf, budget);
  const little = magic === 0xcefaedfe || magic === 0xcffaedfe;
  const bits = magic === 0xcffaedfe || magic === 0xfeedfacf ? 64 : 32;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const type = view.getUint32(12, little);
  const cpu = view.getUint32(4, little);
  const commandsAt = bits === 64 ? 32 : 28;
  const commandBytes = view.getUint32(20, little);
  const what = `${MACHO_MACHINES[cpu] ?? `cpu ${cpu}`} Mach-O ${TYPES[type] ?? `of type ${type}`}`;
  const fits = commandBytes <= MAX_COMMAND_BYTES && commandsAt + commandBytes <= bytes.size;
  const endsAt = fits ? segmentsEnd(await bytes.read(commandsAt, commandBytes), commandsAt + commandBytes, little, budget) : null;
  return { kind: "macho", what, library: LIBRARY_TYPES.has(type), endsAt: endsAt !== null && endsAt <= bytes.size ? endsAt : null, size: bytes.size };
}

function segmentsEnd(commands: Uint8Array, start: number, little: boolean, budget: Budget): number | null {
  const view = new DataView(commands.buffer, commands.byteOffset, commands.length);
  let end = start;
  for (let at = 0; at + 8 <= commands.length; ) {
    budget.steps(1);
    const command = view.getUint32(at, little);
    const size = view.getUint32(at + 4, little);
    if (size < 8 || at + size > commands.length) return null;
    if (command === LC_SEGMENT && size >= 40) end = Math.max(end, view.getUint32(at + 32, little) + view.getUint32(at + 36, little));
    if (command === LC_SEGMENT_64 && size >= 56)
      end = Math.max(end, Number(view.getBigUint64(at + 40, little)) + Number(view.getBigUint64(at + 48, little)));
    at += size;
  }
  return end;
}

async function readFat(bytes: ByteSource, wide: boolean, budget: Budget): Promise<ExecutableFacts> {
  const word = await bytes.read(4, 4);
  const count = new DataView(word.buffer, word.byteOffset, 4).getUint32(0, false);
  const row = wide ? 32 : 20;
  const nothing = { kind: "macho", what: `fat Mach-O of ${count} architectures`, library: false, endsAt: null, size: bytes.size } as const;
  if (8 + count * row > bytes.size) return nothing;
  const table = await bytes.read(8, count * row);
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  let end = 8 + table.length;
  for (let at = 0; at < table.length; at += row) {
    budget.steps(1);
    end = Math.max(
      end,
      wide
        ? Number(view.getBigUint64(at + 8, false)) + Number(view.getBigUint64(at + 16, false))
        : view.getUint32(at + 8, false) + view.getUint32(at + 12, false),
    );
  }
  return { ...nothing, endsAt: end <= bytes.size ? end : null };
}

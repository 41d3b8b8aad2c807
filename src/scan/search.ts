import type { ByteSource } from "../bytes.ts";
import type { ChildRef } from "../format.ts";
import { lazily } from "../lazily.ts";
import type { Budget } from "../limits.ts";

/** Something recognisable in bytes that nobody owns. */
export interface Hit {
  readonly kind: "executable" | "archive" | "pickle" | "script";
  readonly what: string;
  readonly at: number;
  /** What to examine on its own, where an examiner for it exists. */
  readonly child?: ChildRef;
}

const engine = lazily(() => import("../formats/pickle/find.ts"));
const WINDOW_BYTES = 4 * 1024 * 1024;
/** Windows overlap by this much, so that a magic with its check is never cut in two. */
const OVERLAP_BYTES = 4096;
const MAX_HITS = 64;

export interface Searched {
  readonly hits: readonly Hit[];
  /** False starts of pickles were so many that only short trials were made of the rest. */
  readonly cut: boolean;
}

/** Searches bytes in full for executables, archives, scripts and pickles. Each magic is confirmed by a structural check. */
export async function searchUnowned(source: ByteSource, budget: Budget): Promise<Searched> {
  const { findPickles } = await engine();
  const hits: Hit[] = [];
  let archive = false;
  let cut = false;
  const spent = (opcodes: number, short: boolean) => {
    budget.steps(opcodes);
    cut ||= short;
  };
  for (let start = 0; start < source.size && hits.length < MAX_HITS; start += WINDOW_BYTES - OVERLAP_BYTES) {
    const length = Math.min(WINDOW_BYTES, source.size - start);
    const window = Buffer.from(await source.read(start, length));
    budget.steps(Math.ceil(length / 256));
    const end = start + length === source.size ? length : length - OVERLAP_BYTES;
    for (const { bytes, confirm } of MAGICS)
      for (let at = window.indexOf(bytes); at !== -1 && at < end && hits.length < MAX_HITS; at = window.indexOf(bytes, at + 1)) {
        const hit = confirm(window, at);
        if (hit === null) continue;
        if (hit.parse === true && archive && hit.alone !== true) continue; // another member of the archive that was found already
        archive ||= hit.parse === true && hit.alone !== true;
        hits.push(placed(hit, start + at, source.size));
      }
    for (const at of findPickles(window, 0, spent))
      if (at < end && hits.length < MAX_HITS) hits.push(placed({ kind: "pickle", what: "a pickle", parse: true }, start + at, source.size));
    if (length < WINDOW_BYTES) break;
  }
  return { hits: hits.sort((a, b) => a.at - b.at), cut: cut || hits.length >= MAX_HITS };
}

interface Confirmed {
  readonly kind: Hit["kind"];
  readonly what: string;
  readonly parse?: boolean;
  /** A reader of the first archive that is found does not find this one as well. */
  readonly alone?: boolean;
}

function placed({ kind, what, parse }: Confirmed, at: number, size: number): Hit {
  if (parse !== true) return { kind, what, at };
  return { kind, what, at, child: { name: `@${at}`, region: { in: "slice", offset: at, size: size - at }, treatment: "examine" } };
}

interface Magic {
  readonly bytes: Buffer;
  confirm(window: Buffer, at: number): Confirmed | null;
}

const MAGICS: readonly Magic[] = [
  {
    bytes: Buffer.from("\x7fELF", "latin1"),
    confirm: (w, at) =>
      within(w[at + 4], 1, 2) && within(w[at + 5], 1, 2) && w[at + 6] === 1 ? { kind: "executable", what: "an ELF executable or library" } : null,
  },
  { bytes: Buffer.from("MZ"), confirm: (w, at) => (isPe(w, at) ? { kind: "executable", what: "a Windows executable or library" } : null) },
  { bytes: Buffer.from([0xcf, 0xfa, 0xed, 0xfe]), confirm: machO },
  { bytes: Buffer.from([0xce, 0xfa, 0xed, 0xfe]), confirm: machO },
  { bytes: Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), confirm: () => ({ kind: "executable", what: "a WebAssembly module" }) },
  {
    bytes: Buffer.from("#!/"),
    confirm: (w, at) =>
      /^#!\/[\w./-]*bin\/[\w./ -]+\n/.test(w.toString("latin1", at, at + 80)) ? { kind: "script", what: "a script with a shebang" } : null,
  },
  {
    bytes: Buffer.from("PK\x03\x04", "latin1"),
    confirm: (w, at) => (isLocalHeader(w, at) ? { kind: "archive", what: "a zip archive", parse: true } : null),
  },
  { bytes: Buffer.from("7z\xbc\xaf\x27\x1c", "latin1"), confirm: is7z },
  { bytes: Buffer.from("Rar!\x1a\x07", "latin1"), confirm: () => ({ kind: "archive", what: "a rar archive" }) },
];

function within(value: number | undefined, low: number, high: number): boolean {
  return value !== undefined && value >= low && value <= high;
}

/** Major version 0, and a header that begins inside the next terabyte. */
function is7z(window: Buffer, at: number): Confirmed | null {
  if (at + 32 > window.length || window[at + 6] !== 0 || window.readUInt16LE(at + 18) !== 0) return null;
  return { kind: "archive", what: "a 7z archive", parse: true, alone: true };
}

/** PE: `e_lfanew` at 0x3c leads to `PE\0\0`. */
function isPe(window: Buffer, at: number): boolean {
  if (at + 0x40 > window.length) return false;
  const header = at + window.readUInt32LE(at + 0x3c);
  return header + 4 <= window.length && window.toString("latin1", header, header + 4) === "PE\0\0";
}

/** Mach-O header: a known CPU type and file type (mach-o/loader.h). */
function machO(window: Buffer, at: number): Confirmed | null {
  if (at + 16 > window.length) return null;
  const cpu = window.readUInt32LE(at + 4) & 0x00ffffff;
  return (cpu === 7 || cpu === 12) && within(window.readUInt32LE(at + 12), 1, 12)
    ? { kind: "executable", what: "a Mach-O executable or library" }
    : null;
}

/** Zip local file header with a version, a method and a name length that occur (APPNOTE 4.3.7). */
function isLocalHeader(window: Buffer, at: number): boolean {
  if (at + 30 > window.length) return false;
  const version = window.readUInt16LE(at + 4) & 0xff;
  const method = window.readUInt16LE(at + 8);
  const nameLength = window.readUInt16LE(at + 26);
  return version <= 63 && (method <= 20 || within(method, 93, 99)) && nameLength > 0 && nameLength <= 1024;
}

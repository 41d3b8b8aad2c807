import type { Window } from "../walked/window.ts";
import { walkChunks } from "./chunks.ts";
import type { MediaWalk } from "./facts.ts";
import { Walking } from "./walking.ts";

/** Chunks of Microsoft's and IBM's specification of 1991, of EBU Tech 3285 and 3306, ITU-R BS.2088, and those that editors and samplers add. */
const KNOWN: ReadonlySet<string> = new Set(
  [
    "fmt ",
    "data",
    "fact",
    "LIST",
    "cue ",
    "plst",
    "smpl",
    "inst",
    "wavl",
    "slnt",
    "labl",
    "note",
    "DISP",
    "bext",
    "iXML",
    "qlty",
    "mext",
    "levl",
  ].concat(
    ["link", "axml", "bxml", "sxml", "chna", "ds64", "cart", "umid", "JUNK", "junk", "PAD ", "FLLR", "Fake", "PEAK", "id3 ", "ID3 ", "_PMX", "acid"],
    ["strc", "afsp", "minf", "elm1", "regn", "ovwf", "LGWV", "AFAn", "ResU", "bird", "tlst", "DGDA", "SAUR", "C2PA"],
  ),
);
const UNKNOWN_SIZE = 0xffff_ffff;
/** Some writers count the eight bytes of the header, too. */
const HEADER_BYTES = 8;

/** A RIFF form of type WAVE, also in big endian (RIFX), and with sizes of 64 bits in a chunk of their own (RF64, BW64). */
export async function walkWav(window: Window): Promise<MediaWalk> {
  const head = await window.take(0, 12);
  if (head === null) return new Walking().stops(0, "the sound ends in its header");
  const form = head.toString("latin1", 0, 4);
  const bigEndian = form === "RIFX";
  const stated = bigEndian ? head.readUInt32BE(4) : head.readUInt32LE(4);
  const large = form === "RF64" || form === "BW64" ? await largeSizes(window) : null;
  const isStream = stated === UNKNOWN_SIZE || stated === 0;
  const size = large?.form ?? (isStream ? window.size - HEADER_BYTES : stated);
  if (size > window.size) return new Walking().stops(4, `a sound of ${size} bytes where ${window.size} are left`);
  const end = Math.min(size + HEADER_BYTES, window.size);
  return walkChunks(window, {
    from: 12,
    end,
    bigEndian,
    known: KNOWN,
    what: "WAVE",
    sizeOf(type, own, at) {
      if (type !== "data" || (own !== UNKNOWN_SIZE && !(isStream && own === 0))) return own;
      return large?.data ?? end - at - 8;
    },
  });
}

/** Sizes of the form and of its data (EBU Tech 3306, ds64); null where they are not said. */
async function largeSizes(window: Window): Promise<{ readonly form: number; readonly data: number } | null> {
  const chunk = await window.take(12, 24);
  if (chunk === null || chunk.toString("latin1", 0, 4) !== "ds64") return null;
  return { form: Number(chunk.readBigUInt64LE(8)), data: Number(chunk.readBigUInt64LE(16)) };
}

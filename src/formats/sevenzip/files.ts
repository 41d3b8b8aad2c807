import { type HeaderReader, SevenZipBreak } from "./header-reader.ts";

const EMPTY_STREAM = 0x0e;
const EMPTY_FILE = 0x0f;
const ANTI = 0x10;
const NAMES = 0x11;
const ATTRIBUTES = 0x15;
/** Properties that say nothing of content: times, start position, padding. */
const INERT: ReadonlySet<number> = new Set([0x12, 0x13, 0x14, 0x18, 0x19]);
const UNIX_EXTENSION = 0x8000;
const REPARSE_POINT = 0x400;

export interface FileEntry {
  readonly name: string;
  readonly type: "file" | "folder" | "symlink" | "anti";
  readonly hasStream: boolean;
}

/** FilesInfo of 7zFormat.txt. `odd` is told of properties that no writer writes. */
export function readFiles(reader: HeaderReader, maxEntries: number, odd: (what: string) => void): readonly FileEntry[] {
  const count = reader.count("files", maxEntries);
  let names: readonly string[] = [];
  let empty: readonly boolean[] = [];
  let empties = 0;
  let emptyFile: readonly boolean[] = [];
  let anti: readonly boolean[] = [];
  let attributes: readonly (number | null)[] = [];
  for (let id = reader.number(); id !== 0; id = reader.number()) {
    const size = reader.number();
    if (size > reader.left) throw new SevenZipBreak(`a property of ${size} bytes in the ${reader.left} that are left`);
    const end = reader.at + size;
    if (id === EMPTY_STREAM) {
      empty = reader.bits(count);
      empties = empty.filter((each) => each).length;
    } else if (id === EMPTY_FILE) emptyFile = reader.bits(empties);
    else if (id === ANTI) anti = reader.bits(empties);
    else if (id === NAMES) names = readNames(reader, count, end);
    else if (id === ATTRIBUTES) attributes = readAttributes(reader, count);
    else {
      if (!INERT.has(id)) odd(`property ${id} of the files is not known`);
      reader.take(size);
    }
    if (reader.at !== end) throw new SevenZipBreak(`property ${id} of the files, which ends elsewhere than it states`);
  }
  let emptyIndex = 0;
  return Array.from({ length: count }, (_, i) => {
    const name = names[i] ?? `file ${i}`;
    const attribute = attributes[i] ?? 0;
    if (empty[i] !== true) return { name, type: isLink(attribute) ? "symlink" : "file", hasStream: true };
    const at = emptyIndex++;
    return { name, type: anti[at] === true ? "anti" : emptyFile[at] === true ? "file" : "folder", hasStream: false };
  });
}

/** UTF-16, little endian, each ended by a zero. */
function readNames(reader: HeaderReader, count: number, end: number): readonly string[] {
  if (reader.byte() !== 0) throw new SevenZipBreak("names that stand elsewhere");
  const text = reader.take(end - reader.at).toString("utf16le");
  const names = text.split("\0");
  if (names.pop() !== "" || names.length !== count) throw new SevenZipBreak(`${names.length} names for ${count} files`);
  return names;
}

function readAttributes(reader: HeaderReader, count: number): readonly (number | null)[] {
  const defined = reader.definedBits(count);
  if (reader.byte() !== 0) throw new SevenZipBreak("attributes that stand elsewhere");
  return defined.map((each) => (each ? reader.take(4).readUInt32LE(0) : null));
}

/** A POSIX mode in the high half, or a reparse point of Windows. */
function isLink(attributes: number): boolean {
  return (attributes & UNIX_EXTENSION) !== 0 ? attributes >>> 28 === 10 : (attributes & REPARSE_POINT) !== 0;
}

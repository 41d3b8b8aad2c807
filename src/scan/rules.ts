import type { Rule } from "../finding.ts";

/** Rules of the walker itself, about any format. The rules of one format lie beside its examiner. */
export const WALK_RULES = {
  notExamined: {
    id: "not-examined",
    summary: "part of the artifact was not looked at",
    gain: "What nobody looked at may hold anything, and any loader may act on it.",
    check: "Open this part with a tool made for its format, in a sandbox, before you use it.",
    references: [],
  },
  malformed: {
    id: "malformed",
    summary: "the bytes stop making sense",
    gain: "Any loader that reads as it goes (pickle.load does in every version) may have acted on what stands before the break already, and another loader may read the rest differently.",
    check: "Compare size and digest with what the publisher states; download it again.",
    references: [],
  },
  limit: {
    id: "limit-exceeded",
    summary: "a bound on the examination was reached",
    gain: "Files are made huge or deeply nested to exhaust a scanner before it sees the payload; any loader with more patience acts on it.",
    check: "Ask why the file needs this much; examine the part alone with a higher limit if you trust its source.",
    references: [],
  },
  examinerFailed: {
    id: "examiner-failed",
    summary: "an examiner of Weighbridge failed",
    gain: "The part was not judged, and any loader acts on it as on every other.",
    check: "Report this with the file, if you may share it.",
    references: [],
  },
  polyglot: {
    id: "polyglot",
    summary: "the same bytes are two formats at once",
    gain: "A scanner that believes one reading misses what any loader does with the other: Python's zipfile finds an archive by its end, pickle and most formats of models begin at the start.",
    check: "Look at the start and the end of the file in a hex viewer: each reading has its own magic.",
    references: [],
  },
  extensionMismatch: {
    id: "extension-mismatch",
    summary: "the name claims another format than the bytes have",
    gain: "A name that lies routes a file past checks by name, while any loader that looks at content still runs it: torch.load, joblib.load and pickle.load do in every version.",
    check: "Compare the first bytes with the format that the name claims.",
    references: [],
  },
  hidden: {
    id: "hidden-content",
    summary: "bytes that no index owns hold an executable, an archive or a pickle",
    gain: "Content that the format's own index does not mention travels past scanners and is picked up by any loader, script or second stage that looks for it.",
    check: "Cut the bytes out at the offset given and identify them alone.",
    references: [],
  },
  empty: {
    id: "empty-file",
    summary: "an empty file whose name claims a format",
    gain: "Nothing directly, in any loader; the download was cut or the file is a stand-in.",
    check: "Download it again and compare its size with what the publisher states.",
    references: [],
  },
  sharedBytes: {
    id: "shared-bytes",
    summary: "several members of a container lie over the same bytes",
    gain: "An archive that leads to one place under many names is unpacked to many times its size, and takes a scanner that examines each of them hours.",
    check: "Compare the offsets of the members, in a zip archive with `zipinfo -v`.",
    references: ["https://www.bamsoftware.com/hacks/zipbomb/"],
  },
  findingsCut: {
    id: "findings-cut",
    summary: "more findings than are shown",
    gain: "Floods of small findings can hide a large one; the worst are kept.",
    check: "Examine this part alone.",
    references: [],
  },
} as const satisfies Record<string, Rule>;

import type { Rule } from "../../finding.ts";

/** Rules that several kinds of data files share. */
export const INERT_RULES = {
  appended: {
    id: "appended-data",
    summary: "bytes after the end of a document, picture, sound or video, or in a part that its format does not have",
    gain: "A viewer shows the front and ignores the rest, so the rest travels unseen: a second stage, an archive or a script can lie there. No viewer and no loader is known that acts on it by itself.",
    check: "Cut the file at the offset given and look at the remainder with file(1) and a hex viewer.",
    references: ["https://attack.mitre.org/techniques/T1027/009/"],
  },
  foreign: {
    id: "foreign-part",
    summary: "a part that the format's own specification does not have",
    gain: "Readers skip what they do not know, so it can carry anything to a program that does know it.",
    check: "List the parts of the file (pngcheck, webpinfo, ffprobe, mkvinfo, protoc --decode_raw) and ask what wrote this one.",
    references: [],
  },
  invisible: {
    id: "invisible-characters",
    summary: "characters that a reader does not see",
    gain: "Bidirectional controls and tag characters can show a person one text and give a model or an interpreter another.",
    check: "Print the text with `cat -A`, or count the characters of Unicode category Cf in it.",
    references: ["https://trojansource.codes/", "https://www.unicode.org/reports/tr36/"],
  },
} as const satisfies Record<string, Rule>;

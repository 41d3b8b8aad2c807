/** Names in a PDF that make a viewer run, start, send or unpack something (ISO 32000-2, 12.6 and 7.11.4), with what they do. */
export const ACTIVE_NAMES: Readonly<Record<string, string>> = {
  JavaScript: "a script",
  Launch: "an action that starts a program",
  SubmitForm: "an action that sends form data",
  ImportData: "an action that reads a file into a form",
  GoToE: "an action that opens an attached file",
  EmbeddedFile: "an attached file",
  EmbeddedFiles: "attached files",
  RichMedia: "embedded media with code",
  XFA: "an XML form with scripts",
};

/** Names that change how the rest is to be read. */
export const ENCRYPT = "Encrypt";
export const OBJECT_STREAM = "ObjStm";

export interface PdfName {
  readonly name: string;
  readonly at: number;
}

/** Every name that could be one of the above, with `#4a` escapes undone (ISO 32000-2, 7.3.5). Compressed data holds a name of six letters by chance once in 10^14 bytes. */
export function* namesIn(text: string): Generator<PdfName> {
  for (const match of text.matchAll(/\/((?:[A-Za-z]|#[0-9A-Fa-f]{2}){3,40})(?![A-Za-z#])/g))
    yield { name: (match[1] ?? "").replace(/#(..)/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), at: match.index };
}

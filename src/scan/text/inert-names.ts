/** Names under which text is only read, never run, with the reason. First match wins; compared in lower case. */
export interface InertName {
  readonly name: RegExp;
  readonly why: string;
}

/** Endings that a document may have: no interpreter and no loader takes a file for code by one of these. */
const DOCUMENT = String.raw`(?:[-_][\w-]*)?(?:\.[a-z]{2}(?:[-_][a-z]{2,4})?)?(?:\.(?:md|markdown|txt|rst|adoc|apache|mit|bsd|gpl|lgpl))?`;
/** Two-letter endings that are languages of programs, not of people. */
export const CODE_ENDINGS: ReadonlySet<string> = new Set([
  "py",
  "sh",
  "js",
  "ts",
  "rb",
  "pl",
  "cc",
  "hs",
  "go",
  "rs",
  "ml",
  "vb",
  "ps",
  "cs",
  "jl",
  "so",
]);

export const INERT_NAMES: readonly InertName[] = [
  { name: new RegExp(`^readme${DOCUMENT}$`), why: "a description for people" },
  { name: new RegExp(`^(?:licen[cs]e|copying|notice|unlicense)${DOCUMENT}$`), why: "a licence text" },
  { name: /^[\w-]{1,40}[-_]licen[cs]e(?:\.(?:md|txt|rst))?$/, why: "a licence text" },
  { name: /^(?:codeowners|authors|contributors|changelog|changes)$/, why: "names of people, or what changed" },
  { name: /^licen[cs]e[-_.](?:apache|mit|bsd|gpl)[-_. ]?[\d.]*$/, why: "a licence text" },
  { name: /\.(?:md|markdown|rst)$/, why: "a document for people" },
  { name: /\.bib$/, why: "what to cite" },
  { name: /\.names$/, why: "a list of classes, as Darknet has it" },
  { name: /^model_?card$/, why: "a description for people" },
  { name: /\.log(?:\.\d+)?$/, why: "what a program said; it quotes code where it failed" },
  { name: /^(?:vocab|vocabulary)(?:\.(?:txt|bpe|vocab))?$/, why: "a list of tokens" },
  { name: /\.vocab$/, why: "a list of tokens" },
  { name: /^(?:merges(?:\.txt)?|bpe\.codes)$/, why: "a list of token merges" },
  { name: /^\.gitattributes$/, why: "names the files that Git LFS keeps" },
  { name: /^\.gitignore$/, why: "names the files that Git leaves alone" },
];

/** One word that an archive of torch keeps about itself. */
export const ARCHIVE_LABELS = /^\.?(?:version|byteorder|serialization_id|format_version|storage_alignment|archive_format|archive_version)$/;

/** Text files whose name a tool acts on although they end in `.txt`. */
export const ACTED_ON_TEXT: readonly { readonly name: RegExp; readonly why: string }[] = [
  { name: /requirements|constraints/, why: "a list of packages: pip installs what it names, from where it says" },
  { name: /^packages\.txt$/, why: "a list of system packages that a hosting service installs" },
  { name: /^cmakelists\.txt$/, why: "CMake code: it runs when the project is configured" },
  { name: /^(?:entry_points|dependency_links)\.txt$/, why: "metadata of an installed Python package: entry points are imported" },
];

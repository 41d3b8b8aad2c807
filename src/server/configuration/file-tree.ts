import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { ConfigurationProblem } from "./errors.ts";

/** Names and indices from the root. */
export type Path = readonly PropertyKey[];

/** What the file says, and where. */
export interface FileTree {
  /** Undefined where nothing can be said of the settings in it. */
  readonly value: unknown;
  /** `FILE:LINE:COLUMN` of each value, and of the name that it has in its map, by `keyOf` its path. */
  readonly places: ReadonlyMap<string, Place>;
  readonly problems: readonly ConfigurationProblem[];
}

export interface Place {
  readonly value: string;
  readonly name: string;
}

/** The name of a path in a map of places. */
export function keyOf(path: Path): string {
  return JSON.stringify(path);
}

/**
 * Reads YAML 1.2 as plain maps, lists and scalars, each with its line and column, both counted from 1. What settings do not need is refused: aliases,
 * tags, several documents. Never throws.
 */
export function readTree(text: string, file: string): FileTree {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true, prettyErrors: false, logLevel: "error" });
  const placeOf = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const wrong = [...document.errors, ...document.warnings];
  const problems: ConfigurationProblem[] = wrong.map(({ code, pos: [offset] }) => ({ ...(SYNTAX[code] ?? NOT_YAML), where: placeOf(offset) }));
  if (wrong.some(({ code }) => code !== "DUPLICATE_KEY")) return { value: undefined, places: new Map(), problems };
  const places = new Map<string, Place>();
  const value = plainOf(document.contents, [], { places, problems, placeOf }, undefined);
  return { value: value ?? {}, places, problems };
}

interface Found {
  readonly places: Map<string, Place>;
  readonly problems: ConfigurationProblem[];
  readonly placeOf: (offset: number) => string;
}

/** Null for what is empty. */
function plainOf(node: Node | null, path: Path, found: Found, name: string | undefined): unknown {
  const place = found.placeOf(node?.range?.[0] ?? 0);
  found.places.set(keyOf(path), { value: place, name: name ?? place });
  if (isMap<Node, Node | null>(node))
    return Object.fromEntries(
      node.items.map(({ key, value }) => {
        const called = isScalar(key) ? String(key.value ?? "") : "";
        return [called, plainOf(value, [...path, called], found, found.placeOf(key.range?.[0] ?? 0))];
      }),
    );
  if (isSeq<Node | null>(node)) return node.items.map((item, index) => plainOf(item, [...path, index], found, undefined));
  if (isAlias(node)) found.problems.push({ ...ALIAS, where: place });
  return isScalar(node) ? node.value : null;
}

type Wrong = Omit<ConfigurationProblem, "where">;

const NOT_YAML: Wrong = {
  code: "WB_CONFIG_SYNTAX",
  message: "this cannot be read as YAML",
  hint: "Write `name: value`, a line each, indented by two spaces below its section, and in quotes what holds a colon or begins with a special character.",
};

const ALIAS: Wrong = { code: "WB_CONFIG_SYNTAX", message: "settings take no aliases", hint: "Write the value out." };

const MISSING: Wrong = {
  code: "WB_CONFIG_SYNTAX",
  message: "something is missing before this: a quote, a bracket, or a colon and a value",
  hint: "Close what was opened, and write each setting as `name: value`.",
};

/** What is said of the errors of the YAML reader, by its codes. Its own messages may repeat what stands in the file. */
const SYNTAX: Readonly<Record<string, Wrong>> = {
  DUPLICATE_KEY: { code: "WB_CONFIG_SYNTAX", message: "this setting stands twice in its section", hint: "Keep one of the two." },
  TAB_AS_INDENT: { code: "WB_CONFIG_SYNTAX", message: "a tab cannot indent", hint: "Indent with spaces." },
  BLOCK_AS_IMPLICIT_KEY: { code: "WB_CONFIG_SYNTAX", message: "a second colon in one line", hint: "Put the value in quotes, or begin a new line." },
  MULTIPLE_DOCS: { code: "WB_CONFIG_SYNTAX", message: "a second document begins here", hint: "Keep one; leave out `---`." },
  NON_STRING_KEY: { code: "WB_CONFIG_SYNTAX", message: "the name of a setting is text", hint: "Write `name: value`." },
  TAG_RESOLVE_FAILED: { code: "WB_CONFIG_SYNTAX", message: "settings take no tags", hint: "Write the value without `!`." },
  MISSING_CHAR: MISSING,
};

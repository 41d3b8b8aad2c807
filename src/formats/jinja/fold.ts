import { elementOf, sliced } from "./operators.ts";
import { formatBraces, formatPercent } from "./percent.ts";
import { alternatives, DATA, each1, eitherOf, KEY, listOf, merged, NUMBER, numberOf, textOf, type Value, written } from "./values.ts";

export interface Given {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

type TextFold = (text: string, args: readonly string[]) => string | null;

/** Methods and filters that turn one text into another. A null leaves the value open. */
const TEXT: Readonly<Record<string, TextFold>> = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  casefold: (text) => text.toLowerCase(),
  swapcase: (text) => [...text].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join(""),
  capitalize: (text) => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase(),
  title: (text) => text.toLowerCase().replace(/[a-z]+/g, (word) => word.slice(0, 1).toUpperCase() + word.slice(1)),
  strip: (text, [characters]) => stripped(text, characters, true, true),
  trim: (text, [characters]) => stripped(text, characters, true, true),
  lstrip: (text, [characters]) => stripped(text, characters, true, false),
  rstrip: (text, [characters]) => stripped(text, characters, false, true),
  replace: (text, [old, fresh]) => (old === undefined || fresh === undefined ? null : replaced(text, old, fresh)),
  removeprefix: (text, [prefix]) => (prefix !== undefined && text.startsWith(prefix) ? text.slice(prefix.length) : text),
  removesuffix: (text, [suffix]) => (suffix !== undefined && suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text),
  zfill: (text, [width]) => (Number(width) <= 4096 ? text.padStart(Number(width), "0") : null),
  ljust: (text, [width, fill]) => (Number(width) <= 4096 ? text.padEnd(Number(width), fill ?? " ") : null),
  rjust: (text, [width, fill]) => (Number(width) <= 4096 ? text.padStart(Number(width), fill ?? " ") : null),
  safe: (text) => text,
  escape: (text) => text,
  e: (text) => text,
  forceescape: (text) => text,
  string: (text) => text,
  striptags: (text) => text,
};

const COUNTS: readonly string[] = [
  "length",
  "count",
  "int",
  "float",
  "abs",
  "round",
  "wordcount",
  "find",
  "rfind",
  "index",
  "rindex",
  "startswith",
  "endswith",
];
const SAME_ELEMENTS: readonly string[] = ["sort", "unique", "select", "reject", "selectattr", "rejectattr", "list", "reverse", "copy"];

/** What a filter yields, as far as it can be folded. */
export function foldFilter(name: string, of: Value, given: Given): Value {
  const [first] = given.positional;
  switch (name) {
    case "default":
    case "d":
      return eitherOf([of, first ?? given.named.get("default_value") ?? textOf("")]);
    case "join":
      return joined(of, first ?? given.named.get("d") ?? textOf(""));
    case "format":
      return each1(of, (each) =>
        each.is === "text"
          ? formatPercent(each.text, given.named.size > 0 ? [namedDict(given)] : given.positional)
          : merged([each, ...given.positional]),
      );
    case "first":
    case "random":
    case "min":
    case "max":
      return elementAt(of, 0);
    case "last":
      return elementAt(of, -1);
    case "reverse":
      return each1(of, (each) => (each.is === "text" || each.is === "list" ? sliced(each, [null, null, numberOf(-1)]) : sameElements(each)));
    case "list":
      return each1(of, (each) =>
        each.is === "text" ? listOf([...each.text].map((character) => textOf(character))) : each.is === "list" ? each : sameElements(each),
      );
    case "items":
    case "dictsort":
      return pairsOf(of);
    case "map":
      return mapped(of, given);
    case "batch":
    case "slice":
      return { is: "many", of: sameElements(of) };
    default:
      return foldShared(name, of, given.positional);
  }
}

function namedDict(given: Given): Value {
  return { is: "dict", entries: [...given.named].map(([name, value]) => [textOf(name), value] as const) };
}

/** What a method yields, as far as it can be folded. */
export function foldMethod(name: string, of: Value, given: Given): Value {
  const [first] = given.positional;
  switch (name) {
    case "join":
      return joined(first ?? DATA, of);
    case "format":
      return each1(of, (each) => {
        const text = each.is === "text" ? formatBraces(each.text, given.positional, given.named) : null;
        return text === null ? merged([each, ...given.positional, ...given.named.values()]) : textOf(text);
      });
    case "split":
    case "rsplit":
    case "splitlines":
    case "partition":
    case "rpartition":
      return each1(of, (each) => splitText(name, each, first));
    case "items":
      return pairsOf(of);
    case "keys":
      return { is: "many", of: elementOf(of) };
    case "values":
      return { is: "many", of: of.is === "dict" ? eitherOf(of.entries.map(([, value]) => value)) : KEY };
    case "get":
    case "pop":
    case "setdefault":
      return of.is === "dict" ? eitherOf([...of.entries.map(([, value]) => value), ...given.positional.slice(1)]) : elementAt(of, null);
    default:
      return foldShared(name, of, given.positional);
  }
}

function foldShared(name: string, of: Value, args: readonly Value[]): Value {
  if (COUNTS.includes(name)) return NUMBER;
  if (SAME_ELEMENTS.includes(name)) return sameElements(of);
  const fold = Object.hasOwn(TEXT, name) ? TEXT[name] : undefined;
  if (fold === undefined) return merged([of, ...args]);
  const texts = args.map(written);
  return each1(of, (each) => {
    const text = written(each);
    if (text === null) return each.is === "open" ? merged([each, ...args], "any", each.from) : merged([each, ...args]);
    const result = texts.includes(null)
      ? null
      : fold(
          text,
          texts.filter((arg) => arg !== null),
        );
    return result === null ? merged([each, ...args]) : result === text && each.is === "text" ? each : textOf(result);
  });
}

function sameElements(of: Value): Value {
  if (of.is === "many") return of;
  if (of.is === "open") return of.kind === "number" ? of : { is: "many", of: elementOf(of) };
  return { is: "many", of: elementOf(of) };
}

function elementAt(of: Value, index: number | null): Value {
  return each1(of, (each) => {
    if (each.is === "list" && index !== null) return each.items.at(index) ?? DATA;
    return each.is === "open" && each.from !== "built" ? DATA : elementOf(each);
  });
}

function pairsOf(of: Value): Value {
  if (of.is === "dict") return listOf(of.entries.map((entry) => listOf(entry)));
  return { is: "many", of: { is: "list", items: [KEY, KEY] } };
}

function mapped(of: Value, given: Given): Value {
  const [filter, ...rest] = given.positional;
  if (filter === undefined || given.named.has("attribute")) return { is: "many", of: DATA };
  const names = alternatives(filter).map(written);
  const apply = (item: Value): Value =>
    eitherOf(
      names.map((name) => (name === null || name === "map" ? merged([item, filter]) : foldFilter(name, item, { ...given, positional: rest }))),
    );
  return of.is === "list" ? listOf(of.items.map(apply)) : { is: "many", of: apply(elementOf(of)) };
}

/** Elements written one behind the other with `separator` between them. */
function joined(of: Value, separator: Value): Value {
  return each1(of, (each) => {
    const items = each.is === "list" ? each.items.map(written) : each.is === "text" ? [...each.text] : [null];
    const between = written(separator);
    if (between === null || items.includes(null)) return merged([each, separator]);
    return textOf(items.join(between));
  });
}

function splitText(name: string, of: Value, separator: Value | undefined): Value {
  if (of.is === "open") return { is: "many", of: merged([of], "any", of.from) };
  const by = separator === undefined ? null : written(separator);
  if (of.is !== "text" || (separator !== undefined && by === null) || by === "") return { is: "many", of: merged([of]) };
  if (name.endsWith("partition")) return { is: "many", of: eitherOf(of.text.split(by ?? " ").map((part) => textOf(part))) };
  const parts = name === "splitlines" ? of.text.split("\n") : by === null ? of.text.split(/\s+/).filter((part) => part !== "") : of.text.split(by);
  return listOf(parts.map((part) => textOf(part)));
}

function stripped(text: string, characters: string | undefined, left: boolean, right: boolean): string {
  const drop = (character: string | undefined) =>
    character !== undefined && (characters === undefined ? /\s/.test(character) : characters.includes(character));
  let from = 0;
  let to = text.length;
  while (left && from < to && drop(text[from])) from++;
  while (right && to > from && drop(text[to - 1])) to--;
  return text.slice(from, to);
}

function replaced(text: string, old: string, fresh: string): string | null {
  const count = old === "" ? text.length + 1 : text.split(old).length - 1;
  if (text.length + count * fresh.length > 65_536) return null;
  return old === "" ? fresh + [...text].map((character) => character + fresh).join("") : text.replaceAll(old, () => fresh);
}

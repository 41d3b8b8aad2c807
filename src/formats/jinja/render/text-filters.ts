import { failure } from "./fault.ts";
import type { Filter } from "./filters.ts";
import { percent } from "./format-text.ts";
import { bound } from "./given.ts";
import { capitalized, centred, replaced, splitLines, stripped } from "./strings.ts";
import { integerIn, textOf } from "./text-of.ts";
import { Dict, elementsOf, Markup, type PyValue, pointsIn, sizeOf, Tuple, textIn, truthOf, typeName, Undefined } from "./values.ts";

/** A filter of text that keeps the mark of being safe. */
function marked(change: (text: string) => string): Filter {
  return (value, _given, { meter }) => {
    const text = textOf(value, meter);
    meter.text(text.length);
    return value instanceof Markup ? new Markup(change(text)) : change(text);
  };
}

const trim: Filter = (value, given, { meter }) => {
  const { chars = null } = bound(given, ["chars"]);
  const text = stripped(textOf(value, meter), textIn(chars), "both");
  return value instanceof Markup ? new Markup(text) : text;
};

const replace: Filter = (value, given, machine) => {
  const { old, fresh, count = null } = bound({ positional: given.positional, named: renamed(given.named) }, ["old", "fresh", "count"]);
  if (old === undefined || fresh === undefined) throw failure("replace takes two texts");
  const [text, from, to] = [textOf(value, machine.meter), textOf(old, machine.meter), textOf(fresh, machine.meter)];
  machine.compared(value, from, "in");
  machine.meter.text(text.length + (from === "" ? text.length + 1 : text.split(from).length - 1) * to.length);
  return replaced(text, from, to, count === null ? -1 : integerIn(count));
};

function renamed(named: ReadonlyMap<string, PyValue>): ReadonlyMap<string, PyValue> {
  return new Map([...named].map(([key, value]) => [key === "new" ? "fresh" : key, value]));
}

const indent: Filter = (value, given, { meter }) => {
  const { width = 4, first = false, blank = false } = bound(given, ["width", "first", "blank"]);
  const by = textIn(width) ?? " ".repeat(Math.min(10_000, Math.max(0, integerIn(width))));
  const [head = "", ...rest] = splitLines(`${textGiven(value)}\n`, false);
  meter.text((rest.length + 1) * by.length);
  const lines = truthOf(blank) ? rest.map((line) => by + line) : rest.map((line) => (line === "" ? "" : by + line));
  return [(truthOf(first) ? by : "") + head, ...lines].join("\n");
};

/** Python's own methods of str are called on what is given. */
function textGiven(value: PyValue): string {
  const text = textIn(value);
  if (text === null) throw value instanceof Undefined ? value.fail() : failure(`${typeName(value)} object has no attribute 'splitlines'`);
  return text;
}

const WORD_START = /([-\s({[<]+)/;

const truncate: Filter = (value, given, { meter }) => {
  const { length = 255, killwords = false, end = "...", leeway = 5 } = bound(given, ["length", "killwords", "end", "leeway"]);
  const [most, tail] = [integerIn(length), textOf(end, meter)];
  const size = sizeOf(value);
  if (size === null) throw failure(`object of type '${typeName(value)}' has no len()`);
  if (size <= most + integerIn(leeway ?? 5)) return value;
  const text = [...textGiven(value)];
  const cut = text.slice(0, Math.max(0, most - pointsIn(tail))).join("");
  const space = cut.lastIndexOf(" ");
  return (truthOf(killwords) || space < 0 ? cut : cut.slice(0, space)) + tail;
};

const wordwrap: Filter = (value, given, { meter }) => {
  const { width = 79 } = bound(given, ["width", "break_long_words", "wrapstring", "break_on_hyphens"]);
  const most = Math.max(1, integerIn(width));
  const text = textGiven(value);
  meter.text(text.length);
  return splitLines(text, false)
    .map((line) => wrappedLine(line, most))
    .join("\n");
};

function wrappedLine(line: string, most: number): string {
  const lines: string[] = [];
  let now = "";
  for (const word of line.split(" ").flatMap((each) => (each.length > most ? (each.match(new RegExp(`.{1,${most}}`, "gsu")) ?? []) : [each]))) {
    if (now !== "" && now.length + 1 + word.length > most) {
      lines.push(now);
      now = word;
    } else now = now === "" ? word : `${now} ${word}`;
  }
  return [...lines, now].join("\n");
}

const format: Filter = (value, given, machine) => {
  const named = new Dict();
  for (const [key, each] of given.named) named.set(key, each);
  if (given.named.size > 0 && given.positional.length > 0) throw failure("can't handle positional and keyword arguments at the same time");
  return percent(textOf(value, machine.meter), given.named.size > 0 ? named : new Tuple(given.positional), machine);
};

const urlencode: Filter = (value, _given, { meter }) => {
  const quoted = (each: PyValue) => {
    const text = textOf(each, meter).toWellFormed();
    meter.text(text.length * 9);
    return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  };
  if (value instanceof Dict) return [...value.entries.values()].map(({ key, value: each }) => `${quoted(key)}=${quoted(each)}`).join("&");
  if (textIn(value) !== null || typeof value === "number") return quoted(value).replaceAll("%2F", "/");
  return elementsOf(value, meter)
    .map((pair) => elementsOf(pair, meter).map(quoted).join("="))
    .join("&");
};

/** Filters of Jinja 3.1 that make a text of a text. */
export const TEXT_FILTERS: Readonly<Record<string, Filter>> = {
  capitalize: marked(capitalized),
  center: (value, given, { meter }) => {
    const columns = integerIn(bound(given, ["width"]).width ?? 80);
    meter.text(columns);
    return centred(textOf(value, meter), columns, " ");
  },
  format,
  indent,
  lower: marked((text) => text.toLowerCase()),
  replace,
  striptags: marked((text) =>
    text
      .replace(/<!--.*?-->|<[^>]{0,10000}>/gs, "")
      .split(/\s+/)
      .filter(Boolean)
      .join(" "),
  ),
  title: marked((text) =>
    text
      .split(WORD_START)
      .map((part) => capitalized(part))
      .join(""),
  ),
  trim,
  truncate,
  upper: marked((text) => text.toUpperCase()),
  urlencode,
  wordcount: (value, _given, { meter }) => textOf(value, meter).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0,
  wordwrap,
};

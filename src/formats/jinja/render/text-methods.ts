import { failure } from "./fault.ts";
import { formatted } from "./format-text.ts";
import { bound } from "./given.ts";
import type { Machine } from "./machine.ts";
import { capitalized, centred, isSpace, replaced, splitLines, splitText, stripped, titled } from "./strings.ts";
import { integerIn } from "./text-of.ts";
import { elementsOf, type Given, List, type PyValue, pointsIn, Tuple, textIn, typeName } from "./values.ts";

type Method = (text: string, given: Given, machine: Machine) => PyValue;

function textArgument(value: PyValue | undefined): string {
  const text = value === undefined ? null : textIn(value);
  if (text === null) throw failure(`must be str, not ${value === undefined ? "nothing" : typeName(value)}`);
  return text;
}

const optional = (value: PyValue | undefined): string | null => (value === undefined || value === null ? null : textArgument(value));

function strip(sides: "both" | "left" | "right"): Method {
  return (text, given) => stripped(text, optional(bound(given, ["chars"]).chars), sides);
}

function split(fromRight: boolean): Method {
  return (text, given, machine) => {
    const { sep, maxsplit = -1 } = bound(given, ["sep", "maxsplit"]);
    const separator = optional(sep);
    if (separator === "") throw failure("empty separator");
    machine.compared(text, separator, "split");
    const parts = splitText(text, separator, integerIn(maxsplit), fromRight);
    machine.meter.items(parts.length);
    return new List(parts);
  };
}

function partition(fromRight: boolean): Method {
  return (text, given, machine) => {
    const separator = textArgument(bound(given, ["sep"]).sep);
    machine.compared(text, separator, "split");
    const at = fromRight ? text.lastIndexOf(separator) : text.indexOf(separator);
    if (at < 0) return new Tuple(fromRight ? ["", "", text] : [text, "", ""]);
    return new Tuple([text.slice(0, at), separator, text.slice(at + separator.length)]);
  };
}

function edge(side: "start" | "end"): Method {
  return (text, given, machine) => {
    const { what, start, end } = bound(given, ["what", "start", "end"]);
    const within = part(text, start, end);
    const options = what instanceof Tuple ? what.items : [what];
    return options.some((option) => {
      const word = textArgument(option);
      machine.compared(text, word, side);
      return side === "start" ? within.startsWith(word) : within.endsWith(word);
    });
  };
}

function part(text: string, start: PyValue | undefined, end: PyValue | undefined): string {
  if ((start ?? null) === null && (end ?? null) === null) return text;
  const points = [...text];
  return points
    .slice(start === undefined || start === null ? 0 : integerIn(start), end === undefined || end === null ? undefined : integerIn(end))
    .join("");
}

function find(last: boolean, must: boolean): Method {
  return (text, given, machine) => {
    const { sub, start, end } = bound(given, ["sub", "start", "end"]);
    const word = textArgument(sub);
    machine.compared(text, word, "in");
    const from = start === undefined || start === null ? 0 : integerIn(start);
    const within = part(text, start, end);
    const at = last ? within.lastIndexOf(word) : within.indexOf(word);
    if (at < 0 && must) throw failure("substring not found");
    return at < 0 ? -1 : pointsIn(within.slice(0, at)) + (from < 0 ? Math.max(0, pointsIn(text) + from) : from);
  };
}

function justify(place: (text: string, width: number, fill: string) => string): Method {
  return (text, given, machine) => {
    const { width = 0, fill = " " } = bound(given, ["width", "fill"]);
    const columns = integerIn(width);
    machine.meter.text(columns);
    return place(text, columns, textArgument(fill));
  };
}

const test =
  (every: (character: string) => boolean): Method =>
  (text) =>
    text !== "" && [...text].every(every);
const plain =
  (change: (text: string) => string): Method =>
  (text) =>
    change(text);
const cased = (text: string) => /\p{Lu}|\p{Ll}|\p{Lt}/u.test(text);

/** Methods of str that shape and read text. What templates never call is left out and fails as unsupported. */
export const TEXT_METHODS: Readonly<Record<string, Method>> = {
  strip: strip("both"),
  lstrip: strip("left"),
  rstrip: strip("right"),
  split: split(false),
  rsplit: split(true),
  splitlines: (text, given) => new List(splitLines(text, bound(given, ["keepends"]).keepends === true)),
  partition: partition(false),
  rpartition: partition(true),
  startswith: edge("start"),
  endswith: edge("end"),
  find: find(false, false),
  rfind: find(true, false),
  index: find(false, true),
  rindex: find(true, true),
  count(text, given, machine) {
    const { sub, start, end } = bound(given, ["sub", "start", "end"]);
    const word = textArgument(sub);
    machine.compared(text, word, "in");
    const within = part(text, start, end);
    return word === "" ? pointsIn(within) + 1 : within.split(word).length - 1;
  },
  replace(text, given, machine) {
    const { old, fresh, count = -1 } = bound(given, ["old", "fresh", "count"]);
    const [from, to] = [textArgument(old), textArgument(fresh)];
    machine.compared(text, from, "in");
    machine.meter.text(text.length + (from === "" ? text.length + 1 : text.split(from).length - 1) * to.length);
    return replaced(text, from, to, integerIn(count));
  },
  removeprefix(text, given, machine) {
    const prefix = textArgument(bound(given, ["prefix"]).prefix);
    machine.compared(text, prefix, "start");
    return text.startsWith(prefix) ? text.slice(prefix.length) : text;
  },
  removesuffix(text, given, machine) {
    const suffix = textArgument(bound(given, ["suffix"]).suffix);
    machine.compared(text, suffix, "end");
    return suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
  },
  join(text, given, machine) {
    const { items } = bound(given, ["items"]);
    if (items === undefined) throw failure("join takes one argument");
    const parts = elementsOf(items, machine.meter).map((item) => textArgument(item));
    machine.meter.text(parts.reduce((sum, each) => sum + each.length + text.length, 0));
    return parts.join(text);
  },
  format: (text, given, machine) => formatted(text, given, machine),
  upper: plain((text) => text.toUpperCase()),
  lower: plain((text) => text.toLowerCase()),
  casefold: plain((text) => text.toLowerCase().replaceAll("ß", "ss")),
  capitalize: plain(capitalized),
  title: plain(titled),
  swapcase: plain((text) => [...text].map((each) => (each === each.toLowerCase() ? each.toUpperCase() : each.toLowerCase())).join("")),
  center: justify(centred),
  ljust: justify((text, width, fill) => text + fill.repeat(Math.max(0, width - pointsIn(text)))),
  rjust: justify((text, width, fill) => fill.repeat(Math.max(0, width - pointsIn(text))) + text),
  zfill: justify((text, width) => {
    const sign = /^[-+]/.exec(text)?.[0] ?? "";
    return sign + "0".repeat(Math.max(0, width - pointsIn(text))) + text.slice(sign.length);
  }),
  isalpha: test((each) => /\p{L}/u.test(each)),
  isalnum: test((each) => /[\p{L}\p{N}]/u.test(each)),
  isdigit: test((each) => /[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089]/u.test(each)),
  isdecimal: test((each) => /\p{Nd}/u.test(each)),
  isnumeric: test((each) => /\p{N}/u.test(each)),
  isspace: test(isSpace),
  isascii: (text) => /^[\0-\x7f]*$/.test(text),
  isupper: (text) => cased(text) && text === text.toUpperCase(),
  islower: (text) => cased(text) && text === text.toLowerCase(),
  istitle: (text) => cased(text) && text === titled(text),
};

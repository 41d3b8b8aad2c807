import { failure } from "./fault.ts";
import { bound } from "./given.ts";
import { jsonText, jsonValue } from "./json-text.ts";
import type { Machine } from "./machine.ts";
import { SEQUENCE_FILTERS } from "./sequence-filters.ts";
import { escapedHtml } from "./strings.ts";
import { TEXT_FILTERS } from "./text-filters.ts";
import { exact, floatText, integerIn, reprOf, textOf } from "./text-of.ts";
import { Dict, elementsOf, Float, type Given, Markup, numberIn, type PyValue, sizeOf, Tuple, textIn, truthOf, Undefined } from "./values.ts";

export type Filter = (value: PyValue, given: Given, machine: Machine) => PyValue;

const defaulted: Filter = (value, given) => {
  const { default_value = "", boolean = false } = bound(given, ["default_value", "boolean"]);
  return value instanceof Undefined || (truthOf(boolean) && !truthOf(value)) ? default_value : value;
};

const length: Filter = (value) => {
  if (value instanceof Undefined && value.refused) throw value.fail();
  const size = sizeOf(value);
  if (size === null) throw failure("the value has no len()");
  return size;
};

const escaped: Filter = (value, _given, { meter }) => {
  if (value instanceof Markup) return value;
  const text = textOf(value, meter);
  meter.text(text.length * 5);
  return new Markup(escapedHtml(text));
};

/** `int`: what cannot be one is the default. */
const int: Filter = (value, given) => {
  const { default: otherwise = 0, base = 10 } = bound(given, ["default", "base"]);
  if (value instanceof Undefined) throw value.fail();
  const text = textIn(value);
  const number = numberIn(value);
  if (number !== null) return Number.isFinite(number) ? exact(Math.trunc(number)) : otherwise;
  if (text === null) return otherwise;
  const plain = text.trim();
  const radix = integerIn(base);
  if (radix === 10 && /^[-+]?\d+(?:_\d+)*$/.test(plain)) return exact(Number(plain.replaceAll("_", "")));
  const based = radix === 10 ? Number.NaN : Number.parseInt(plain.replace(/^0[xob]/i, ""), radix);
  if (!Number.isNaN(based)) return exact(based);
  const float = floatOf(plain);
  return float === null || !Number.isFinite(float) ? otherwise : exact(Math.trunc(float));
};

const float: Filter = (value, given) => {
  const { default: otherwise = new Float(0) } = bound(given, ["default"]);
  if (value instanceof Undefined) throw value.fail();
  const text = textIn(value);
  const number = text === null ? numberIn(value) : floatOf(text.trim());
  return number === null ? otherwise : new Float(number);
};

function floatOf(text: string): number | null {
  if (/^[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text)) return Number(text.replaceAll("_", ""));
  const infinite = /^([-+]?)inf(?:inity)?$/i.exec(text);
  return infinite === null
    ? /^[-+]?nan$/i.test(text)
      ? Number.NaN
      : null
    : infinite[1] === "-"
      ? Number.NEGATIVE_INFINITY
      : Number.POSITIVE_INFINITY;
}

const round: Filter = (value, given) => {
  const { precision = 0, method = "common" } = bound(given, ["precision", "method"]);
  const number = numberIn(value);
  if (number === null) throw failure("round takes a number");
  const scale = 10 ** integerIn(precision);
  if (method === "ceil") return new Float(Math.ceil(number * scale) / scale);
  if (method === "floor") return new Float(Math.floor(number * scale) / scale);
  const result = Number(number.toFixed(Math.min(100, Math.max(0, integerIn(precision)))));
  // Python rounds a half to the even neighbour
  const half = Math.abs(number * scale) % 1 === 0.5;
  const even = half ? (2 * Math.round((number * scale) / 2)) / scale : result;
  return value instanceof Float ? new Float(even) : even;
};

const tojson: Filter = (value, given, { meter }) => {
  const {
    ensure_ascii = false,
    indent = null,
    separators = null,
    sort_keys = false,
  } = bound(given, ["ensure_ascii", "indent", "separators", "sort_keys"]);
  const level = indent === null ? null : (textIn(indent) ?? " ".repeat(Math.min(100, integerIn(indent))));
  const pair = separators instanceof Tuple || separators === null ? separators : new Tuple(elementsOf(separators, meter));
  const [item = level === null ? ", " : ",", key = ": "] = pair === null ? [] : pair.items.map((each) => textOf(each, meter));
  return jsonText(value, { indent: level, item, key, sortKeys: truthOf(sort_keys), ascii: truthOf(ensure_ascii) }, meter);
};

const abs: Filter = (value) => {
  const number = numberIn(value);
  if (number === null) throw failure("bad operand type for abs()");
  return value instanceof Float ? new Float(Math.abs(number)) : Math.abs(number);
};

const UNITS = ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
const BINARY_UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

const filesize: Filter = (value, given) => {
  const binary = truthOf(bound(given, ["binary"]).binary ?? false);
  const text = textIn(value);
  const bytes = text === null ? numberIn(value) : floatOf(text.trim());
  if (bytes === null) throw failure("float() argument must be a string or a number");
  const base = binary ? 1024 : 1000;
  if (bytes === 1) return "1 Byte";
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const power = Math.min(8, Math.floor(Math.log(bytes) / Math.log(base)));
  return `${(bytes / base ** power).toFixed(1)} ${(binary ? BINARY_UNITS : UNITS)[power - 1]}`;
};

/** The filters of Jinja 3.1 that chat templates use, `tojson` as transformers has it, and `from_json` of two published templates. */
export const FILTERS: Readonly<Record<string, Filter>> = {
  ...TEXT_FILTERS,
  ...SEQUENCE_FILTERS,
  abs,
  attr: (value, given, machine) => {
    const name = textOf(bound(given, ["name"]).name ?? "", machine.meter);
    return value instanceof Dict ? new Undefined(name) : machine.attribute(value, name);
  },
  count: length,
  d: defaulted,
  default: defaulted,
  e: escaped,
  escape: escaped,
  filesizeformat: filesize,
  float,
  forceescape: (value, given, machine) => escaped(textOf(value, machine.meter), given, machine),
  from_json: (value, _given, { meter }) => {
    const text = textIn(value);
    if (text === null) throw failure("the JSON object must be str");
    return jsonValue(text, meter);
  },
  int,
  length,
  pprint: (value, _given, { meter }) => reprOf(value, meter),
  round,
  safe: (value, _given, { meter }) => new Markup(textOf(value, meter)),
  string: (value, _given, { meter }) => (value instanceof Markup ? value : value instanceof Float ? floatText(value.value) : textOf(value, meter)),
  tojson,
};

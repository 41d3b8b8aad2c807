import { failure, RenderFault } from "./fault.ts";
import type { Machine } from "./machine.ts";
import { floatText, integerIn, reprOf, textOf } from "./text-of.ts";
import { Dict, Float, type Given, List, numberIn, type PyValue, pointsIn, Tuple, textIn, Undefined } from "./values.ts";

const FIELD = /\{\{|\}\}|\{([^{}!:]*)(?:!([rsa]))?(?::([^{}]*))?\}|[{}]/g;

/** `str.format` for fields without nesting; attributes are read as the sandbox reads them. */
export function formatted(pattern: string, given: Given, machine: Machine): string {
  let next = 0;
  const parts = pattern.replace(FIELD, (whole, field?: string, conversion?: string, spec?: string) => {
    if (whole === "{{" || whole === "}}") return whole.slice(1);
    if (field === undefined) throw failure("a single brace in a format");
    const [head = ""] = /^[^.[]*/.exec(field) ?? [];
    const key = head === "" ? String(next++) : head;
    const base = /^\d+$/.test(key) ? given.positional[Number(key)] : given.named.get(key);
    if (base === undefined) throw failure(`nothing for the field ${key}`);
    const value = reached(base, field.slice(head.length), machine);
    const shown = conversion === "r" ? reprOf(value, machine.meter) : conversion === "s" ? textOf(value, machine.meter) : value;
    const text = specified(shown, spec ?? "", machine);
    machine.meter.text(text.length);
    return text;
  });
  machine.meter.text(parts.length);
  return parts;
}

function reached(base: PyValue, path: string, machine: Machine): PyValue {
  let value = base;
  for (const [, name, key] of path.matchAll(/\.([^.[\]]+)|\[([^\]]*)\]/g)) {
    if (name !== undefined) value = machine.attribute(value, name);
    else if (key !== undefined) value = machine.item(value, /^\d+$/.test(key) ? Number(key) : key);
  }
  return value;
}

const SPEC = /^(?:(.)?([<>^=]))?([-+ ]?)(#?)(0?)(\d{0,9})(,?)(?:\.(\d{1,3}))?([bcdeEfFgGnosxX%]?)$/su;

function specified(value: PyValue, spec: string, machine: Machine): string {
  if (spec === "") return textOf(value, machine.meter);
  const match = SPEC.exec(spec);
  if (match === null) throw new RenderFault("unsupported", `the format ${spec}`);
  const [, fill = " ", align, sign = "", , zero, width = "", comma, precision, type = ""] = match;
  const text = textIn(value);
  const columns = Number(width);
  machine.meter.text(columns);
  if (text !== null) return padded(precision === undefined ? text : [...text].slice(0, Number(precision)).join(""), columns, fill, align ?? "<");
  const number = numberIn(value);
  if (number === null) throw failure("unsupported format string");
  const body = grouped(numberText(value, number, type, precision), comma === ",");
  const signed = number >= 0 && sign !== "" && sign !== "-" ? sign + body : body;
  return padded(signed, columns, zero === "0" ? "0" : fill, align ?? (zero === "0" ? "=" : ">"));
}

function numberText(value: PyValue, number: number, type: string, precision: string | undefined): string {
  if (type === "f" || type === "F") return fixed(number, Number(precision ?? 6));
  if (type === "%") return `${fixed(number * 100, Number(precision ?? 6))}%`;
  if (type === "x" || type === "X" || type === "b" || type === "o") {
    const text = integerIn(value).toString(type === "b" ? 2 : type === "o" ? 8 : 16);
    return type === "X" ? text.toUpperCase() : text;
  }
  if (type === "c") return characterOf(integerIn(value));
  if (type === "d" || type === "n" || (type === "" && !(value instanceof Float))) return String(integerIn(value));
  if (type === "" && precision === undefined) return floatText(number);
  throw new RenderFault("unsupported", `the format ${type}`);
}

/** JavaScript gives at most a hundred digits; those behind them are zeros for all numbers that a template means. */
function fixed(number: number, digits: number): string {
  return number.toFixed(Math.min(digits, 100)) + "0".repeat(Math.max(0, digits - 100));
}

function characterOf(point: number): string {
  if (point < 0 || point > 0x10ffff) throw failure("%c arg not in range(0x110000)");
  return String.fromCodePoint(point);
}

function grouped(text: string, commas: boolean): string {
  return commas ? text.replace(/\d+/, (digits) => digits.replace(/\B(?=(?:\d{3})+$)/g, ",")) : text;
}

function padded(text: string, width: number, fill: string, align: string): string {
  const gap = Math.max(0, width - pointsIn(text));
  if (align === "<") return text + fill.repeat(gap);
  if (align === "^") return fill.repeat(gap >> 1) + text + fill.repeat(gap - (gap >> 1));
  const sign = align === "=" ? (/^[-+ ]/.exec(text)?.[0] ?? "") : "";
  return sign + fill.repeat(gap) + text.slice(sign.length);
}

const DIRECTIVE = /%(?:\((.*?)\))?([-+ #0]*)(\d{0,9}|\*)(?:\.(\d{1,3}))?([a-zA-Z%])/gs;

/** `pattern % value`, which the filter `format` uses, too. */
export function percent(pattern: string, value: PyValue, machine: Machine): string {
  const items = value instanceof Tuple ? value.items : [value];
  let next = 0;
  const take = (key: string | undefined): PyValue => {
    if (key !== undefined) {
      const found = value instanceof Dict ? value.get(key) : undefined;
      if (found === undefined) throw failure(`nothing for ${key}`);
      return found;
    }
    const item = items[next++];
    if (item === undefined) throw failure("not enough arguments for format string");
    return item;
  };
  const text = pattern.replace(
    DIRECTIVE,
    (_whole, key: string | undefined, flags: string, width: string, precision: string | undefined, type: string) => {
      if (type === "%") return "%";
      if (width === "*") throw new RenderFault("unsupported", "a width of *");
      machine.meter.text(Number(width));
      return padded(directiveText(take(key), type, precision, machine), Number(width), flags.includes("0") ? "0" : " ", alignOf(flags));
    },
  );
  // what can be asked for items by name may go unused
  const isMapping = value instanceof Dict || value instanceof List || value instanceof Undefined;
  if (!isMapping && next < items.length) throw failure("not all arguments converted during string formatting");
  machine.meter.text(text.length);
  return text;
}

function alignOf(flags: string): string {
  return flags.includes("-") ? "<" : flags.includes("0") ? "=" : ">";
}

function directiveText(value: PyValue, type: string, precision: string | undefined, machine: Machine): string {
  if (type === "s" || type === "r" || type === "a") {
    const text = type === "s" ? textOf(value, machine.meter) : reprOf(value, machine.meter);
    return precision === undefined ? text : [...text].slice(0, Number(precision)).join("");
  }
  const text = textIn(value);
  if (type === "c" && text !== null && pointsIn(text) === 1) return text;
  const number = numberIn(value);
  if (number === null) throw failure(`%${type} format: a real number is required`);
  if (type === "d" || type === "i" || type === "u") return String(Math.trunc(number));
  return numberText(value, number, type === "F" ? "f" : type, precision);
}

import { failure, RenderFault } from "./fault.ts";
import type { Meter } from "./meter.ts";
import {
  Callable,
  Dict,
  DictView,
  Float,
  List,
  LoopInfo,
  Markup,
  Namespace,
  type PyValue,
  Range,
  Stream,
  Tuple,
  typeName,
  Undefined,
} from "./values.ts";

/** `str(value)`: what is written to the output. */
export function textOf(value: PyValue, meter: Meter): string {
  if (typeof value === "string") return value;
  if (value instanceof Markup) return value.text;
  if (value instanceof Undefined) return "";
  return reprOf(value, meter);
}

/** `repr(value)`: how values stand inside lists. */
export function reprOf(value: PyValue, meter: Meter): string {
  meter.step();
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return quoted(value);
  if (value instanceof Float) return floatText(value.value);
  if (value instanceof Undefined) return "Undefined";
  return meter.deeper(() => containerText(value, meter));
}

function containerText(value: Exclude<PyValue, string | number | boolean | null | Float | Undefined>, meter: Meter): string {
  if (value instanceof List) return `[${joined(value.items, meter)}]`;
  if (value instanceof Tuple) return value.items.length === 1 ? `(${joined(value.items, meter)},)` : `(${joined(value.items, meter)})`;
  if (value instanceof Dict) return dictText(value, meter);
  if (value instanceof DictView) return `dict_${value.shows}([${joined(value.list(), meter)}])`;
  if (value instanceof Markup) return `Markup(${quoted(value.text)})`;
  if (value instanceof Range) {
    const stop = value.start + value.length * value.step;
    return `range(${value.start}, ${stop}${value.step === 1 ? "" : `, ${value.step}`})`;
  }
  if (value instanceof Namespace)
    return `<Namespace {${[...value.attributes].map(([key, each]) => `${quoted(key)}: ${reprOf(each, meter)}`).join(", ")}}>`;
  if (value instanceof LoopInfo) return `<LoopContext ${value.index0 + 1}/${value.items.length}>`;
  // Python shows an address here, which nobody can rely on
  return value instanceof Callable ? `<function ${value.name}>` : `<${value instanceof Stream ? "generator" : typeName(value)} object>`;
}

function joined(items: readonly PyValue[], meter: Meter): string {
  const text = items.map((item) => reprOf(item, meter)).join(", ");
  meter.text(text.length);
  return text;
}

function dictText(dict: Dict, meter: Meter): string {
  const text = [...dict.entries.values()].map(({ key, value }) => `${reprOf(key, meter)}: ${reprOf(value, meter)}`).join(", ");
  meter.text(text.length);
  return `{${text}}`;
}

const SPECIAL: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };

/** A str as Python shows it: single quotes, unless only these stand inside. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = text.replace(/[\\\n\r\t'"]|[\p{C}\p{Zl}\p{Zp}\p{Zs}]/gu, (character) => {
    if (character === " ") return character;
    if (character === "'" || character === '"') return character === quote ? `\\${character}` : character;
    return SPECIAL[character] ?? escaped(character.codePointAt(0) ?? 0);
  });
  return quote + inside + quote;
}

function escaped(point: number): string {
  const hex = point.toString(16);
  if (point < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return point < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** Python's shortest form of a float: an exponent below 1e-4 and from 1e16 on. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Object.is(value, -0)) return "-0.0";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [mantissa = "", exponent = ""] = value.toExponential().split("e");
    return `${mantissa}e${exponent.startsWith("-") ? "-" : "+"}${exponent.replace(/^[-+]/, "").padStart(2, "0")}`;
  }
  const text = size !== 0 && size < 1e-6 ? value.toFixed(20).replace(/0+$/, "") : String(value);
  return text.includes(".") ? text : `${text}.0`;
}

/** Fails for what is undefined, as most operations do. */
export function defined(value: PyValue): Exclude<PyValue, Undefined> {
  if (value instanceof Undefined) throw value.fail();
  return value;
}

/** An int, or a failure. */
export function integerIn(value: PyValue): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  throw failure(`${typeName(defined(value))} cannot be interpreted as an integer`);
}

/** Keeps integers where they are exact. */
export function exact(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RenderFault("limit", "an integer beyond 2^53");
  return value;
}

import { failure } from "./fault.ts";
import type { Meter } from "./meter.ts";
import { floatText } from "./text-of.ts";
import { Dict, Float, List, type PyValue, Tuple, textIn, typeName, Undefined } from "./values.ts";

export interface JsonStyle {
  /** Text of one level of indentation; null for one line. */
  readonly indent: string | null;
  readonly item: string;
  readonly key: string;
  readonly sortKeys: boolean;
  readonly ascii: boolean;
}

/** `json.dumps` of Python, as transformers' filter `tojson` calls it. */
export function jsonText(value: PyValue, style: JsonStyle, meter: Meter, level = 0): string {
  meter.step();
  if (value === null) return "null";
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  if (value instanceof Float) return Number.isFinite(value.value) ? floatText(value.value) : nonFinite(value.value);
  const text = textIn(value);
  if (text !== null) return stringText(text, style, meter);
  if (value instanceof List || value instanceof Tuple) {
    return meter.deeper(() =>
      wrapped(
        "[",
        value.items.map((item) => jsonText(item, style, meter, level + 1)),
        "]",
        style,
        level,
        meter,
      ),
    );
  }
  if (value instanceof Dict) return meter.deeper(() => dictText(value, style, meter, level));
  throw value instanceof Undefined && value.refused ? value.fail() : failure(`Object of type ${typeName(value)} is not JSON serializable`);
}

function dictText(dict: Dict, style: JsonStyle, meter: Meter, level: number): string {
  const entries = [...dict.entries.values()].map(({ key, value }) => [keyText(key), value] as const);
  if (style.sortKeys) entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const parts = entries.map(([key, value]) => `${stringText(key, style, meter)}${style.key}${jsonText(value, style, meter, level + 1)}`);
  return wrapped("{", parts, "}", style, level, meter);
}

function wrapped(open: string, parts: readonly string[], close: string, { indent, item }: JsonStyle, level: number, meter: Meter): string {
  if (parts.length === 0) return open + close;
  const inner = indent === null ? "" : `\n${indent.repeat(level + 1)}`;
  meter.text(parts.reduce((sum, part) => sum + part.length + inner.length + item.length, 0));
  return `${open}${inner}${parts.join(item + inner)}${indent === null ? "" : `\n${indent.repeat(level)}`}${close}`;
}

function keyText(key: PyValue): string {
  const text = textIn(key);
  if (text !== null) return text;
  if (key === null) return "null";
  if (typeof key === "boolean" || typeof key === "number") return String(key);
  if (key instanceof Float) return floatText(key.value);
  throw failure(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

function nonFinite(value: number): string {
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

function stringText(text: string, { ascii }: JsonStyle, meter: Meter): string {
  meter.text(text.length);
  const plain = JSON.stringify(text);
  return ascii
    ? plain.replace(/[\u007f-\uffff]/g, (unit) => (unit === "\x7f" ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`))
    : plain;
}

/** `json.loads`, which two published templates call `from_json`. */
export function jsonValue(text: string, meter: Meter): PyValue {
  meter.text(text.length);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw failure("not JSON");
  }
  return pythonOf(parsed, meter);
}

/** Plain data as Python holds it. */
export function pythonOf(data: unknown, meter: Meter): PyValue {
  meter.step();
  if (data === null || data === undefined) return null;
  if (typeof data === "string" || typeof data === "boolean") return data;
  if (typeof data === "number") return Number.isSafeInteger(data) ? data : new Float(data);
  return meter.deeper(() => {
    if (Array.isArray(data)) return new List(data.map((item) => pythonOf(item, meter)));
    const dict = new Dict();
    for (const [key, value] of Object.entries(data)) dict.set(key, pythonOf(value, meter));
    return dict;
  });
}

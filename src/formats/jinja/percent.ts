import { MAX_TEXT, merged, textOf, type Value, written } from "./values.ts";

const DIRECTIVE = /%(?:\(([^)]*)\))?([-#0 +]*)(\d+|\*)?(?:\.(\d+|\*))?[hlL]?([diouxXeEfFgGcrsa%])/g;

/** Folds Python's `%` formatting where every part is a constant. https://docs.python.org/3/library/stdtypes.html#printf-style-string-formatting */
export function formatPercent(pattern: string, args: readonly Value[]): Value {
  let next = 0;
  let known = true;
  let size = 0;
  const text = pattern.replace(DIRECTIVE, (_whole, key: string | undefined, _flags, _width, _precision, type: string) => {
    if (type === "%") return "%";
    const value = key === undefined ? args[next++] : memberOf(args[0], key);
    const part = value === undefined ? null : directive(type, value);
    if (part === null) known = false;
    size += part?.length ?? 0;
    return size > MAX_TEXT ? "" : (part ?? "");
  });
  return known && size <= MAX_TEXT ? textOf(text) : merged([textOf(pattern), ...args]);
}

function memberOf(of: Value | undefined, key: string): Value | undefined {
  return of?.is === "dict" ? of.entries.find(([name]) => written(name) === key)?.[1] : undefined;
}

function directive(type: string, value: Value): string | null {
  if (type === "c")
    return value.is === "number" && value.value >= 0 && value.value <= 0x10ffff ? String.fromCodePoint(Math.trunc(value.value)) : written(value);
  if (type === "x" || type === "X" || type === "o") {
    if (value.is !== "number") return null;
    const digits = Math.trunc(value.value).toString(type === "o" ? 8 : 16);
    return type === "X" ? digits.toUpperCase() : digits;
  }
  return type === "r" || type === "a" ? null : written(value);
}

/** The widest field or precision that a `%` format asks for; a `*` takes it from the arguments. */
export function widestPercent(pattern: string, args: readonly Value[]): number {
  let widest = 0;
  for (const [, , , width, precision] of pattern.matchAll(DIRECTIVE)) {
    for (const size of [width, precision]) {
      if (size === "*") for (const arg of args) widest = Math.max(widest, arg.is === "number" ? arg.value : 0);
      else widest = Math.max(widest, Number(size) || 0);
    }
  }
  return widest;
}

export interface Fields {
  /** Names and indices between braces, with what follows by dots and brackets. */
  readonly fields: readonly string[];
  readonly widest: number;
}

/** The replacement fields of `str.format`, nested ones in format specifications included. https://docs.python.org/3/library/string.html#formatstrings */
export function fieldsOf(pattern: string): Fields {
  const fields: string[] = [];
  let widest = 0;
  for (const [, field = "", specification = ""] of pattern.replaceAll("{{", "").matchAll(/\{([^{}!:]*)(?:![rsa])?(?::([^{}]*))?/g)) {
    if (fields.length < 50) fields.push(field.slice(0, 200));
    for (const [digits] of specification.matchAll(/\d+/g)) widest = Math.max(widest, Number(digits));
  }
  return { fields, widest };
}

/** Folds `str.format` with constants for plain fields; null for anything else. */
export function formatBraces(pattern: string, args: readonly Value[], named: ReadonlyMap<string, Value>): string | null {
  let next = 0;
  let known = true;
  const text = pattern.replace(/\{\{|\}\}|\{(\w*)(?::([^{}]*))?\}/g, (whole, field?: string, specification?: string) => {
    if (field === undefined) return whole[0] ?? "";
    const value = field === "" ? args[next++] : /^\d+$/.test(field) ? args[Number(field)] : named.get(field);
    const part = value === undefined ? null : specification === "c" ? directive("c", value) : written(value);
    if (part === null) known = false;
    return part ?? "";
  });
  return known && text.length <= MAX_TEXT ? text : null;
}

/** The keys of the named directives of a `%` format, one for each time; null for those by position. */
export function keysOfPercent(pattern: string): readonly (string | null)[] {
  return [...pattern.matchAll(DIRECTIVE)].filter(([, , , , , type]) => type !== "%").map(([, key]) => key ?? null);
}

import { failure, RenderFault } from "./fault.ts";
import { bound } from "./given.ts";
import type { Machine } from "./machine.ts";
import { strftime } from "./strftime.ts";
import { integerIn, textOf } from "./text-of.ts";
import { Callable, Dict, elementsOf, type Given, Namespace, type PyValue, Range, textIn } from "./values.ts";

/** What a sandboxed `range` counts to at most. */
const MAX_RANGE = 100_000;

/** The clock of one rendering: what `strftime_now` gives for a format. */
export type Clock = (format: string) => string;

export function clockAt(time: Date): Clock {
  return (format) => strftime(format, time);
}

/** Functions that transformers' environment gives to a chat template, and those of Jinja that templates use. */
export function globalsOf(machine: Machine, clock: Clock, lenient: boolean): ReadonlyMap<string, PyValue> {
  const functions: readonly Callable[] = [
    new Callable("raise_exception", (given) => {
      if (lenient) return "";
      throw new RenderFault("raised", textOf(bound(given, ["message"]).message ?? "", machine.meter));
    }),
    new Callable("strftime_now", (given) => clock(formatIn(bound(given, ["format"]).format).slice(0, 1000))),
    new Callable("namespace", (given) => namespaceOf(given, machine)),
    new Callable("dict", (given) => dictOf(given, machine)),
    new Callable("range", rangeOf),
  ];
  return new Map(functions.map((each) => [each.name, each]));
}

function formatIn(format: PyValue | undefined): string {
  const text = format === undefined ? null : textIn(format);
  if (text === null) throw failure("strftime() argument 1 must be str");
  return text;
}

function rangeOf({ positional }: Given): Range {
  const [first, second, third] = positional.map(integerIn);
  if (first === undefined || positional.length > 3) throw failure("range takes one to three arguments");
  if (third === 0) throw failure("range() arg 3 must not be zero");
  const range = second === undefined ? new Range(0, first, 1) : new Range(first, second, third ?? 1);
  if (range.length > MAX_RANGE) throw failure("Range too big.");
  return range;
}

function dictOf({ positional, named }: Given, { meter }: Machine): Dict {
  const dict = new Dict();
  const [first] = positional;
  if (first instanceof Dict) for (const { key, value } of first.entries.values()) dict.set(key, value);
  else if (first !== undefined) {
    for (const pair of elementsOf(first, meter)) {
      const [key, value] = elementsOf(pair, meter);
      if (key === undefined || value === undefined) throw failure("a mapping is made of pairs");
      dict.set(key, value);
    }
  }
  for (const [key, value] of named) dict.set(key, value);
  return dict;
}

function namespaceOf(given: Given, machine: Machine): Namespace {
  const namespace = new Namespace();
  for (const { key, value } of dictOf(given, machine).entries.values()) namespace.attributes.set(textOf(key, machine.meter), value);
  return namespace;
}

import { ATTRIBUTE_POSITION, NAMED_POSITION } from "./arguments-of.ts";
import type { Expression } from "./ast.ts";
import { foldFilter, type Given } from "./fold.ts";
import { type Note, noteFragments, noteMarker, noteName, notePercent, noteReversed, noteWidth } from "./notes.ts";
import { alternatives, merged, textOf, type Value, written } from "./values.ts";

/** Applies one filter to a value: also for the filters of blocks, whose operand is the text of the block. */
export function applyFilter({ name }: Expression & { readonly type: "filter" }, value: Value, given: Given, note: Note): Value {
  note({ kind: "filter", name });
  noteAttributes(name, given, note);
  noteNamed(name, given, note);
  noteWidth(name, given, note);
  if (name === "reverse") noteReversed(value, note);
  if (name === "join") noteFragments(value, given.positional[0] ?? given.named.get("d") ?? textOf(""), note);
  if (name === "replace") noteMarker(value, given, note);
  if (name === "format") notePercent(value, given, note);
  return foldFilter(name, value, given);
}

/** Arguments that name attributes: `attr('a')`, `map(attribute='a')`. */
function noteAttributes(name: string, given: Given, note: Note): void {
  const access = name === "attr" ? "attr-filter" : "filter-argument";
  const position = Object.hasOwn(ATTRIBUTE_POSITION, name) ? ATTRIBUTE_POSITION[name] : undefined;
  const byPosition = position === undefined ? undefined : given.positional[position];
  for (const value of [byPosition, given.named.get("attribute"), given.named.get("name"), given.named.get("*")])
    if (value !== undefined) noteName(access, value, note);
}

/** Arguments that name another filter or a test: `map('upper')`, `select('odd')`. */
function noteNamed(name: string, given: Given, note: Note): void {
  const argument = Object.hasOwn(NAMED_POSITION, name) ? NAMED_POSITION[name] : undefined;
  const value = argument === undefined ? undefined : given.positional[argument.at];
  if (argument === undefined || value === undefined) return;
  for (const each of alternatives(value)) {
    const text = written(each);
    if (text === null) {
      note({ kind: "computed-filter", pieces: merged([each]).pieces });
      continue;
    }
    note({ kind: argument.kind, name: text.slice(0, 200) });
    if (argument.kind === "filter") noteAttributes(text, { positional: given.positional.slice(argument.at + 1), named: new Map() }, note);
  }
}

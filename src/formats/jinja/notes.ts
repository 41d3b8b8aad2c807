import { WIDTH_ARGUMENT } from "./arguments-of.ts";
import type { Access, Deed } from "./facts.ts";
import type { Given } from "./fold.ts";
import { fieldsOf, widestPercent } from "./percent.ts";
import { alternatives, merged, type Value, written } from "./values.ts";

/** Repeats and widths below this are not worth a fact. */
export const NOTABLE = 1000;
const MARKERS =
  /<\|[\w ]{2,30}\|>|<\/?s>|\[\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS)\]|<<\/?SYS>>|<(?:start|end)_of_turn>|<\|?(?:im_start|im_end)\|?>/g;

/** Places of pictures and sounds, and what models write themselves: nobody speaks in these. */
const NO_TURN = /image|img|vision|video|audio|media|pad\b|patch|think|tool_call\b|fim_|box|quad|object_ref/i;

/** Where what an expression does is noted. */
export type Note = (deed: Deed) => void;

/** Every name that `value` may be. */
export function noteName(access: Access, value: Value, note: Note): void {
  for (const each of alternatives(value)) {
    if (each.is === "text") {
      for (const name of access === "filter-argument" ? each.text.split(".") : [each.text])
        note({ kind: "name", access, name: name.slice(0, 200), built: each.built });
    } else if (each.is === "open" && each.kind !== "number") note({ kind: "computed-name", access, from: each.from, pieces: each.pieces });
    else if (each.is === "many" || each.is === "list") {
      for (const name of alternatives(merged([each])).flatMap((open) => (open.is === "open" ? open.pieces : [])))
        note({ kind: "name", access, name: name.slice(0, 200), built: true });
    }
  }
}

/** A text that is written backwards. */
export function noteReversed(of: Value, note: Note): void {
  for (const each of alternatives(of)) {
    if (each.is === "text" && each.text.length >= 8)
      note({ kind: "disguise", how: "reversed", text: [...each.text].reverse().join("").slice(0, 200) });
  }
}

/** Text that is joined from three or more literals with nothing between them. */
export function noteFragments(of: Value, separator: Value, note: Note): void {
  if (of.is !== "list" || of.items.length < 3 || written(separator) !== "") return;
  const parts = of.items.map((item) => (item.is === "text" ? item.text : null));
  const whole = parts.join("");
  if (!parts.includes(null) && whole.length >= 12 && /[A-Za-z]{3}/.test(whole))
    note({ kind: "disguise", how: "fragments", text: whole.slice(0, 200) });
}

/** A replacement in data that writes the marker of a turn. */
export function noteMarker(of: Value, given: Given, note: Note): void {
  const fresh = given.positional[1];
  if (alternatives(of).every((each) => each.is === "text")) return;
  for (const each of fresh === undefined ? [] : alternatives(fresh)) {
    const marker = each.is === "text" ? (each.text.match(MARKERS) ?? []).find((found) => !NO_TURN.test(found)) : undefined;
    if (marker !== undefined) note({ kind: "marker", marker });
  }
}

/** Names and widths in the fields of `str.format`. */
export function noteFormat(of: Value, given: Given, note: Note): void {
  for (const each of alternatives(of)) {
    if (each.is !== "text") {
      note({ kind: "computed-format", by: "format", pieces: merged([each, ...given.positional]).pieces });
      continue;
    }
    const { fields, widest } = fieldsOf(each.text);
    for (const name of fields.flatMap((field) => field.split(/[.[\]]+/).slice(1)))
      if (name !== "") note({ kind: "name", access: "format-field", name, built: each.built });
    if (widest >= NOTABLE) note({ kind: "width", by: "format", width: widest });
  }
}

/** Widths in the directives of `%`. */
export function notePercent(of: Value, given: Given, note: Note): void {
  for (const each of alternatives(of)) {
    const widest = each.is === "text" ? widestPercent(each.text, given.positional) : 0;
    if (widest >= NOTABLE) note({ kind: "width", by: "%", width: widest });
    if (each.is !== "text") note({ kind: "computed-format", by: "format-filter", pieces: merged([each, ...given.positional]).pieces });
  }
}

/** A width that a filter or method is asked for. */
export function noteWidth(by: string, given: Given, note: Note): void {
  const argument = Object.hasOwn(WIDTH_ARGUMENT, by) ? WIDTH_ARGUMENT[by] : undefined;
  if (argument === undefined) return;
  const width = given.positional[argument.at] ?? (argument.named === undefined ? undefined : given.named.get(argument.named));
  for (const each of width === undefined ? [] : alternatives(width))
    if (each.is === "number" && each.value >= NOTABLE) note({ kind: "width", by, width: each.value });
}

/** A text or list times a number. */
export function noteRepeat(a: Value, b: Value, note: Note): void {
  for (const [what, times] of [
    [a, b],
    [b, a],
  ] as const) {
    const count = Math.max(...alternatives(times).map((each) => (each.is === "number" ? each.value : 0)));
    const size = Math.max(...alternatives(what).map(sizeOf));
    if (count >= NOTABLE && size >= 0) note({ kind: "repeat", times: count, size: Math.max(1, size) });
  }
}

export function notePower(base: Value, exponent: Value, note: Note): void {
  if (base.is !== "number" || exponent.is !== "number") {
    // an exponent that is already beyond a number's range came out of another power
    note({ kind: "power", huge: false });
  } else if (Math.abs(base.value ** exponent.value) > Number.MAX_SAFE_INTEGER) note({ kind: "power", huge: true });
}

/** Length where it is known, 0 for what may be a text or list, -1 for what is neither. */
function sizeOf(value: Value): number {
  switch (value.is) {
    case "text":
      return value.text.length;
    case "list":
      return value.items.length;
    case "many":
      return value.size ?? 0;
    case "open":
      return value.kind === "number" ? -1 : (value.size ?? 0);
    default:
      return -1;
  }
}

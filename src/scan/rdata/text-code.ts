import { ACTING, COLUMNS, isOrdinary } from "./functions.ts";

const NAME = /[A-Za-z.\u0080-\uffff][\w.\u0080-\uffff]*/g;
/** What stands in front of a parenthesis: a name, or something else that is called. */
const CALLED = /([A-Za-z.\u0080-\uffff][\w.\u0080-\uffff]*|[^\s(+\-*/^:~|&!,<>=%])?\s*\(/g;
const ACTING_IN_LOWER: ReadonlyMap<string, string> = new Map([...ACTING.keys()].map((name) => [name.toLowerCase(), name]));
const ASSIGNS = /<-|->|:=/;

/**
 * What a text names that R parses as a formula, beyond what formulas are made of: functions that act wherever they stand, and unknown ones that are called.
 *
 * @param part it is put together with others, so that the name in front of its first parenthesis may stand in another, and case may change
 */
export function codeNames(text: string, part: boolean): readonly string[] {
  const names = (text.match(NAME) ?? []).flatMap((name) => acting(name, part) ?? []).filter((name) => !COLUMNS.has(name));
  const called = [...text.matchAll(CALLED)].flatMap(([whole, name], index) => {
    if (name === undefined) return part && index === 0 && text.trimStart().startsWith(whole.trimStart()) ? ["("] : [];
    return acting(name, part) ?? (isOrdinary(name) ? [] : [`${name}(`]);
  });
  return [...new Set([...names, ...called, ...(ASSIGNS.test(text) ? ["<-"] : [])])];
}

function acting(name: string, part: boolean): string | undefined {
  return ACTING.has(name) ? name : part ? ACTING_IN_LOWER.get(name.toLowerCase()) : undefined;
}

import { failure } from "./fault.ts";
import type { Given, PyValue } from "./values.ts";

/** Arguments by the names of the parameters, positions first; `undefined` where none was given. */
export function bound<N extends string>(given: Given, names: readonly N[]): Partial<Record<N, PyValue>> {
  if (given.positional.length > names.length) throw failure("too many arguments");
  const result: Partial<Record<N, PyValue>> = {};
  for (const [i, value] of given.positional.entries()) {
    const name = names[i];
    if (name !== undefined) result[name] = value;
  }
  for (const [key, value] of given.named) {
    const name = names.find((each) => each === key);
    if (name === undefined || result[name] !== undefined) throw failure(`unexpected argument ${key}`);
    result[name] = value;
  }
  return result;
}

/** Arguments without the first ones. */
export function behind({ positional, named }: Given, count: number): Given {
  return { positional: positional.slice(count), named };
}

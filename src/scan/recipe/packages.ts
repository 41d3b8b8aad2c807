import { targetDanger } from "../target-danger.ts";
import data from "./data/packages.json" with { type: "json" };
import { sourceOf } from "./requirement.ts";

const namesOf = (rows: readonly { readonly packages: string }[]) => rows.flatMap(({ packages }) => packages.split(" "));
/** A name one letter from one of these is taken for it. */
const WELL_KNOWN = namesOf(data.wellKnown);
const KNOWN: ReadonlySet<string> = new Set([...WELL_KNOWN, ...namesOf(data.alsoReal)]);
const SHORTEST = 5;

/** Where a line takes its package from, when that is not the usual index; a list beside it is examined where it lies. */
export function foreignSource(line: string): string | null {
  const list = /^\s*(?:-r|-c|--requirement|--constraint)[\s=]+(\S+)/.exec(line)?.[1];
  if (list !== undefined) return targetDanger(list) === null ? null : "another list";
  return isOwnIndex(line) ? null : sourceOf(line);
}

const OWN_INDEXES = data.ownIndexes.map(({ at }) => at);

/** A place from which a framework has its own packages installed. With another index beside the usual one, pip takes the higher version of either. */
function isOwnIndex(line: string): boolean {
  const address = /^\s*(?:-i|-f|--index-url|--extra-index-url|--find-links)[\s=]+(\S+)\s*(?:#.*)?$/.exec(line)?.[1];
  return address !== undefined && !/[@?#\\]|\.\./.test(address) && OWN_INDEXES.some((own) => `${address}/`.startsWith(own));
}

/** The name at the start of a requirement in its normal form; null where there is none. */
export function packageOf(line: string): string | null {
  const name = /^\s*([A-Za-z0-9][A-Za-z0-9._-]{0,99})\s*(?:$|[[(<>=!~;@#\s])/.exec(line)?.[1];
  return name === undefined ? null : name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** The well-known package that a name is one letter away from; null for a known name and for all others. */
export function lookalikeOf(name: string): string | null {
  if (name.length < SHORTEST - 1 || KNOWN.has(name)) return null;
  return WELL_KNOWN.find((known) => known.length >= SHORTEST && isOneEdit(name, known)) ?? null;
}

/** One letter more, less or other, or two neighbours swapped. */
function isOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const rest = (text: string, skip: number) => text.slice(start + skip);
  if (a.length !== b.length) return a.length > b.length ? rest(a, 1) === rest(b, 0) : rest(a, 0) === rest(b, 1);
  return rest(a, 1) === rest(b, 1) || (a[start] === b[start + 1] && a[start + 1] === b[start] && rest(a, 2) === rest(b, 2));
}

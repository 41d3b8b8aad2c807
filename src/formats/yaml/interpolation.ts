/** What one `${…}` of OmegaConf's grammar says: a path in the document, or a function that is registered under a name. */
export type Interpolation = { readonly kind: "node"; readonly path: string } | { readonly kind: "resolver"; readonly name: string };

const RESOLVER = /^\s*([A-Za-z_][\w.-]*)\s*:/;
const NODE = /^[\w.[\]@/-]*$/;

/** All interpolations of a text, nested ones too, in linear time. https://omegaconf.readthedocs.io/en/latest/grammar.html */
export function interpolationsIn(text: string): readonly { readonly from: number; readonly to: number; readonly what: Interpolation }[] {
  const found: { from: number; to: number; what: Interpolation }[] = [];
  const ends = text.includes("${") ? closers(text) : NO_CLOSERS;
  for (let from = text.indexOf("${"); from !== -1; from = text.indexOf("${", from + 2)) {
    if (escaped(text, from)) continue;
    const to = ends.get(from + 1) ?? text.length;
    const inner = text.slice(from + 2, to);
    const name = RESOLVER.exec(inner)?.[1];
    const path = inner.trim();
    if (name !== undefined) found.push({ from, to: to + 1, what: { kind: "resolver", name } });
    else if (NODE.test(path)) found.push({ from, to: to + 1, what: { kind: "node", path } });
  }
  return found;
}

/** An odd number of backslashes before it makes it text. */
function escaped(text: string, at: number): boolean {
  let count = 0;
  while (text[at - 1 - count] === "\\") count++;
  return count % 2 === 1;
}

const NO_CLOSERS: ReadonlyMap<number, number> = new Map();

/** Index of each brace that opens, to that of the brace which closes it. */
function closers(text: string): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "{") open.push(i);
    else if (text[i] === "}") {
      const start = open.pop();
      if (start !== undefined) ends.set(start, i);
    }
  }
  return ends;
}

/** A path of OmegaConf as keys: `a.b[0]` is a, b, 0. Leading dots say how many levels above the holder it begins; null: at the root. */
export function pathOf(path: string): { readonly up: number | null; readonly keys: readonly string[] } {
  const dots = /^\.*/.exec(path)?.[0].length ?? 0;
  const keys = path
    .slice(dots)
    .split(/[.[\]]/)
    .filter((key) => key !== "");
  return { up: dots === 0 ? null : dots - 1, keys };
}

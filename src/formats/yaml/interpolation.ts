/** What one `${…}` of OmegaConf's grammar says: a path in the document, or a function that is registered under a name. */
export type Interpolation = { readonly kind: "node"; readonly path: string } | { readonly kind: "resolver"; readonly name: string };

const RESOLVER = /^\s*([A-Za-z_][\w.-]*)\s*:/;
const NODE = /^\s*(\.*[\w.[\]@/-]*)\s*$/;
/** Interpolations looked at in one text. */
const MAX_EACH = 50;

/** All interpolations of a text, nested ones too. https://omegaconf.readthedocs.io/en/latest/grammar.html */
export function interpolationsIn(text: string): readonly { readonly from: number; readonly to: number; readonly what: Interpolation }[] {
  const found: { from: number; to: number; what: Interpolation }[] = [];
  for (let from = text.indexOf("${"); from !== -1 && found.length < MAX_EACH; from = text.indexOf("${", from + 2)) {
    if (escaped(text, from)) continue;
    const to = endOf(text, from + 2);
    const inner = text.slice(from + 2, to);
    const name = RESOLVER.exec(inner)?.[1];
    const path = NODE.exec(inner)?.[1];
    if (name !== undefined) found.push({ from, to: to + 1, what: { kind: "resolver", name } });
    else if (path !== undefined) found.push({ from, to: to + 1, what: { kind: "node", path } });
  }
  return found;
}

/** An odd number of backslashes before it makes it text. */
function escaped(text: string, at: number): boolean {
  let count = 0;
  while (text[at - 1 - count] === "\\") count++;
  return count % 2 === 1;
}

/** Index of the brace that closes what was opened before `at`, or the end. */
function endOf(text: string, at: number): number {
  let depth = 1;
  for (let i = at; i < text.length; i++) {
    if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return i;
  }
  return text.length;
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

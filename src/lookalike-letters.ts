/**
 * Letters of other scripts that are drawn like ASCII ones, by the ASCII one: the part of Unicode's confusables (UTS #39) that names of modules and
 * files need. https://www.unicode.org/Public/security/latest/confusables.txt
 */
const DRAWN_LIKE = {
  a: "аɑα",
  b: "Ьƅ",
  c: "сϲᴄ",
  d: "ԁɗ",
  e: "еҽєε",
  f: "ƒ",
  g: "ɡց",
  h: "һհ",
  i: "іɩıι",
  j: "јϳ",
  k: "κкᴋ",
  l: "ӏⅼɭ",
  m: "мᴍ",
  n: "пոռη",
  o: "оοօσᴏ",
  p: "рρ",
  q: "ԛգ",
  r: "гᴦ",
  s: "ѕꜱ",
  t: "тτᴛ",
  u: "υսᴜ",
  v: "ѵνᴠ",
  w: "ԝѡᴡ",
  x: "хχ×",
  y: "уүγ",
  z: "ᴢ",
  A: "АΑ",
  B: "ВΒ",
  C: "СϹ",
  E: "ЕΕ",
  H: "НΗ",
  I: "ІΙ",
  K: "КΚ",
  M: "МΜ",
  N: "Ν",
  O: "ОΟ",
  P: "РΡ",
  S: "Ѕ",
  T: "ТΤ",
  X: "ХΧ",
  Y: "ҮΥ",
  _: "＿ˍ‗",
  ".": "․。",
} as const;

const PLAIN: ReadonlyMap<string, string> = new Map(
  Object.entries(DRAWN_LIKE).flatMap(([ascii, others]) => [...others].map((other) => [other, ascii])),
);

/** The ASCII character that this one is drawn like; undefined where it is like none, or is ASCII itself. */
export function drawnLike(character: string): string | undefined {
  return PLAIN.get(character);
}

/** Value of a string literal, and how many printable ASCII letters, digits or underscores of it were written as escapes. */
export interface Literal {
  readonly text: string;
  readonly escapedLetters: number;
}

const SIMPLE: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", v: "\v", a: "\x07", "\\": "\\", "'": "'", '"': '"' };
const ESCAPE = /\\(?:\r?\n|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|N\{([^}]{1,80})\}|([\s\S]))/g;

/**
 * Decodes the inside of a quoted string as Jinja does: Python's `unicode-escape`, octal and named characters included.
 * https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences
 */
export function decodeLiteral(inside: string): Literal {
  if (!inside.includes("\\")) return { text: inside, escapedLetters: 0 };
  let escapedLetters = 0;
  const text = inside.replace(ESCAPE, (whole, x?: string, u?: string, long?: string, octal?: string, name?: string, other?: string) => {
    if (other !== undefined) return SIMPLE[other] ?? whole;
    const hex = x ?? u ?? long;
    if (hex === undefined && octal === undefined && name === undefined) return "";
    const code = hex !== undefined ? Number.parseInt(hex, 16) : octal !== undefined ? Number.parseInt(octal, 8) : namedCharacter(name ?? "");
    const character = code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code);
    if (/^[A-Za-z0-9_]$/.test(character)) escapedLetters++;
    return character;
  });
  return { text, escapedLetters };
}

const DIGITS = ["ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"];

/** The characters of attribute names by their Unicode names; every other one stands as U+FFFD, as no attribute name has it. */
function namedCharacter(name: string): number {
  const upper = name.toUpperCase();
  if (upper === "LOW LINE" || upper === "SPACING UNDERSCORE") return 0x5f;
  if (upper === "FULL STOP" || upper === "PERIOD") return 0x2e;
  const letter = /^LATIN (SMALL|CAPITAL) LETTER ([A-Z])$/.exec(upper);
  if (letter?.[2] !== undefined) return letter[2].charCodeAt(0) + (letter[1] === "SMALL" ? 32 : 0);
  const digit = DIGITS.indexOf(upper.replace(/^DIGIT /, ""));
  return digit >= 0 ? 0x30 + digit : 0xfffd;
}

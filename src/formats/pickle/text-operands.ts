/** Number forms that pickle's line operands take, as int(), float() and the C unpickler read them. */
const INTEGER = /^\s*[+-]?(?:\d[\d_]*|0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+)\s*$/;
const FLOAT = /^\s*[+-]?(?:(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)\s*$/i;
/** Longer digits are kept as text of that number only: converting takes quadratic time. */
const MAX_DIGITS = 400;

/** INT: `00` and `01` are False and True. undefined: int() would refuse it. */
export function intOperand(line: string): boolean | number | bigint | undefined {
  if (line === "00") return false;
  if (line === "01") return true;
  return integer(line);
}

/** LONG: a trailing `L` is Python 2's. */
export function longOperand(line: string): number | bigint | undefined {
  return integer(line.endsWith("L") ? line.slice(0, -1) : line);
}

export function floatOperand(line: string): number | undefined {
  return FLOAT.test(line)
    ? Number(
        line
          .trim()
          .replace(/_/g, "")
          .replace(/^([+-]?)inf.*/i, "$1Infinity"),
      )
    : undefined;
}

function integer(line: string): number | bigint | undefined {
  if (!INTEGER.test(line)) return undefined;
  const text = line.trim().replace(/_/g, "");
  const number = Number(text.replace(/^[+-]/, "")) * (text.startsWith("-") ? -1 : 1);
  if (Number.isSafeInteger(number) || text.length > MAX_DIGITS) return number;
  const magnitude = BigInt(text.replace(/^[+-]/, ""));
  return text.startsWith("-") ? -magnitude : magnitude;
}

/** LONG1 and LONG4: little-endian two's complement. Beyond 64 bytes only the magnitude's order is kept. */
export function longBytes(bytes: Uint8Array): number | bigint {
  if (bytes.length === 0) return 0;
  if (bytes.length > 64) return Number.POSITIVE_INFINITY;
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  if ((bytes[bytes.length - 1] ?? 0) & 0x80) value -= 1n << BigInt(8 * bytes.length);
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** STRING: quoted like a Python 2 repr, with its escapes. undefined where it is not quoted: the unpickler refuses it. */
export function stringOperand(line: string): string | undefined {
  const text = line.trimEnd();
  const quote = text[0];
  if (text.length < 2 || (quote !== "'" && quote !== '"') || text.at(-1) !== quote) return undefined;
  return text
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|([\s\S]))/g, (all, hex?: string, octal?: string, plain?: string) =>
      hex !== undefined ? byte(hex, 16) : octal !== undefined ? byte(octal, 8) : (SIMPLE[plain ?? ""] ?? all),
    );
}

const SIMPLE: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  n: "\n",
  r: "\r",
  t: "\t",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  "\n": "",
};

function byte(digits: string, radix: number): string {
  return String.fromCharCode(Number.parseInt(digits, radix) & 0xff);
}

/** UNICODE: raw-unicode-escape, that is Latin-1 with \uXXXX and \UXXXXXXXX. */
export function unicodeOperand(line: string): string {
  if (!line.includes("\\")) return line;
  return line.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g, (all, short?: string, long?: string) => {
    const code = Number.parseInt(short ?? long ?? "", 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

import { hasCrc32, isSignedJwt } from "./checksum.ts";
import { namedSecret } from "./named.ts";
import { isMadeUp } from "./placeholder.ts";
import { isNamed, nextRun, type Run, startAt } from "./prefilter.ts";
import type { Secret } from "./secret.ts";
import { type Candidate, candidatesByStart, TOKEN_RULES } from "./token-rules.ts";

const CANDIDATES = candidatesByStart(TOKEN_RULES);

/** Work charged for one trial of a rule, beside what it reads. */
const TRIAL_STEPS = 4;

/** A password in an address may be a token, which says more. */
const ADDRESS = "://";

export interface TokenSearch {
  /** The bytes are a pickle: lengths stand before its texts, and opcodes, which may be letters, behind them. */
  readonly pickled: boolean;
  /** Is told of work. */
  readonly spent: (steps: number) => void;
}

/** Credentials that tell themselves by their form, in order. */
export function findTokens(bytes: Buffer, search: TokenSearch): readonly Secret[] {
  const secrets: Secret[] = [];
  const run: Run = { begin: 0, end: 0 };
  while (nextRun(bytes, run)) secrets.push(...secretsIn(bytes, run, search));
  return secrets;
}

function secretsIn(bytes: Buffer, run: Run, search: TokenSearch): readonly Secret[] {
  const secrets: Secret[] = [];
  let fallback: Secret | null = null;
  for (let at = run.begin, from = run.begin; at < run.end; at++) {
    const start = startAt(bytes, at);
    const secret = start === null ? null : tokenAt(bytes, at, from, start, search);
    if (secret === null) continue;
    if (start === ADDRESS) fallback ??= secret;
    else {
      secrets.push(secret);
      from = secret.at + secret.text.length;
      at = from - 1;
    }
  }
  fallback ??= isNamed(bytes, run) ? namedSecret(bytes, run) : null;
  return secrets.length === 0 && fallback !== null ? [fallback] : secrets;
}

/** The token whose start stands at `place`, by the first rule that it fits; it must not begin before `from`. */
function tokenAt(bytes: Buffer, place: number, from: number, start: string, search: TokenSearch): Secret | null {
  for (const candidate of CANDIDATES.get(start) ?? []) {
    const at = place - (candidate.rule.lead ?? 0);
    const secret = at < from ? null : tried(candidate, bytes, at, start, search);
    if (secret !== null) return secret;
  }
  return null;
}

function tried({ rule, regExp }: Candidate, bytes: Buffer, at: number, start: string, { pickled, spent }: TokenSearch): Secret | null {
  const operand = pickled ? operandEnd(bytes, at) : null;
  if (operand === null && isWord(bytes[at] ?? 0) && !beginsWord(bytes, at)) return null;
  spent(TRIAL_STEPS + (rule.max >> 4));
  const end = operand ?? bytes.length;
  regExp.lastIndex = 0;
  const text = regExp.exec(bytes.toString("latin1", at, Math.min(end, at + rule.max + 1)))?.[0];
  if (text === undefined || (at + text.length !== end && isWord(bytes[at + text.length] ?? 0)) || !isGenuine(text, start, rule)) return null;
  const { id, name, severity, pair } = rule;
  return { kind: "token", rule: id, name, severity, at, text, ...(pair === true ? { pair } : {}) };
}

function isGenuine(text: string, start: string, { checksum, entropy }: Candidate["rule"]): boolean {
  if (checksum === "crc32-base62") return hasCrc32(text);
  if (checksum === "jwt") return isSignedJwt(text) && !isMadeUp(text.slice(text.lastIndexOf(".") + 1));
  if (checksum === "url") return isPassword(text);
  return !isMadeUp(text.replace(start, ""), entropy) && !PUBLISHED.has(text);
}

/** `://name:password`. Documentation writes a word there, a variable, or the name again. */
function isPassword(text: string): boolean {
  const [name = "", password = ""] = text.slice("://".length).split(":");
  return (
    password !== name &&
    !/^(?:p(?:ass)?w(?:or)?d|pass(?:phrase)?|secret|token|api[_-]?key|user(?:name)?|x-oauth-basic|\d{1,5})$/i.test(password) &&
    !isMadeUp(password, 2.5)
  );
}

/** Keys that their makers publish for tests. */
const PUBLISHED: ReadonlySet<string> = new Set([
  // Azurite and the Azure storage emulator, https://learn.microsoft.com/azure/storage/common/storage-use-azurite
  "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
]);

/** A letter behind a backslash is an escape in a text, and a word may begin behind it. */
function beginsWord(bytes: Uint8Array, at: number): boolean {
  const before = bytes[at - 1] ?? 0;
  if (at === 0 || !isWord(before)) return true;
  return bytes[at - 2] === 0x5c && (before === 0x6e || before === 0x72 || before === 0x74);
}

function isWord(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f || byte === 0x2d;
}

/**
 * Where a text that begins here ends by the length in front of it, if an opcode of pickle and a length stand there: SHORT_BINUNICODE, SHORT_BINSTRING,
 * SHORT_BINBYTES, or BINUNICODE, BINSTRING, BINBYTES. The opcode behind such a text may be a letter.
 */
function operandEnd(bytes: Buffer, at: number): number | null {
  const opcode = bytes[at - 2] ?? 0;
  if (opcode === 0x8c || opcode === 0x55 || opcode === 0x43) return within(bytes, at + (bytes[at - 1] ?? 0));
  if (at < 5 || bytes[at - 1] !== 0 || bytes[at - 2] !== 0) return null;
  const long = bytes[at - 5] ?? 0;
  return long === 0x58 || long === 0x54 || long === 0x42 ? within(bytes, at + bytes.readUInt32LE(at - 4)) : null;
}

function within(bytes: Buffer, end: number): number | null {
  return end <= bytes.length ? end : null;
}

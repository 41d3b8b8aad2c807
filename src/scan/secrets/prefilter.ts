import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import type { TextExtent } from "./where.ts";

// The first look at every text. It is all that most texts cost, so it loads no rules.

/** Shorter than every credential that is looked for. */
export const LEAST_CHARACTERS = 20;

/** Characters that stand in credentials, and in the addresses and assignments around them. */
const IN_TOKEN = setOf("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-.~+/=:%@");

/** Where a run of token characters stands; both 0 before the first. */
export interface Run {
  begin: number;
  end: number;
}

/**
 * Moves to the next run of at least LEAST_CHARACTERS token characters; false where none is left. Most of a text is passed over: a run that long covers one
 * of any LEAST_CHARACTERS places in a row, so one byte in twenty is looked at, and more only around words (the idea of Boyer and Moore, CACM 20/10, 1977).
 * A function of its own and small: it is the one that the engine spends time on compiling.
 */
export function nextRun(bytes: Uint8Array, run: Run): boolean {
  let floor = run.end;
  for (let at = floor + LEAST_CHARACTERS - 1; at < bytes.length; at += LEAST_CHARACTERS) {
    if (IN_TOKEN[bytes[at] ?? 0] === 0) continue;
    let begin = at;
    while (begin > floor && IN_TOKEN[bytes[begin - 1] ?? 0] === 1) begin--;
    let end = at + 1;
    while (end < bytes.length && IN_TOKEN[bytes[end] ?? 0] === 1) end++;
    if (end - begin >= LEAST_CHARACTERS) {
      run.begin = begin;
      run.end = end;
      return true;
    }
    floor = end;
    at = end;
  }
  return false;
}

/** Every start in token-rules.json; a test keeps them equal. */
export const STARTS: readonly string[] = `
  .atlasv1. :// ABIA ABSK ACCA AGE-SECRET-KEY-1 AIza AKCp AKIA ASIA ATATT3 AccountKey= CLOJARS_ EZAK GOCSPX- GR1348941 HRKU-AA KGAT_ LTAI NRAK-
  PMAK- Q~ SG. T3BlbkFJ api_org_ cmVmd dapi dckr_oat_ dckr_pat_ discord.com/api/webhooks/ doo_v1_ dop_v1_ dor_v1_ dp.pt. dt0c01. duffel_live_ eyJ
  figd_ fio-u- fm1a_ fm1r_ fm2_ fo1_ gho_ ghp_ ghr_ ghs_ ghu_ github_pat_ glagent- glc_ glcbt- gldt- glffct- glft- glimt- gloas- glpat- glptt- glrt-
  glsa_ glsoat- gsk_ hf_ hooks.slack.com/ hvb. hvs. ico- lin_api_ lsv2_pt_ lsv2_sk_ npm_ ntn_ nvapi- ops_eyJ oy2 p8e- pat pcsk_ pnu_ pplx-
  pscale_oauth_ pscale_pw_ pscale_tkn_ pul- pypi-AgEIcHlwaS5vcmc r8_ rdme_ rk_live_ rubygems_ sbp_ sgp_ sha256~ shippo_live_ shpat_ shpca_ shppa_
  shpss_ sk-admin- sk-ant-admin01- sk-ant-api03- sk-proj- sk-svcacct- sk_live_ sntrys_eyJpYXQiO sntryu_ sq0atp- sq0csp- v1.0- xai- xapp- xkeysib-
  xoxb- xoxe- xoxe.xoxb- xoxe.xoxp- xoxo- xoxp- xoxs- ya29.
`
  .trim()
  .split(/\s+/);

const HASHES = 1 << 14;
/** A bit for each hash of the first three bytes of a start, so that most places are passed over by one look. */
const BITS = new Uint8Array(HASHES);
const BY_BEGINNING = new Map<number, string[]>();
for (const start of STARTS) {
  const key = start.charCodeAt(0) | (start.charCodeAt(1) << 8);
  BY_BEGINNING.set(key, [...(BY_BEGINNING.get(key) ?? []), start]);
  for (let third = start.length > 2 ? start.charCodeAt(2) : 0; third <= (start.length > 2 ? start.charCodeAt(2) : 255); third++)
    BITS[hashOf(key, third)] = 1;
}

/** Fibonacci hashing of three bytes. */
function hashOf(key: number, third: number): number {
  return Math.imul(key | (third << 16), 0x9e3779b1) >>> 18;
}

/** The start that stands at this place, the longest one where there are several; null at nearly all places. */
export function startAt(bytes: Uint8Array, at: number): string | null {
  const key = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
  if (BITS[hashOf(key, bytes[at + 2] ?? 0)] === 0) return null;
  return BY_BEGINNING.get(key)?.find((start) => holds(bytes, at, start)) ?? null;
}

function holds(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 2; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

export const PIECE_BYTES = 1024 * 1024;
const OVERLAP_BYTES = 512;
const BYTES_PER_STEP = 256;

/** Whether any of the texts holds something that the rules have to be asked about. */
export async function worthSearching(source: ByteSource, texts: readonly TextExtent[], budget: Budget): Promise<boolean> {
  for (const { offset, size, configuration } of texts) {
    for (let start = 0; start < size; start += PIECE_BYTES - OVERLAP_BYTES) {
      const length = Math.min(PIECE_BYTES, size - start);
      const read = await source.read(offset + start, length);
      const bytes = Buffer.from(read.buffer, read.byteOffset, length);
      budget.steps(1 + Math.floor(length / BYTES_PER_STEP));
      if (isNotable(bytes) || (configuration && size <= PIECE_BYTES && isPersonal(bytes))) return true;
      if (start + length === size) break;
    }
  }
  return false;
}

/** The start of a token where a word begins, a key behind its name, or a private key. */
function isNotable(bytes: Buffer): boolean {
  if (bytes.includes("PRIVATE KEY")) return true;
  const run: Run = { begin: 0, end: 0 };
  while (nextRun(bytes, run)) if (hasStart(bytes, run) || isNamed(bytes, run)) return true;
  return false;
}

function hasStart(bytes: Buffer, { begin, end }: Run): boolean {
  for (let at = begin; at < end; at++) {
    const start = startAt(bytes, at);
    if (start !== null && (start !== "://" || bytes.subarray(at, end).includes(0x40))) return true;
  }
  return false;
}

/** Shorter than every key that only its name tells. */
const LEAST_NAMED = 25;

/** A run that ends in characters of base64 alone, behind a name that ends in `key` or a command that ends in `login`. */
export function isNamed(bytes: Uint8Array, { begin, end }: Run): boolean {
  let from = end;
  while (from > begin && isBase64(bytes[from - 1] ?? 0)) from--;
  if (end - from < LEAST_NAMED) return false;
  let before = from - 1;
  while (before > from - 8 && before >= 0 && SEPARATORS.has(bytes[before] ?? 0)) before--;
  const last = (bytes[before] ?? 0) | 0x20;
  return last === 0x79 || last === 0x6e;
}

const SEPARATORS: ReadonlySet<number> = new Set(Buffer.from(" \t\n\r\"'`=:>,\\"));

function isPersonal(bytes: Buffer): boolean {
  if (bytes.includes("/home/") || bytes.includes("Users")) return true;
  for (let at = bytes.indexOf(0x40); at !== -1; at = bytes.indexOf(0x40, at + 1))
    if (isAlphanumeric(bytes[at - 1] ?? 0) && isAlphanumeric(bytes[at + 1] ?? 0)) return true;
  return false;
}

function isBase64(byte: number): boolean {
  return isAlphanumeric(byte) || byte === 0x2b || byte === 0x2f;
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

function setOf(characters: string): Uint8Array {
  const set = new Uint8Array(256);
  for (const character of characters) set[character.charCodeAt(0)] = 1;
  return set;
}

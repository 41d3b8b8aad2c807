import { Budget, DEFAULT_LIMITS, LimitError, type Limits } from "../../limits.ts";
import { Cursor } from "./cursor.ts";
import { Machine } from "./machine.ts";
import { Recorder } from "./recorder.ts";
import { type Pause, run } from "./run.ts";
import { opaque } from "./values.ts";

/** Opcodes within which a candidate has to show what it is. */
const TRIAL_OPCODES = 4096;
/** The same, once a window has cost this much: floods of false starts must not cost quadratic time. */
const SHORT_TRIAL_OPCODES = 32;
const STEPS_PER_BYTE = 2;
/** Steps for each byte of a window after which the rest of it is given up. */
const MOST_STEPS_PER_BYTE = 16;
/** What setting up an attempt costs, in steps. */
const ATTEMPT_COST = 8;
/** A stream without a global is one only from this many opcodes up to its STOP. */
export const PLAIN_OPCODES = 8;
const MODULE = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u;

/** What a decoding attempt at one place came to. */
export interface Attempt {
  /** A global was named under which Python could import something, and it was called or the stream went on to STOP. */
  readonly acts: boolean;
  /** A global with a dotted identifier for a module was named. */
  readonly names: boolean;
  readonly status: Pause["status"];
  readonly opcodes: number;
  /** Steps of work. */
  readonly cost: number;
  /** Index where decoding ended. */
  readonly end: number;
  /** What the opcodes there would do, offsets relative to the window. */
  readonly recorder: Recorder;
}

/**
 * Decodes at one place of a window without keeping facts. @param prefilled how many unknown values lie on the stack already
 */
export function attempt(window: Buffer, at: number, maxOpcodes = TRIAL_OPCODES, prefilled = 0): Attempt {
  const budget = new Budget(TRIAL_LIMITS);
  const recorder = new Recorder(budget);
  const machine = new Machine(recorder);
  for (let i = 0; i < prefilled; i++) machine.push(opaque("missing", "<unknown>"));
  const cursor = new Cursor();
  cursor.bytes = window;
  cursor.at = at;
  let status = steps(machine, cursor, maxOpcodes);
  let found = evidence(recorder, status);
  if (found.acts && status === "pause") {
    status = steps(machine, cursor, Number.POSITIVE_INFINITY);
    found = evidence(recorder, status);
  }
  const cost = TRIAL_LIMITS.maxSteps - budget.stepsLeft;
  return { ...found, status, opcodes: machine.opcodes, cost, end: Math.min(cursor.at, window.length), recorder };
}

const TRIAL_LIMITS: Limits = { ...DEFAULT_LIMITS, maxSteps: Number.MAX_SAFE_INTEGER, maxMemoryBytes: 64 * 1024 * 1024 };

/** Where a trial takes too much memory it comes to what it has shown by then. */
function steps(machine: Machine, cursor: Cursor, maxOpcodes: number): Pause["status"] {
  try {
    for (;;) {
      const { status } = run(machine, cursor, maxOpcodes);
      if (status !== "built") return status;
    }
  } catch (error) {
    if (error instanceof LimitError) return "pause";
    throw error;
  }
}

/** What a trial has shown so far. */
export function evidence(recorder: Recorder, status: Pause["status"]): Pick<Attempt, "acts" | "names"> {
  const names = [...recorder.globals.values()].filter(({ module, name }) => MODULE.test(module) && MODULE.test(name));
  const extension = status === "stop" && [...recorder.extensions.values()].some(({ called }) => called);
  return { names: names.length > 0, acts: extension || names.some(({ called }) => called || status === "stop") };
}

/**
 * Whether a stream begins at this place behind another one. Without PROTO it does when it is used, ends, or goes on for thousands of opcodes.
 * @param fewest opcodes up to STOP that make one
 */
export function beginsStream(window: Buffer, at: number, fewest = 2): boolean {
  const tried = attempt(window, at);
  if (tried.acts || tried.status === "pause") return true;
  if (tried.status === "stop") return tried.opcodes >= fewest;
  return hasHeader(window, at) && tried.status === "cut" && tried.opcodes >= PLAIN_OPCODES;
}

/**
 * Places in raw bytes where pickles begin, in order, none inside another. Each is confirmed by decoding: a global is named and called, or named
 * before STOP, or a stream with PROTO runs to its STOP. Text and tensor data pass without a hit.
 * @param most where to stop looking for more
 */
export function findPickles(window: Uint8Array, from: number, spent: Spent = () => {}, most = Number.POSITIVE_INFINITY): number[] {
  const bytes = Buffer.from(window.buffer, window.byteOffset, window.length);
  const isOne = (start: number, tried: Attempt) =>
    tried.acts || (tried.status === "stop" && hasHeader(bytes, start) && tried.opcodes >= PLAIN_OPCODES);
  return findStreams(bytes, from, isOne, spent, most).map(({ start }) => start);
}

export interface FoundStream {
  readonly start: number;
  readonly tried: Attempt;
}

/** The streams of a window that a trial accepts, in order, none inside another. */
export function findStreams(
  bytes: Buffer,
  from: number,
  accepts: (start: number, tried: Attempt) => boolean,
  spent: Spent,
  most: number,
): readonly FoundStream[] {
  const hits: FoundStream[] = [];
  const least = (STEPS_PER_BYTE - MOST_STEPS_PER_BYTE) * bytes.length;
  let credit = STEPS_PER_BYTE * bytes.length;
  for (let at = nextStart(bytes, from); at < bytes.length && hits.length < most && credit > least; ) {
    let next = at + 1;
    for (const start of startsAt(bytes, at, from)) {
      const tried = attempt(bytes, start, credit > 0 ? TRIAL_OPCODES : SHORT_TRIAL_OPCODES);
      credit -= tried.cost + ATTEMPT_COST;
      if (!accepts(start, tried)) continue;
      hits.push({ start, tried });
      next = Math.max(tried.end, next);
      from = next;
      break;
    }
    at = nextStart(bytes, next);
  }
  spent(STEPS_PER_BYTE * bytes.length - credit, credit <= 0);
  return hits;
}

/** Hears what a search cost, and whether false starts were so many that only short trials were made of the rest. */
export type Spent = (steps: number, cut: boolean) => void;

/** Bytes that a search stops at: PROTO, GLOBAL, INST, STACK_GLOBAL. */
const STARTS = new Uint8Array(256);
for (const code of [0x80, 0x63, 0x69, 0x93]) STARTS[code] = 1;

function nextStart(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && STARTS[bytes[at] ?? 0] === 0) at++;
  return at;
}

/** Where a stream may begin that has one of those bytes here; nothing when what follows rules it out. */
function startsAt(bytes: Buffer, at: number, from: number): readonly number[] {
  switch (bytes[at]) {
    case 0x80:
      return (bytes[at + 1] ?? 99) <= 5 ? [at] : [];
    case 0x63:
      return linePair(bytes, at + 1) ? [withMarks(bytes, at, from)] : [];
    case 0x69:
      return linePair(bytes, at + 1) ? marksBefore(bytes, at, from) : [];
    default:
      return stringsBefore(bytes, at, from);
  }
}

function hasHeader(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0x80 && (bytes[at + 1] ?? 99) <= 5;
}

const MAX_NAME_BYTES = 256;

/** Two lines that could be module and name. */
function linePair(bytes: Buffer, at: number): boolean {
  const end = nameEnd(bytes, at);
  return end > at && nameEnd(bytes, end + 1) > end + 1;
}

function nameEnd(bytes: Buffer, at: number): number {
  for (let i = at; i < bytes.length && i < at + MAX_NAME_BYTES; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 10) return i;
    if (!isNameByte(byte)) return -1;
  }
  return -1;
}

function isNameByte(byte: number): boolean {
  return byte >= 0x80 || byte === 0x2e || byte === 0x5f || (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);
}

/** MARKs and empty containers before a GLOBAL belong to it: `(cos\nsystem\n…o`. */
function withMarks(bytes: Buffer, at: number, from: number): number {
  let start = at;
  while (start > from && at - start < 16 && OPENING.has(bytes[start - 1] ?? 0)) start--;
  return start;
}

const OPENING: ReadonlySet<number> = new Set([0x28, 0x5d, 0x7d, 0x29]);

/** INST takes its arguments from the last MARK: the nearest ones are tried. */
function marksBefore(bytes: Buffer, at: number, from: number): readonly number[] {
  const starts: number[] = [];
  for (let i = at - 1; i >= Math.max(from, at - 512) && starts.length < 4; i--) if (bytes[i] === 0x28) starts.push(i);
  return starts;
}

/** `SHORT_BINUNICODE module, SHORT_BINUNICODE name, STACK_GLOBAL` (or BINUNICODE), each string memoized or not. */
function stringsBefore(bytes: Buffer, at: number, from: number): readonly number[] {
  const name = stringBefore(bytes, at, from);
  const module = name < 0 ? -1 : stringBefore(bytes, name, from);
  return module < 0 ? [] : [withMarks(bytes, module, from)];
}

const MAX_STRING_BYTES = 80;

/** Start of a SHORT_BINUNICODE or BINUNICODE that ends here, before an optional MEMOIZE or BINPUT; -1 when there is none. */
function stringBefore(bytes: Buffer, end: number, from: number): number {
  for (const memo of [0, 1, 2]) {
    if (memo === 1 && bytes[end - 1] !== 0x94) continue;
    if (memo === 2 && bytes[end - 2] !== 0x71) continue;
    if (!isNameByte(bytes[end - memo - 1] ?? 0)) continue;
    for (let length = 1; length <= MAX_STRING_BYTES && end - memo - length - 2 >= from; length++) {
      const start = end - memo - length - 2;
      if (bytes[start] === 0x8c && bytes[start + 1] === length) return start;
      if (start - 3 >= from && bytes[start - 3] === 0x58 && bytes.readUInt32LE(start - 2) === length) return start - 3;
    }
  }
  return -1;
}

import { append, dictOf, fill, setItems } from "./containers.ts";
import type { Cursor } from "./cursor.ts";
import type { Machine } from "./machine.ts";
import { floatOperand, intOperand, longBytes, longOperand, stringOperand, unicodeOperand } from "./text-operands.ts";
import { dict, isObject, KEPT_BYTES, opaque, sequence, type Value } from "./values.ts";

/** What the loop does after an opcode: goes on, ends the stream, or says why the unpickler would raise here. */
export type Outcome = "next" | "stop" | "built" | { readonly why: string };

const NEXT: Outcome = "next";
const NO_NUMBER: Outcome = { why: "the operand is no number" };

/** Executes one opcode whose operand the cursor has read. Follows `load_*` of https://github.com/python/cpython/blob/main/Modules/_pickle.c */
export function execute(code: number, m: Machine, c: Cursor): Outcome {
  switch (code) {
    // Values
    case 0x4e: // NONE
      m.push(null);
      return NEXT;
    case 0x88: // NEWTRUE
      m.push(true);
      return NEXT;
    case 0x89: // NEWFALSE
      m.push(false);
      return NEXT;
    case 0x4a: // BININT
    case 0x4b: // BININT1
    case 0x4d: // BININT2
    case 0x47: // BINFLOAT
      m.push(c.number);
      return NEXT;
    case 0x49: // INT
      return pushDigits(m, c.latin1(), intOperand);
    case 0x4c: // LONG
      return pushDigits(m, c.latin1(), longOperand);
    case 0x46: // FLOAT
      return pushNumber(m, floatOperand(c.latin1()));
    case 0x8a: // LONG1
    case 0x8b: // LONG4
      m.push(c.size <= KEPT_BYTES ? longBytes(c.head()) : Number.POSITIVE_INFINITY);
      return NEXT;
    case 0x8c: // SHORT_BINUNICODE
    case 0x58: // BINUNICODE
    case 0x8d: // BINUNICODE8
      m.push(countedText(m, c, c.utf8()));
      return NEXT;
    case 0x55: // SHORT_BINSTRING
    case 0x54: // BINSTRING
      m.push(countedText(m, c, c.keptLatin1()));
      return NEXT;
    case 0x43: // SHORT_BINBYTES
    case 0x42: // BINBYTES
    case 0x8e: // BINBYTES8
    case 0x96: // BYTEARRAY8
      m.push(m.bytes({ kind: "bytes", size: c.size, at: c.base + c.start, head: c.head() }));
      return NEXT;
    case 0x53: // STRING
      return pushLine(m, stringOperand(c.latin1()));
    case 0x56: // UNICODE
      return pushLine(m, unicodeOperand(c.latin1()));

    // Containers
    case 0x29: // EMPTY_TUPLE
      m.push(sequence("tuple"));
      return NEXT;
    case 0x5d: // EMPTY_LIST
      m.push(sequence("list"));
      return NEXT;
    case 0x7d: // EMPTY_DICT
      m.push(dict());
      return NEXT;
    case 0x8f: // EMPTY_SET
      m.push(sequence("set"));
      return NEXT;
    case 0x28: // MARK
      m.mark();
      return NEXT;
    case 0x74: // TUPLE
      m.push(sequence("tuple", m.popMark()));
      return NEXT;
    case 0x6c: // LIST
      m.push(sequence("list", m.popMark()));
      return NEXT;
    case 0x64: // DICT
      m.push(dictOf(m.popMark(), m));
      return NEXT;
    case 0x91: // FROZENSET
      m.push(sequence("frozenset", m.popMark()));
      return NEXT;
    case 0x85: // TUPLE1
    case 0x86: // TUPLE2
    case 0x87: // TUPLE3
      m.push(tuple(m, code - 0x84));
      return NEXT;
    case 0x61: // APPEND
      return extend(m, [m.pop()]);
    case 0x65: // APPENDS
    case 0x90: // ADDITEMS
      return extend(m, m.popMark());
    case 0x73: // SETITEM
      return setOne(m);
    case 0x75: // SETITEMS
      return setMany(m, m.popMark());

    // Stack and memo
    case 0x30: // POP
      m.popAny();
      return NEXT;
    case 0x31: // POP_MARK
      m.popMark();
      return NEXT;
    case 0x32: // DUP
      m.pushAgain(m.top());
      return NEXT;
    case 0x67: // GET
      return lineKey(c, (key) => m.get(key));
    case 0x68: // BINGET
    case 0x6a: // LONG_BINGET
      m.get(c.number);
      return NEXT;
    case 0x70: // PUT
      return lineKey(c, (key) => m.put(key, m.top()));
    case 0x71: // BINPUT
    case 0x72: // LONG_BINPUT
      m.put(c.number, m.top());
      return NEXT;
    case 0x94: // MEMOIZE
      m.put(m.memo.size, m.top());
      return NEXT;

    // What imports, calls and sets
    case 0x63: // GLOBAL
      m.push(m.global(c.utf8(), c.secondUtf8(), "GLOBAL"));
      return NEXT;
    case 0x93: // STACK_GLOBAL
      return stackGlobal(m);
    case 0x52: // REDUCE
      return reduce(m);
    case 0x81: // NEWOBJ
      return newObject(m, null);
    case 0x92: // NEWOBJ_EX
      return newObject(m, m.pop());
    case 0x6f: // OBJ
      return object(m);
    case 0x69: // INST
      return instance(m, c);
    case 0x62: // BUILD
      return build(m);
    case 0x50: // PERSID
      m.persistentId(c.utf8());
      return NEXT;
    case 0x51: // BINPERSID
      m.persistentId(m.pop());
      return NEXT;
    case 0x82: // EXT1
    case 0x83: // EXT2
    case 0x84: // EXT4
      m.extension(c.number);
      return NEXT;

    // The stream itself
    case 0x80: // PROTO
      m.proto(c.number);
      return NEXT;
    case 0x95: // FRAME: its length is checked by the loop
      return NEXT;
    case 0x97: // NEXT_BUFFER
      m.push(opaque("buffer", "<out-of-band buffer>"));
      return NEXT;
    case 0x98: // READONLY_BUFFER
      m.top();
      return NEXT;
    case 0x2e: // STOP
      m.stop();
      return "stop";
    default:
      return { why: `0x${code.toString(16).padStart(2, "0")} is no opcode` };
  }
}

function pushNumber(m: Machine, value: boolean | number | bigint | undefined): Outcome {
  if (value === undefined) return NO_NUMBER;
  m.push(value);
  return NEXT;
}

/** Python takes as many steps for a number as the square of its digits. */
function pushDigits(m: Machine, line: string, read: (line: string) => boolean | number | bigint | undefined): Outcome {
  if (line.length >= MANY_DIGITS) m.recorder.cost({ measure: "digits", amount: line.length }, m.opcode, m.offset, () => "");
  return pushNumber(m, read(line));
}

const MANY_DIGITS = 10_000;

function countedText(m: Machine, c: Cursor, text: string): Value {
  const at = c.base + c.start;
  m.text(text, at, c.size);
  return c.size <= KEPT_BYTES ? text : { kind: "text", size: c.size, at, head: text };
}

function pushLine(m: Machine, text: string | undefined): Outcome {
  if (text === undefined) return { why: "the STRING operand is not quoted" };
  m.text(text, -1, text.length);
  m.push(text.length <= KEPT_BYTES ? text : { kind: "text", size: text.length, at: -1, head: text.slice(0, KEPT_BYTES) });
  return NEXT;
}

function tuple(m: Machine, count: number): Value {
  const items = new Array<Value>(count);
  for (let i = count - 1; i >= 0; i--) items[i] = m.pop();
  return sequence("tuple", items);
}

function extend(m: Machine, values: Value[]): Outcome {
  const target = m.top();
  if (!isObject(target)) return NEXT;
  if ("items" in target && target.kind !== "tuple") append(target, values, m);
  else if (target.kind === "call") {
    fill(target, values, m, true);
    m.calls.addTo(target, values);
  }
  return NEXT;
}

function setOne(m: Machine): Outcome {
  const value = m.pop();
  return setMany(m, [m.pop(), value]);
}

function setMany(m: Machine, pairs: Value[]): Outcome {
  const target = m.top();
  const even = pairs.length % 2 === 0;
  setItems(target, pairs, m);
  m.setItemOn(target);
  return even ? NEXT : { why: "SETITEMS has a key without a value" };
}

function lineKey(c: Cursor, use: (key: number | bigint) => void): Outcome {
  const key = longOperand(c.latin1());
  if (key === undefined || key < 0) return { why: "the memo key is no number" };
  use(key);
  return NEXT;
}

function stackGlobal(m: Machine): Outcome {
  const name = m.pop();
  const module = m.pop();
  m.push(m.stackGlobal(module, name));
  return NEXT;
}

function reduce(m: Machine): Outcome {
  const args = m.pop();
  m.push(m.calls.invoke(m.pop(), args));
  return NEXT;
}

function newObject(m: Machine, kwargs: Value): Outcome {
  const args = m.pop();
  m.push(m.calls.invoke(m.pop(), args, kwargs, "new"));
  return NEXT;
}

function object(m: Machine): Outcome {
  const [callee, ...args] = m.popMark();
  if (callee === undefined) return { why: "OBJ has no class" };
  m.push(m.calls.invoke(callee, sequence("tuple", args)));
  return NEXT;
}

function instance(m: Machine, c: Cursor): Outcome {
  const callee = m.global(c.utf8(), c.secondUtf8(), "INST"); // pickle.py imports it before it looks for the MARK
  m.push(m.calls.invoke(callee, sequence("tuple", m.popMark())));
  return NEXT;
}

function build(m: Machine): Outcome {
  const state = m.pop();
  m.calls.build(m.top(), state);
  return "built";
}

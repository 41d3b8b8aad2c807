import { Calls, type Position } from "./calls.ts";
import { mayHoldPickle, worthALook } from "./candidates.ts";
import { Expansion, mostMet } from "./expansion.ts";
import type { GlobalOrigin } from "./facts.ts";
import { Frames } from "./frames.ts";
import { Memo } from "./memo.ts";
import { calleeName, notePersistentId } from "./notes.ts";
import type { Recorder } from "./recorder.ts";
import { render } from "./render.ts";
import { Stack } from "./stack.ts";
import { ValueMemory } from "./value-memory.ts";
import { type Bytes, type Global, isObject, KEPT_BYTES, opaque, type Value } from "./values.ts";

/** A value that is taken up again, and meets so many others when it is walked or hashed. */
const MANY_COPIES = 2 ** 32;
/** Picklers recurse: CPython ends them at 1,000 levels unless somebody raised its limit. */
const MANY_LEVELS = 20_000;

/**
 * The unpickler's state, as CPython's `_pickle.c` keeps it: a stack with its marks, a memo. Values are abstract (values.ts); what they call and build is
 * followed by `calls`.
 */
export class Machine extends Stack implements Position {
  readonly recorder: Recorder;
  readonly memo = new Memo();
  offset = 0;
  opcode = "";
  protocol = 0;
  readonly frames = new Frames();
  /** What STOP took from the stack. */
  result: Value = null;
  /** Opcodes executed so far. */
  opcodes = 0;
  readonly memory: ValueMemory;
  readonly calls: Calls;
  readonly expansion = new Expansion();

  constructor(recorder: Recorder) {
    super();
    this.recorder = recorder;
    this.memory = new ValueMemory(this.values, this.marks, this.memo, recorder.budget);
    this.calls = new Calls(this);
  }

  /** A value that stands on the stack or in the memo already. */
  pushAgain(value: Value): void {
    if (isObject(value)) {
      if (value.kind === "global") value.record.count++;
      else if ("weight" in value && value.weight >= MANY_COPIES) this.#noteCopies(value.weight);
      this.calls.usedAgain(value);
    }
    this.push(value);
  }

  #noteCopies(amount: number): void {
    this.recorder.cost({ measure: "copies", amount }, this.opcode, this.offset, () => "");
  }

  /** STOP: what the stream yields, or leaves in the memo, may be nested so deep or shared so often that no pickler can have written it. */
  stop(): void {
    const { values, memo, recorder } = this;
    const value = values.at(-1);
    if (value !== undefined && isObject(value) && "depth" in value && value.depth >= MANY_LEVELS)
      recorder.cost({ measure: "levels", amount: value.depth }, this.opcode, this.offset, () => "");
    if (this.expansion.mayReach(MANY_COPIES)) {
      const most = mostMet(values, memo, recorder.budget);
      if (most >= MANY_COPIES) this.#noteCopies(most);
      else if (this.expansion.cut || this.memory.thinned || memo.rewritten)
        recorder.anomaly("search-cut", this.offset, "lists that are filled after others hold them, more than are kept");
    }
    this.result = this.pop();
  }

  put(key: number | bigint, value: Value): void {
    this.memo.put(key, value);
  }

  get(key: number | bigint): void {
    const value = this.memo.get(key);
    if (value === undefined) this.recorder.anomaly("missing-memo", this.offset, `${this.opcode} of memo entry ${key}, which was never stored`);
    this.pushAgain(value === undefined ? opaque("missing", `<memo ${key}>`) : value);
  }

  /** A text with what it may hold noted. `at`: where its payload lies as written, -1 where it was unescaped. */
  text(text: string, at: number, size: number): string {
    if (!mayHoldPickle(text)) return text;
    const whole = at < 0 || size <= KEPT_BYTES;
    this.recorder.candidate(text, { at, size, content: bytesOfText(text), whole, text: true, decodedBy: null });
    return text;
  }

  bytes(value: Bytes): Bytes {
    if (worthALook(value) && mayHoldPickle(Buffer.from(value.head.subarray(0, 400)).toString("latin1")))
      this.recorder.candidate(value.head, {
        at: value.at,
        size: value.size,
        content: value.head,
        whole: value.size === value.head.length,
        text: false,
        decodedBy: null,
      });
    return value;
  }

  global(module: string, name: string, origin: GlobalOrigin): Global {
    const record = this.recorder.global(module, name, origin, this.offset);
    record.value ??= { kind: "global", module, name, source: null, record };
    return record.value;
  }

  /** STACK_GLOBAL takes two str. Anything else raises in CPython, and a scanner that guesses is fooled by it. */
  stackGlobal(module: Value, name: Value): Value {
    if (typeof module === "string" && typeof name === "string") return this.global(module, name, "STACK_GLOBAL");
    const what = `${render(module)}.${render(name)}`.slice(0, 120);
    this.recorder.anomaly("unresolved-global", this.offset, `STACK_GLOBAL of ${what}, which are not two strings`);
    return opaque("unresolved", `<global ${what}>`);
  }

  proto(version: number): void {
    if (version > 5) this.recorder.anomaly("protocol", this.offset, `PROTO says ${version}; the highest that exists is 5`);
    if (this.opcodes > 0) this.recorder.anomaly("protocol", this.offset, "PROTO stands in the middle of the stream");
    this.protocol = Math.max(this.protocol, version);
  }

  /** SETITEM on what a rebuild function returned writes into a tensor, not into a dict (CVE-2026-24747). */
  setItemOn(target: Value): void {
    if (!isObject(target) || target.kind !== "call" || !/^torch\..*\._rebuild_/.test(`${calleeName(target.callee)}`)) return;
    this.recorder.anomaly("setitem-on-tensor", this.offset, `${this.opcode} on the result of ${calleeName(target.callee)}`);
  }

  persistentId(id: Value): void {
    this.push(notePersistentId(this, id) ?? opaque("persistent", "", 0, id));
  }

  extension(code: number): void {
    this.recorder.extension(code, this.offset);
    this.push(opaque("extension", `<extension ${code}>`, code));
  }
}

/** A pickle that is carried as text has one character for each byte (`_codecs.encode(text, 'latin1')`). */
export function bytesOfText(text: string): Buffer {
  return Buffer.from(text, /[^\x00-\xff]/.test(text) ? "utf8" : "latin1");
}

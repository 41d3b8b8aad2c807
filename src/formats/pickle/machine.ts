import { mayHoldPickle, payloadsIn, worthALook } from "./candidates.ts";
import { isSpecial } from "./census.ts";
import { costRuleOf } from "./costs.ts";
import { isDtypeCall, isField, isInUse } from "./dtype-state.ts";
import { callDeferred, evaluatorOf, type Resolver } from "./evaluate.ts";
import type { AttributeRead, ComputedCall, GlobalOrigin } from "./facts.ts";
import { Frames } from "./frames.ts";
import { idiomOf } from "./idioms.ts";
import { Memo } from "./memo.ts";
import { CALLED_BY_OPCODES, calleeName, noteBuild, noteItems, notePersistentId } from "./notes.ts";
import type { Recorder } from "./recorder.ts";
import { render } from "./render.ts";
import { ValueMemory } from "./value-memory.ts";
import {
  type Bytes,
  type Call,
  type Deferred,
  dict,
  type Global,
  isObject,
  itemsOf,
  KEPT_BYTES,
  KEPT_ITEMS,
  call as makeCall,
  opaque,
  type Sequence,
  sequence,
  type Value,
  weigh,
} from "./values.ts";

/** Calls that one call may lead to, as `reduce` and `partial` do, one inside the other. */
const MAX_CALL_DEPTH = 5;
/** A value that is taken up again, and meets so many others when it is walked or hashed. */
const MANY_COPIES = 2 ** 32;
/** Picklers recurse: CPython ends them at 1,000 levels unless somebody raised its limit. */
const MANY_LEVELS = 20_000;

/** Dtypes without a state that are remembered. Where there are so many, using one of them was said already. */
const MAX_BARE_DTYPES = 1024;

/** The stack is empty down to the last mark: here the real unpickler raises, and what it did before stays done. */
export class Underflow extends Error {}

/**
 * The unpickler's state, as CPython's `_pickle.c` keeps it: a stack, the heights of its marks, a memo. Values are abstract (values.ts);
 * every call, global, BUILD and persistent id goes to the recorder at the moment that the real unpickler would act on it.
 */
export class Machine implements Resolver {
  readonly recorder: Recorder;
  readonly stack: Value[] = [];
  readonly marks: number[] = [];
  readonly memo = new Memo();
  /** Offset and name of the opcode that is executed. */
  offset = 0;
  opcode = "";
  protocol = 0;
  readonly frames = new Frames();
  /** What STOP took from the stack. */
  result: Value = null;
  /** Opcodes executed so far. */
  opcodes = 0;
  readonly memory: ValueMemory;
  /** Dtypes that were made and not given their state yet: numpy's own pickles do that next. */
  readonly #bareDtypes = new Set<Value>();
  #depth = 0;

  constructor(recorder: Recorder) {
    this.recorder = recorder;
    this.memory = new ValueMemory(this.stack, this.marks, this.memo, recorder.budget);
  }

  push(value: Value): void {
    this.stack.push(value);
  }

  mark(): void {
    this.marks.push(this.stack.length);
  }

  pop(): Value {
    const fence = this.marks.length === 0 ? 0 : (this.marks[this.marks.length - 1] ?? 0);
    if (this.stack.length <= fence) throw new Underflow("the stack is empty");
    return this.stack.pop() ?? null;
  }

  /** The value on top, which stays. */
  top(): Value {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) throw new Underflow("the stack is empty");
    return this.stack[this.stack.length - 1] ?? null;
  }

  /** All values above the last mark, which goes. */
  popMark(): Value[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw new Underflow("there is no MARK");
    return this.stack.splice(mark);
  }

  /** POP takes a value, or the mark that was put last. */
  popAny(): void {
    if (this.marks.at(-1) === this.stack.length) this.marks.pop();
    else this.pop();
  }

  /** A value that stands on the stack or in the memo already. */
  pushAgain(value: Value): void {
    if (isObject(value)) {
      if (value.kind === "global") value.record.count++;
      else if ("weight" in value && value.weight >= MANY_COPIES) this.#noteCopies(value.weight);
      if (this.#bareDtypes.size > 0 && this.#bareDtypes.has(value))
        this.recorder.anomaly("array-type", this.offset, "a dtype is used before it has its state");
    }
    this.push(value);
  }

  #noteCopies(amount: number): void {
    this.recorder.cost({ measure: "copies", amount }, this.opcode, this.offset, () => "");
  }

  /** At STOP: what the stream yields is nested so deep that no pickler can have written it. */
  noteDepth(): void {
    const value = this.stack.at(-1);
    if (value !== undefined && isObject(value) && "depth" in value && value.depth >= MANY_LEVELS)
      this.recorder.cost({ measure: "levels", amount: value.depth }, this.opcode, this.offset, () => "");
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

  computed(module: string, name: string, source: Call): Global {
    const record = this.recorder.global(module, name, "computed", this.offset, () => render(source));
    return { kind: "global", module, name, source, record };
  }

  /** STACK_GLOBAL takes two str. Anything else raises in CPython, and a scanner that guesses is fooled by it. */
  stackGlobal(module: Value, name: Value): Value {
    if (typeof module === "string" && typeof name === "string") return this.global(module, name, "STACK_GLOBAL");
    const what = `${render(module)}.${render(name)}`.slice(0, 120);
    this.recorder.anomaly("unresolved-global", this.offset, `STACK_GLOBAL of ${what}, which are not two strings`);
    return opaque("unresolved", `<global ${what}>`);
  }

  /** REDUCE, OBJ, INST, NEWOBJ and NEWOBJ_EX. */
  invoke(callee: Value, args: Value, kwargs: Value = null, how: Call["how"] = "call"): Value {
    if (isObject(callee) && callee.kind === "global") callee.record.calls++;
    return this.#invoke(makeCall(callee, args, kwargs, how));
  }

  call(callee: Value, args: readonly Value[], source: Call, kwargs: Value = null, how: Call["how"] = "call"): Value {
    const call = makeCall(callee, sequence("tuple", [...args]), kwargs, how);
    this.recorder.budget.steps(1);
    if (this.#depth >= MAX_CALL_DEPTH) return call;
    this.#depth++;
    const result = this.#invoke(call, source);
    this.#depth--;
    return result;
  }

  attributeRead(read: AttributeRead): void {
    this.recorder.attributeRead(read);
  }

  otherCodec(codec: Value): undefined {
    this.recorder.anomaly("codec", this.offset, `_codecs.encode with the codec ${render(codec).slice(0, 100)}`);
  }

  calledLater(callee: Value, args: readonly Value[], source: Call): void {
    if (!isObject(callee) || callee.kind !== "global") return;
    callee.record.invocations++;
    callee.record.made++;
    this.#noteCost(callee, makeCall(callee, sequence("tuple", [...args])), source);
    this.recorder.called(callee.record, args, this.offset, this.opcode, source);
  }

  #noteCost({ module, name, record }: Global, call: Call, shown: Call): void {
    record.costOf ??= costRuleOf(module, name);
    const cost = record.costOf(call);
    if (cost !== null && cost.amount > 0) this.recorder.cost(cost, `${module}.${name}`.slice(0, 200), this.offset, () => render(shown));
  }

  #invoke(call: Call, shown: Call = call): Value {
    this.recorder.counts.calls++;
    const { callee, args } = call;
    const items = itemsOf(args);
    if (this.recorder.candidates.size > 0) this.#linkPayloads(call);
    if (isObject(callee)) {
      if (callee.kind === "global") return this.#callGlobal(callee, call, items, shown);
      if ("parts" in callee) return callDeferred(callee, items, call, this) ?? call;
      if (callee.kind === "extension") {
        this.recorder.extensionCalled(callee.code);
        return call;
      }
    }
    this.recorder.computedCall(() => this.#describe(call));
    return call;
  }

  #describe(call: Call): ComputedCall {
    const { callee, root } = call;
    const named = root === null ? null : { module: root.record.module, name: root.record.name };
    return { offset: this.offset, opcode: this.opcode, expression: render(call), callee: nameOf(callee), root: named };
  }

  #callGlobal(callee: Global, call: Call, items: readonly Value[], shown: Call): Value {
    const { record } = callee;
    record.invocations++;
    if (call.how !== "new") record.made++;
    if (record.idiom === undefined) record.idiom = idiomOf(callee.module, callee.name) ?? null;
    if (call.kwargs === null && record.idiom?.(items) === true) record.idioms++;
    this.#noteCost(callee, call, shown);
    for (const item of items) if (isObject(item) && item.kind === "dict") noteItems(this, call, item.entries);
    if (isObject(call.kwargs) && call.kwargs.kind === "dict") noteItems(this, call, call.kwargs.entries);
    this.recorder.called(record, call.kwargs === null ? items : [...items, call.kwargs], this.offset, this.opcode, shown);
    if (record.evaluator === undefined) record.evaluator = evaluatorOf(callee.module, callee.name) ?? null;
    if (this.#bareDtypes.size < MAX_BARE_DTYPES && isDtypeCall(call)) this.#bareDtypes.add(call);
    return record.evaluator?.(call, items, this) ?? call;
  }

  #linkPayloads(call: Call): void {
    this.recorder.budget.steps(1);
    payloadsIn(call.args, (payload) => {
      const candidate = this.recorder.candidates.get(typeof payload === "string" ? payload : payload.head);
      if (candidate !== undefined) candidate.decodedBy ??= nameOf(call.callee);
    });
  }

  /** BUILD: `__setstate__`, or attributes one by one. A `__setstate__` that an earlier BUILD put there is called. */
  build(target: Value, state: Value): Value {
    const planted = isObject(target) && target.kind === "call" ? target.attributes?.get("__setstate__") : undefined;
    if (planted !== undefined) this.#invoke(makeCall(planted, sequence("tuple", [state])));
    if (isObject(target) && target.kind === "partial") this.#rebuildPartial(target, state);
    noteBuild(this, target, state);
    this.#bareDtypes.delete(target);
    return target;
  }

  /** `partial.__setstate__((callable, arguments, named arguments, attributes))` replaces what it was made with. */
  #rebuildPartial(target: Deferred, state: Value): void {
    const [callee, args = null, kwargs = null] = itemsOf(state);
    if (callee === undefined) return;
    target.parts = [callee, ...itemsOf(args)];
    target.kwargs = kwargs;
    this.calledLater(callee, [...itemsOf(args), kwargs], target.source);
  }

  /** APPEND, APPENDS and ADDITEMS on an object that BUILD gave a method for it. */
  addTo(target: Value, values: readonly Value[]): void {
    if (!isObject(target) || target.kind !== "call" || target.attributes === null) return;
    for (const [name, planted] of target.attributes) if (CALLED_BY_OPCODES.has(name)) this.#invoke(makeCall(planted, sequence("tuple", [...values])));
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

/** Adds to a list or set what it keeps of these values. `values` is taken over. */
export function append(target: Sequence, values: Value[], { recorder }: Machine): void {
  target.length += values.length;
  weigh(target, values);
  const room = recorder.keptItems - target.items.length;
  if (room <= 0) return;
  if (values.length > room) values.length = room;
  if (target.items.length === 0) target.items = values;
  else for (const value of values) target.items.push(value);
}

/** Sets items, given as key, value, key, value … The last value of a key counts. `pairs` is taken over. */
export function setItems(target: Value, pairs: Value[], machine: Machine): void {
  const { recorder, offset } = machine;
  if (!isObject(target)) return;
  if (target.kind === "plain" && specialPairs(pairs, 0, 0).length > 0)
    recorder.anomaly("search-cut", offset, "special attributes are set in a dict that was no longer kept");
  if (target.kind === "call") noteItems(machine, target, pairs);
  if (target.kind !== "dict") return;
  if (isInUse(target)) recorder.anomaly("array-type", offset, "fields are added to a dtype that has its state");
  target.length += pairs.length >> 1;
  weigh(target, pairs);
  const room = Math.max(0, 2 * KEPT_ITEMS - target.entries.length);
  if (pairs.length > room) pairs = [...pairs.slice(0, room), ...specialPairs(pairs, room, target.entries.length)];
  if (pairs.length === 0) return;
  if (target.entries.length === 0) target.entries = pairs;
  else for (const value of pairs) target.entries.push(value);
}

const MOST_ENTRIES = 8 * KEPT_ITEMS;

/** Pairs from an index on that are special attributes or fields of a dtype: as the state of an object they count, however many stand before them. */
function specialPairs(pairs: readonly Value[], from: number, held: number): Value[] {
  const found: Value[] = [];
  for (let i = from; i < pairs.length && held + from + found.length < MOST_ENTRIES; i += 2) {
    const key = pairs[i];
    if (typeof key === "string" && (isSpecial(key) || isField(pairs[i + 1]))) found.push(key, pairs[i + 1] ?? null);
  }
  return found;
}

export function dictOf(pairs: Value[], machine: Machine): Value {
  const made = dict();
  setItems(made, pairs, machine);
  return made;
}

/** What is called, by name where it has one. */
function nameOf(callee: Value): string {
  if (!isObject(callee)) return `a value that is no callable: ${render(callee)}`;
  if (callee.kind === "global") return `${callee.module}.${callee.name}`;
  if (callee.kind === "call") return `the result of ${render(callee)}`.slice(0, 200);
  return render(callee);
}

/** A pickle that is carried as text has one character for each byte (`_codecs.encode(text, 'latin1')`). */
export function bytesOfText(text: string): Buffer {
  return Buffer.from(text, /[^\x00-\xff]/.test(text) ? "utf8" : "latin1");
}

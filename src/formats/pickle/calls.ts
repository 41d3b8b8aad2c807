import { payloadsIn } from "./candidates.ts";
import { costRuleOf } from "./costs.ts";
import { mayUnpack } from "./decodings.ts";
import { isDtypeCall } from "./dtype-state.ts";
import { callDeferred, evaluatorOf, type Resolver } from "./evaluate.ts";
import type { AttributeRead, ComputedCall } from "./facts.ts";
import { heldIdiomOf, idiomOf } from "./idioms.ts";
import { lengthRuleOf } from "./lengths.ts";
import { CALLED_BY_OPCODES, noteBuild, noteItems } from "./notes.ts";
import type { Recorder } from "./recorder.ts";
import { render } from "./render.ts";
import { argumentsOf, type Call, type Deferred, type Global, isObject, itemsOf, call as makeCall, sequence, type Value } from "./values.ts";

/** Calls that one call may lead to, as `reduce` and `partial` do, one inside the other. */
const MAX_CALL_DEPTH = 5;
/** Dtypes without a state that are remembered. Where there are so many, using one of them was said already. */
const MAX_BARE_DTYPES = 1024;

/** Where the unpickler is, and who hears of what it does. */
export interface Position {
  readonly recorder: Recorder;
  /** Offset and name of the opcode that is executed. */
  readonly offset: number;
  readonly opcode: string;
}

/** What opcodes call and build, and what those calls lead to. Each goes to the recorder at the moment that the real unpickler would act on it. */
export class Calls implements Resolver {
  readonly #at: Position;
  readonly #recorder: Recorder;
  /** Dtypes that were made and not given their state yet: numpy's own pickles do that next. */
  readonly #bareDtypes = new Set<Value>();
  #depth = 0;

  constructor(at: Position) {
    this.#at = at;
    this.#recorder = at.recorder;
  }

  /** REDUCE, OBJ, INST, NEWOBJ and NEWOBJ_EX. */
  invoke(callee: Value, args: Value, kwargs: Value = null, how: Call["how"] = "call"): Value {
    if (isObject(callee) && callee.kind === "global") callee.record.calls++;
    return this.#invoke(makeCall(callee, args, kwargs, how));
  }

  /** BUILD: `__setstate__`, or attributes one by one. A `__setstate__` that an earlier BUILD put there is called. */
  build(target: Value, state: Value): Value {
    const planted = isObject(target) && target.kind === "call" ? target.attributes?.get("__setstate__") : undefined;
    if (planted !== undefined) this.#invoke(makeCall(planted, sequence("tuple", [state])));
    if (isObject(target) && target.kind === "partial") this.#rebuildPartial(target, state);
    noteBuild(this.#at, target, state);
    this.#bareDtypes.delete(target);
    return target;
  }

  /** APPEND, APPENDS and ADDITEMS on an object that BUILD gave a method for it. */
  addTo(target: Call, values: readonly Value[]): void {
    if (target.attributes === null) return;
    for (const [name, planted] of target.attributes) if (CALLED_BY_OPCODES.has(name)) this.#invoke(makeCall(planted, sequence("tuple", [...values])));
  }

  /** Notes that a value is taken up again. */
  usedAgain(value: Value): void {
    if (this.#bareDtypes.size > 0 && this.#bareDtypes.has(value))
      this.#recorder.anomaly("array-type", this.#at.offset, "a dtype is used before it has its state");
  }

  computed(module: string, name: string, source: Call): Global {
    const record = this.#recorder.global(module, name, "computed", this.#at.offset, () => render(source));
    return { kind: "global", module, name, source, record };
  }

  call(callee: Value, args: readonly Value[], source: Call, kwargs: Value = null, how: Call["how"] = "call"): Value {
    const call = makeCall(callee, sequence("tuple", [...args]), kwargs, how);
    this.#recorder.budget.steps(1);
    if (this.#depth >= MAX_CALL_DEPTH) return call;
    this.#depth++;
    const result = this.#invoke(call, source);
    this.#depth--;
    return result;
  }

  attributeRead(read: AttributeRead): void {
    this.#recorder.attributeRead(read);
  }

  otherCodec(codec: Value): undefined {
    this.#recorder.anomaly("codec", this.#at.offset, `_codecs.encode with the codec ${render(codec).slice(0, 100)}`);
  }

  calledLater(callee: Value, args: readonly Value[], source: Call, by: "call" | "partial" = "call"): void {
    if (!isObject(callee)) return;
    if ("parts" in callee) this.#handedOn(callee);
    if (callee.kind === "partial" && by === "call") this.calledLater(callee.parts[0] ?? null, [...callee.parts.slice(1), ...args], source);
    if (callee.kind !== "global") return;
    callee.record.invocations++;
    if (by === "partial") callee.record.deferrals++;
    callee.record.made++;
    this.#measure(callee, makeCall(callee, sequence("tuple", [...args])), source);
    this.#recorder.called(callee.record, args, this.#at.offset, this.#at.opcode, source);
  }

  /** Tells the length of what a call makes, and notes what it costs. @param shown the call that makes it happen */
  #measure({ module, name, record }: Global, call: Call, shown: Call): void {
    if (record.lengthOf === undefined) record.lengthOf = lengthRuleOf(module, name);
    if (record.lengthOf !== null) {
      const args = argumentsOf(call);
      this.#recorder.budget.steps(4 * args.length);
      call.length = record.lengthOf(args);
    }
    record.costOf ??= costRuleOf(module, name);
    const cost = record.costOf(call);
    if (cost !== null && cost.amount > 0) this.#recorder.cost(cost, `${module}.${name}`.slice(0, 200), this.#at.offset, () => render(shown));
  }

  #invoke(call: Call, shown: Call = call): Value {
    this.#recorder.counts.calls++;
    const { callee, args } = call;
    const items = itemsOf(args);
    if (this.#recorder.candidates.size > 0) this.#linkPayloads(call);
    if (isObject(callee) && callee.kind === "global") return this.#callGlobal(callee, call, items, shown);
    for (const item of items) if (isObject(item) && "parts" in item) this.#handedOn(item);
    if (isObject(callee)) {
      if ("parts" in callee) {
        this.#handedOn(callee);
        return callDeferred(callee, items, call, this) ?? call;
      }
      if (callee.kind === "extension") {
        this.#recorder.extensionCalled(callee.code);
        return call;
      }
    }
    this.#recorder.computedCall(() => this.#describe(call));
    return call;
  }

  /** Something that looks attributes up is called, or given to what may call it: making it was more than keeping it for later. */
  #handedOn({ kind, source }: Deferred): void {
    if (kind !== "partial" && isObject(source.callee) && source.callee.kind === "global") source.callee.record.invocations++;
  }

  #describe(call: Call): ComputedCall {
    const { callee, root } = call;
    const named = root === null ? null : { module: root.record.module, name: root.record.name };
    return {
      offset: this.#at.offset,
      opcode: this.#at.opcode,
      expression: render(call),
      callee: nameOf(callee),
      isValue: !isObject(callee),
      root: named,
    };
  }

  #callGlobal(callee: Global, call: Call, items: readonly Value[], shown: Call): Value {
    const { record } = callee;
    record.invocations++;
    if (call.how !== "new") record.made++;
    this.#noteIdiom(callee, call, items);
    this.#measure(callee, call, shown);
    for (const item of items)
      if (isObject(item))
        if (item.kind === "dict") noteItems(this.#at, call, item.entries);
        else if (item.kind !== "call" && item.kind !== "tuple" && "parts" in item) this.#handedOn(item);
    if (isObject(call.kwargs) && call.kwargs.kind === "dict") noteItems(this.#at, call, call.kwargs.entries);
    this.#recorder.called(record, call.kwargs === null ? items : [...items, call.kwargs], this.#at.offset, this.#at.opcode, shown);
    if (record.unpacks === undefined) record.unpacks = mayUnpack(callee.module, callee.name);
    if (record.unpacks || this.#recorder.unpackings.size > 0) this.#recorder.unpacking(callee.module, callee.name, call, items);
    if (record.evaluator === undefined) record.evaluator = evaluatorOf(callee.module, callee.name) ?? null;
    if (this.#bareDtypes.size < MAX_BARE_DTYPES && isDtypeCall(call)) this.#bareDtypes.add(call);
    return record.evaluator?.(call, items, this) ?? call;
  }

  #noteIdiom({ module, name, record }: Global, { kwargs }: Call, items: readonly Value[]): void {
    if (record.idiom === undefined) {
      record.idiom = idiomOf(module, name) ?? null;
      record.heldIdiom = heldIdiomOf(module, name) ?? null;
    }
    if (kwargs !== null) return;
    if (record.idiom?.(items) === true) record.idioms++;
    else if (record.heldIdiom?.(items) === true) record.held++;
  }

  #linkPayloads(call: Call): void {
    this.#recorder.budget.steps(1);
    payloadsIn(call.args, (payload) => {
      const candidate = this.#recorder.candidates.get(typeof payload === "string" ? payload : payload.head);
      if (candidate !== undefined) candidate.decodedBy ??= nameOf(call.callee);
    });
  }

  /** `partial.__setstate__((callable, arguments, named arguments, attributes))` replaces what it was made with. */
  #rebuildPartial(target: Deferred, state: Value): void {
    const [callee, args = null, kwargs = null] = itemsOf(state);
    if (callee === undefined) return;
    target.parts = [callee, ...itemsOf(args)];
    target.kwargs = kwargs;
    this.calledLater(callee, [...itemsOf(args), kwargs], target.source, "partial");
  }
}

/** What is called, by name where it has one. */
function nameOf(callee: Value): string {
  if (!isObject(callee)) return `a value that is no callable: ${render(callee)}`;
  if (callee.kind === "global") return `${callee.module}.${callee.name}`;
  if (callee.kind === "call") return `the result of ${render(callee)}`.slice(0, 200);
  return render(callee);
}

import type { Anomaly } from "../../format.ts";
import type { Budget } from "../../limits.ts";
import type { Candidate } from "./candidates.ts";
import type { Cost } from "./costs.ts";
import { decodingOf, payloadOf, type Unpacking } from "./decodings.ts";
import type {
  ArgumentCost,
  AttributeRead,
  ComputedCall,
  GlobalOrigin,
  NestedPickle,
  PersistentId,
  PickledBuild,
  PickleFacts,
  PickleStream,
  Span,
  StorageReference,
  UnownedSpan,
  UnpackedBytes,
} from "./facts.ts";
import { GlobalRecord, GlobalRecords } from "./global-records.ts";
import { shapesOf } from "./literal-shape.ts";
import { render } from "./render.ts";
import { type Call, isObject, KEPT_ITEMS, type Value } from "./values.ts";

/** Of a distinct global, with its fact and room for garbage. */
const GLOBAL_BYTES = 700;
/** A global costs several times what another opcode does. */
const GLOBAL_STEPS = 4;
/** Entries kept of a list that an examiner reads as examples. */
const MAX_LISTED = 256;
/** Bytes, items or digits below which a cost is not worth a fact. */
const NOTABLE_COST = 10_000;
/** Calls around literals that are unpacked to show what is inside, and steps of each. */
const MAX_UNPACKINGS = 64;
const MAX_STEPS = 8;
/** Values that are tried as pickles once the streams are read. */
const MAX_CANDIDATES = 16_384;

/** Collects the facts of one subject, over all its streams. Distinct things are kept once; what grows is charged to the budget. */
export class Recorder {
  readonly budget: Budget;
  readonly streams: PickleStream[] = [];
  readonly globals = new GlobalRecords();
  readonly computedCalls: ComputedCall[] = [];
  readonly attributeReads = new Map<string, AttributeRead>();
  readonly builds = new Map<string, PickledBuild>();
  readonly costs = new Map<string, ArgumentCost & { readonly most: number }>();
  readonly storages = new Map<string, StorageReference>();
  readonly persistentIds: PersistentId[] = [];
  readonly extensions = new Map<number, { code: number; offset: number; called: boolean }>();
  readonly arrays: Span[] = [];
  readonly unowned: UnownedSpan[] = [];
  readonly anomalies: Anomaly[] = [];
  /** By the text that holds them, or the head of the bytes. */
  readonly candidates = new Map<string | Uint8Array, Candidate>();
  /** Calls that unpack a literal. */
  readonly unpackings = new Map<Call, Unpacking>();
  counts = { opcodes: 0, streams: 0, globals: 0, calls: 0, storages: 0, persistentIds: 0, arrays: 0 };
  /** Items that lists and sets keep. */
  keptItems = KEPT_ITEMS;
  /** How far reading has come. */
  at = 0;
  #held = 0;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  /** Index of the stream that is being read. */
  get stream(): number {
    return this.counts.streams;
  }

  hold(bytes: number): void {
    this.budget.hold(bytes);
    this.#held += bytes;
  }

  release(): void {
    this.budget.release(this.#held);
    this.#held = 0;
  }

  /** Notes that a global is named. @param expression where it is none that the names themselves make */
  global(module: string, name: string, origin: GlobalOrigin, offset: number, expression?: () => string): GlobalRecord {
    this.counts.globals++;
    this.budget.steps(GLOBAL_STEPS + ((module.length + name.length) >> 3));
    const known = this.globals.get(module, name);
    if (known !== undefined) {
      known.count++;
      return known;
    }
    const record = new GlobalRecord(module, name, origin, offset, this.stream);
    record.expression = expression?.() ?? null;
    this.#keep(record);
    return record;
  }

  /** Notes a call of a named global. The expression that is kept is that of the first call, then that of the first with a telling literal. */
  called(record: GlobalRecord, args: readonly Value[], offset: number, opcode: string, call: Value): void {
    const before = record.shapes?.size ?? 0;
    const shapes = record.shapes ?? new Set();
    shapesOf(args, shapes);
    if (shapes.size > 0) record.shapes = shapes;
    if (record.called && (before > 0 || shapes.size === 0)) return;
    record.calledBy = opcode;
    record.offset = offset;
    record.stream = this.stream;
    record.expression = render(call);
    if (!this.globals.has(record)) this.#keep(record);
  }

  #keep(record: GlobalRecord): void {
    if (this.globals.add(record)) this.hold(GLOBAL_BYTES + 4 * record.key.length);
  }

  /** Notes a call that unpacks a literal, or what another call unpacked, and what takes the result. */
  unpacking(module: string, name: string, call: Call, items: readonly Value[]): void {
    const [first = null] = items;
    const before = isObject(first) && first.kind === "call" ? this.unpackings.get(first) : undefined;
    const step = decodingOf(module, name, call);
    const payload = before?.payload ?? payloadOf(first);
    if (step !== undefined && payload !== undefined && this.unpackings.size < MAX_UNPACKINGS) {
      this.hold(500);
      this.unpackings.set(call, { payload, steps: [...(before?.steps ?? []), step].slice(0, MAX_STEPS), takenBy: null });
      if (before !== undefined) this.unpackings.delete(first as Call); // a call, as `before` was found by it
    } else if (before !== undefined) before.takenBy ??= `${module}.${name}`.slice(0, 200);
  }

  computedCall(describe: () => ComputedCall): void {
    if (this.computedCalls.length < MAX_LISTED) this.computedCalls.push(describe());
  }

  attributeRead(read: AttributeRead): void {
    // Beyond the bound one read of nothing known stands for the rest.
    const kept = this.attributeReads.size < MAX_LISTED ? read : { bound: true, module: null, name: "", attribute: null };
    this.attributeReads.set(`${kept.bound}\n${kept.module}\n${kept.name}\n${kept.attribute}`, kept);
  }

  /** One for each target and set of attributes. */
  build(target: PickledBuild["target"], attributes: readonly string[], describe: () => PickledBuild): void {
    const key = `${target}\n${attributes.join("\n")}`;
    if (this.builds.has(key)) return;
    if (this.builds.size < 4 * MAX_LISTED) {
      this.hold(600 + 2 * key.length);
      this.builds.set(key, describe());
    } else this.anomaly("search-cut", this.at, "objects are given more sets of special attributes than are kept");
  }

  /** One for each callable and measure. What is taken once adds up, what is gone through does not. */
  cost({ measure, amount }: Cost, callee: string, offset: number, describe: () => string): void {
    const key = `${callee}\n${measure}`;
    const known = this.costs.get(key);
    const total = measure === "bytes" || measure === "items" ? (known?.amount ?? 0) + amount : Math.max(known?.amount ?? 0, amount);
    const shown = known !== undefined && known.most >= amount ? known : { expression: describe(), offset, most: amount };
    this.costs.set(key, { callee, measure, amount: total, expression: shown.expression, offset: shown.offset, most: shown.most });
  }

  storage(storage: StorageReference): void {
    this.counts.storages++;
    const key = `${storage.key}\n${storage.storageType}\n${storage.elements}`;
    if (this.storages.has(key)) return;
    this.hold(200 + 2 * key.length);
    this.storages.set(key, storage);
  }

  persistentId(kind: PersistentId["kind"], offset: number, expression: () => string): void {
    this.counts.persistentIds++;
    const seen = this.persistentIds.filter((other) => other.kind === kind).length;
    if (seen < MAX_LISTED / 4) this.persistentIds.push({ kind, expression: expression(), offset });
  }

  extension(code: number, offset: number): void {
    if (!this.extensions.has(code) && this.extensions.size < MAX_LISTED) this.extensions.set(code, { code, offset, called: false });
  }

  extensionCalled(code: number): void {
    const found = this.extensions.get(code);
    if (found !== undefined) found.called = true;
  }

  array(span: Span): void {
    this.counts.arrays++;
    if (this.arrays.length < MAX_LISTED) this.arrays.push(span);
  }

  /** The first of each kind, and some more of it, so that a flood of one kind hides no other. */
  anomaly(kind: string, at: number, what: string): void {
    const seen = this.anomalies.filter((other) => other.kind === kind).length;
    if (seen < 8) this.anomalies.push({ kind, at, what });
  }

  candidate(key: string | Uint8Array, candidate: Candidate): void {
    if (this.candidates.has(key)) return;
    if (this.candidates.size < MAX_CANDIDATES) {
      this.hold(200 + candidate.content.length);
      this.candidates.set(key, candidate);
    } else this.anomaly("search-cut", candidate.at, `more than ${MAX_CANDIDATES} values begin as pickles do`);
  }

  /** Takes over the globals of opcodes that another loader than the one followed here would execute. */
  hiddenStream(offset: number, other: Recorder): void {
    this.anomaly("opcodes-in-array", offset, "the bytes of the array decode as opcodes that use a global");
    for (const record of other.globals.values()) {
      if (this.globals.has(record)) continue;
      record.offset = offset;
      record.stream = this.stream;
      this.#keep(record);
    }
  }

  streamEnded(stream: PickleStream): void {
    this.counts.streams++;
    this.counts.opcodes += stream.opcodes;
    if (this.streams.length < MAX_LISTED || (stream.ended !== "stop" && this.streams.length < 2 * MAX_LISTED)) this.streams.push(stream);
  }

  unownedSpan(span: UnownedSpan): void {
    if (this.unowned.length < MAX_LISTED) this.unowned.push(span);
    else if (!span.blank) this.anomaly("search-cut", span.offset, `more than ${MAX_LISTED} stretches of bytes belong to no pickle`);
  }

  facts(nested: readonly NestedPickle[], unpacked: readonly UnpackedBytes[]): PickleFacts {
    const { streams, computedCalls, persistentIds, arrays, unowned, counts } = this;
    return {
      streams,
      globals: this.globals.facts(),
      computedCalls,
      attributeReads: [...this.attributeReads.values()],
      builds: [...this.builds.values()],
      costs: [...this.costs.values()].filter(({ amount }) => amount >= NOTABLE_COST).map(({ most: _, ...cost }) => cost),
      storages: [...this.storages.values()],
      persistentIds,
      extensions: [...this.extensions.values()],
      nested,
      unpacked,
      arrays,
      unowned,
      counts: { ...counts },
    };
  }
}

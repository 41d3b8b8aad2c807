import type { CostRule } from "./costs.ts";
import type { Evaluator } from "./evaluate.ts";
import type { GlobalOrigin, LiteralShape, PickledGlobal } from "./facts.ts";
import type { Idiom } from "./idioms.ts";
import type { LengthRule } from "./lengths.ts";
import type { Global } from "./values.ts";

/** Distinct globals that are kept, whatever is done with them. Models name some hundred. */
const MOST = 100_000;
/** Beyond that, so many more of those that are called, and again so many of those that are called with a telling literal. */
const MORE_CALLED = 40_000;
const MORE_TELLING = 20_000;

/** Longest module or attribute path that is kept. */
const MAX_NAME = 1000;

/** A distinct global while its uses are still being collected. */
export class GlobalRecord {
  /** Of the whole names. */
  readonly key: string;
  readonly module: string;
  readonly name: string;
  readonly origin: GlobalOrigin;
  offset: number;
  stream: number;
  expression: string | null = null;
  calledBy: string | null = null;
  shapes: Set<LiteralShape> | null = null;
  inPersistentId = false;
  count = 1;
  calls = 0;
  invocations = 0;
  idioms = 0;
  /** Calls that only keep something for later, and calls of it that a partial keeps for later. */
  held = 0;
  deferrals = 0;
  /** Calls other than `cls.__new__(cls, …)`. */
  made = 0;
  /** What stands for it on the stack, and what calling it yields where that is known; made when first needed. */
  value: Global | null = null;
  evaluator: Evaluator | null | undefined = undefined;
  idiom: Idiom | null | undefined = undefined;
  unpacks: boolean | undefined = undefined;
  heldIdiom: Idiom | null = null;
  costOf: CostRule | null = null;
  lengthOf: LengthRule | null | undefined = undefined;

  constructor(module: string, name: string, origin: GlobalOrigin, offset: number, stream: number) {
    this.key = keyOf(module, name);
    this.module = module.slice(0, MAX_NAME);
    this.name = name.slice(0, MAX_NAME);
    this.origin = origin;
    this.offset = offset;
    this.stream = stream;
  }

  get called(): boolean {
    return this.calledBy !== null;
  }

  toFact(): PickledGlobal {
    const {
      module,
      name,
      origin,
      offset,
      stream,
      called,
      calledBy,
      shapes,
      inPersistentId,
      count,
      calls,
      invocations,
      idioms,
      held,
      deferrals,
      made,
    } = this;
    const expression = this.expression ?? `${module}.${name}`.slice(0, 200);
    return {
      module,
      name,
      origin,
      offset,
      stream,
      called,
      calledBy,
      shapes: shapes === null ? NO_SHAPES : [...shapes].sort(),
      expression,
      inPersistentId,
      count,
      calls,
      invocations,
      idioms,
      held,
      deferrals,
      restored: called && made === 0,
    };
  }
}

const NO_SHAPES: readonly LiteralShape[] = [];

/**
 * The distinct globals of one subject. A flood of names shall neither fill memory nor hide what comes behind it: when there is room for no more, those
 * that are called still have room, and when that is used up, those that are called with what a shell or an interpreter would take.
 */
export class GlobalRecords {
  readonly #kept = new Map<string, GlobalRecord>();
  /** Offset of the first that was not kept. */
  cutAt: number | null = null;

  get(module: string, name: string): GlobalRecord | undefined {
    return this.#kept.get(keyOf(module, name));
  }

  has({ key }: GlobalRecord): boolean {
    return this.#kept.has(key);
  }

  /** Keeps a record where there is room for it; yields whether it does. */
  add(record: GlobalRecord): boolean {
    if (this.#kept.size >= roomFor(record)) {
      this.cutAt ??= record.offset;
      return false;
    }
    this.#kept.set(record.key, record);
    return true;
  }

  values(): Iterable<GlobalRecord> {
    return this.#kept.values();
  }

  facts(): readonly PickledGlobal[] {
    return Array.from(this.#kept.values(), (record) => record.toFact());
  }
}

function keyOf(module: string, name: string): string {
  return `${module}\n${name}`;
}

function roomFor({ called, shapes }: GlobalRecord): number {
  return MOST + (called ? MORE_CALLED : 0) + (shapes === null ? 0 : MORE_TELLING);
}

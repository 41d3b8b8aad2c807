import type { ByteSource } from "../../bytes.ts";
import type { Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import type { Span } from "../flatbuffers/index.ts";
import { childrenOfBooster } from "./children.ts";
import { type BoosterFacts, NOTHING } from "./facts.ts";
import { LEARNER_BYTES, namesAt } from "./xgboost-head.ts";

const TREES_BYTES = 160;
const TREE_BYTES = 148;
const NODE_BYTES = 20;
const STAT_BYTES = 16;
const LINEAR_BYTES = 136;
const MAX_STRING_BYTES = 16 * 1024 * 1024;

class BinaryBreak extends Error {
  readonly at: number;

  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}

/**
 * XGBoost's binary format of before JSON (`Learner::LoadModel`): fixed parameters, names, trees of fixed records, attributes. Every count is held
 * against the size before it is followed. https://github.com/dmlc/xgboost/blob/v2.0.3/src/tree/tree_model.cc (`RegTree::Load`)
 */
export const xgboostBinary: Format<BoosterFacts> = {
  id: "xgboost-binary",
  async parse(source, budget): Promise<Parsed<BoosterFacts>> {
    const reading = new Reading(source, budget);
    try {
      await reading.run();
      return { kind: "parsed", facts: reading.facts(reading.at), anomalies: [] };
    } catch (error) {
      if (error instanceof LimitError) return { kind: "limit", facts: reading.facts(null), anomalies: [], why: error.message };
      if (error instanceof BinaryBreak) return { kind: "broken", facts: reading.facts(reading.at), anomalies: [], at: error.at, why: error.message };
      throw error;
    }
  },
  children: childrenOfBooster,
};

class Reading {
  at = 0;
  readonly #source: ByteSource;
  readonly #budget: Budget;
  readonly #arrays: Span[] = [];
  #about: Record<string, string> = {};
  #trees = 0;

  constructor(source: ByteSource, budget: Budget) {
    this.#source = source;
    this.#budget = budget;
  }

  facts(endsAt: number | null): BoosterFacts {
    return { ...NOTHING, size: this.#source.size, about: this.#about, trees: this.#trees, arrays: this.#arrays, endsAt };
  }

  async run(): Promise<void> {
    const start = await this.#peek(Math.min(400, this.#source.size));
    if (start.toString("latin1", 0, 4) === "binf") this.at = 4;
    if (start.length < this.at + LEARNER_BYTES) throw new BinaryBreak(this.at, "the file ends inside of the parameters");
    const attributes = start.readInt32LE(this.at + 12);
    const metrics = start.readInt32LE(this.at + 16);
    const version = `${start.readUInt32LE(this.at + 20)}.${start.readUInt32LE(this.at + 24)}`;
    const names = namesAt(start, this.at + LEARNER_BYTES);
    if (names === null) throw new BinaryBreak(this.at + LEARNER_BYTES, "no names of an objective and a booster");
    this.at = names.next;
    this.#about = { objective: names.objective, booster: names.booster, version };
    if (names.booster === "gblinear") await this.#linear();
    else await this.#treesOf(names.booster === "dart");
    if (attributes !== 0) await this.#attributes();
    if (names.objective === "count:poisson") await this.#string();
    if (metrics !== 0) for (let left = await this.#count(8); left > 0; left--) await this.#string();
  }

  async #linear(): Promise<void> {
    this.#take(LINEAR_BYTES, "the parameters of a linear model");
    this.#span((await this.#count(4)) * 4);
  }

  async #treesOf(dart: boolean): Promise<void> {
    const head = await this.#peek(TREES_BYTES);
    this.#take(TREES_BYTES, "the parameters of the trees");
    const trees = head.readInt32LE(0);
    if (trees < 0 || trees * TREE_BYTES > this.#left) throw new BinaryBreak(this.at, `${trees} trees in ${this.#left} bytes`);
    for (; this.#trees < trees; this.#trees++) await this.#tree();
    this.#span(trees * 4);
    if (dart && trees > 0) this.#span((await this.#count(4)) * 4);
  }

  async #tree(): Promise<void> {
    this.#budget.steps(4);
    const head = await this.#peek(TREE_BYTES);
    this.#take(TREE_BYTES, "the parameters of a tree");
    const nodes = head.readInt32LE(4);
    if (nodes < 0) throw new BinaryBreak(this.at, `a tree of ${nodes} nodes`);
    this.#span(nodes * (NODE_BYTES + STAT_BYTES));
    if (head.readInt32LE(20) !== 0) this.#span((await this.#count(4)) * 4);
  }

  async #attributes(): Promise<void> {
    for (let left = await this.#count(16); left > 0; left--) {
      await this.#string();
      await this.#string();
    }
  }

  async #string(): Promise<void> {
    const length = await this.#count(1);
    if (length > MAX_STRING_BYTES) throw new BinaryBreak(this.at, `a text of ${length} bytes`);
    this.#span(length);
  }

  /** A number of things that take so many bytes each at least. */
  async #count(bytesEach: number): Promise<number> {
    this.#budget.steps(1);
    const bytes = await this.#peek(8);
    this.#take(8, "a count");
    const count = Number(bytes.readBigUInt64LE(0));
    if (!(count * bytesEach <= this.#left)) throw new BinaryBreak(this.at - 8, `${count} elements in ${this.#left} bytes`);
    return count;
  }

  get #left(): number {
    return this.#source.size - this.at;
  }

  async #peek(length: number): Promise<Buffer> {
    if (length > this.#left) throw new BinaryBreak(this.at, `${length} bytes where ${this.#left} are left`);
    const bytes = await this.#source.read(this.at, length);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  #take(length: number, what: string): void {
    if (length > this.#left) throw new BinaryBreak(this.at, `${what} where ${this.#left} bytes are left`);
    this.at += length;
  }

  /** Records of fixed size; long stretches are kept, so that their heads are looked at. */
  #span(length: number): void {
    const offset = this.at;
    this.#take(length, `${length} bytes of records`);
    if (length >= 4096 && this.#arrays.length < 1000) this.#arrays.push({ offset, size: length });
  }
}

import type { ByteSource } from "../../bytes.ts";
import type { OwnedSpan } from "../../finding.ts";
import type { Anomaly, ChildRef, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { Anomalies } from "../strict-json/anomalies.ts";

export interface TensorDataFacts {
  readonly tensors: number;
  readonly ownedBytes: number;
  /** Owned spans of PROBED_BYTES and more, in order, the first MAX_PROBES. */
  readonly heads: readonly Extent[];
  /** Bytes that no tensor owns and that are not all zero. */
  readonly unowned: readonly Extent[];
}

interface Extent {
  readonly offset: number;
  readonly size: number;
}

const PROBED_BYTES = 64;
const MAX_PROBES = 20_000;
const MAX_UNOWNED = 1000;
const PIECE_BYTES = 1024 * 1024;
const BYTES_PER_STEP = 1024;

/**
 * A file of raw tensor bytes that has no format of its own: an index or a graph in another file of the artifact says which bytes belong to which
 * tensor. Zeros between tensors are alignment. Anomalies: `gap`, `trailing-bytes` (bytes that no tensor owns), `out-of-range` (a tensor that the file
 * does not hold).
 */
export function tensorDataFormat(owns: readonly OwnedSpan[]): Format<TensorDataFacts> {
  return {
    id: "tensor-data",
    async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<TensorDataFacts>> {
      const reading = new Reading(bytes, budget);
      try {
        budget.steps(owns.length);
        await reading.run(owns);
        return { kind: "parsed", facts: reading.facts(), anomalies: reading.anomalies.list };
      } catch (error) {
        if (!(error instanceof LimitError)) throw error;
        return { kind: "limit", facts: reading.facts(), anomalies: reading.anomalies.list, why: error.message };
      }
    },
    children: tensorDataChildren,
  };
}

/** Heads of tensors are probed, and what nobody owns is searched. */
export function tensorDataChildren({ heads, unowned }: TensorDataFacts): readonly ChildRef[] {
  return [...heads.map((extent) => childOf("tensor", extent, "probe")), ...unowned.map((extent) => childOf("unowned", extent, "search"))];
}

function childOf(what: string, { offset, size }: Extent, treatment: ChildRef["treatment"]): ChildRef {
  return { name: `${what}@${offset}`, region: { in: "slice", offset, size }, treatment };
}

class Reading {
  readonly anomalies = new Anomalies();
  readonly #bytes: ByteSource;
  readonly #budget: Budget;
  readonly #heads: Extent[] = [];
  readonly #unowned: Extent[] = [];
  #tensors = 0;
  #ownedBytes = 0;

  constructor(bytes: ByteSource, budget: Budget) {
    this.#bytes = bytes;
    this.#budget = budget;
  }

  /** Tensors may share bytes: tied weights are stored once. */
  async run(owns: readonly OwnedSpan[]): Promise<void> {
    let end = 0;
    for (const { offset, size } of this.#inFile(owns)) {
      if (offset > end) await this.#between(end, offset, "gap");
      this.#tensors++;
      if (offset + size > end) {
        this.#ownedBytes += offset + size - Math.max(offset, end);
        end = offset + size;
      }
      if (size >= PROBED_BYTES && this.#heads.at(-1)?.offset !== offset && this.#heads.length < MAX_PROBES) this.#heads.push({ offset, size });
    }
    if (end < this.#bytes.size) await this.#between(end, this.#bytes.size, "trailing-bytes");
  }

  facts(): TensorDataFacts {
    return { tensors: this.#tensors, ownedBytes: this.#ownedBytes, heads: this.#heads, unowned: this.#unowned };
  }

  /** By offset, cut to what the file holds. */
  #inFile(owns: readonly OwnedSpan[]): readonly Extent[] {
    const total = this.#bytes.size;
    const extents = owns.map(({ offset, size }) => {
      const wanted = size ?? Math.max(0, total - offset);
      const held = Math.max(0, Math.min(wanted, total - offset));
      if (held < wanted) this.anomalies.add("out-of-range", offset, `a tensor of ${wanted} bytes at ${offset} where the file has ${total}`);
      return { offset: Math.min(offset, total), size: held };
    });
    return extents.sort((a, b) => a.offset - b.offset || a.size - b.size);
  }

  async #between(from: number, to: number, kind: Anomaly["kind"]): Promise<void> {
    if (await this.#isZero(from, to)) return;
    const where = kind === "gap" ? "between two tensors" : "behind the last tensor";
    this.anomalies.add(kind, from, `${to - from} bytes that no tensor owns, ${where}`);
    if (this.#unowned.length < MAX_UNOWNED) this.#unowned.push({ offset: from, size: to - from });
    else
      this.#unowned[MAX_UNOWNED - 1] = {
        offset: this.#unowned[MAX_UNOWNED - 1]?.offset ?? from,
        size: to - (this.#unowned[MAX_UNOWNED - 1]?.offset ?? from),
      };
  }

  async #isZero(from: number, to: number): Promise<boolean> {
    for (let at = from; at < to; at += PIECE_BYTES) {
      const length = Math.min(PIECE_BYTES, to - at);
      this.#budget.steps(1 + Math.floor(length / BYTES_PER_STEP));
      const piece = await this.#bytes.read(at, length);
      if (piece.some((byte) => byte !== 0)) return false;
    }
    return true;
  }
}

import type { ByteSource } from "../../bytes.ts";
import type { Anomaly, ChildRef, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { type Field, fieldAt } from "../protobuf/wire.ts";
import { type Message, MODEL, PARTS } from "./schema.ts";

export interface SentencePieceFacts {
  readonly pieces: number;
  /** Bytes of the precompiled normalisation table. */
  readonly charsmapBytes: number;
  readonly vocabSize: number | null;
  /** Fields that the published schema does not have, with where their payload lies. */
  readonly unknown: readonly UnknownField[];
  /** Where the message stops making sense; what follows belongs to nobody. */
  readonly brokenAt: number | null;
  readonly size: number;
}

export interface UnknownField {
  /** `trainer_spec.200`. */
  readonly field: string;
  readonly at: number;
  readonly offset: number;
  readonly size: number;
}

const MAX_UNKNOWN = 50;
const VOCAB_SIZE = 4;
const CHARSMAP = 2;

/**
 * SentencePiece model: one ModelProto (sentencepiece_model.proto). Every field of the message and of its parts is walked, so that nothing stands
 * in it that no reader of SentencePiece asks for.
 */
export const sentencepieceFormat: Format<SentencePieceFacts> = {
  id: "sentencepiece",
  async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<SentencePieceFacts>> {
    const walk = new ModelWalk(bytes.size, budget);
    if (bytes.size > budget.limits.maxHeaderBytes) return walk.limit(`model of ${bytes.size} bytes is over maxHeaderBytes`);
    let held = 0;
    try {
      budget.hold(bytes.size);
      held = bytes.size;
      return walk.run(await bytes.read(0, bytes.size));
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      return walk.limit(error.message);
    } finally {
      budget.release(held);
    }
  },
  children({ unknown, brokenAt, size }): readonly ChildRef[] {
    const refs = unknown.filter((field) => field.size > 0).map(({ field, offset, size }) => search(`field ${field}`, offset, size));
    return brokenAt === null ? refs : [...refs, search("appended", brokenAt, size - brokenAt)];
  },
};

function search(name: string, offset: number, size: number): ChildRef {
  return { name, region: { in: "slice", offset, size }, treatment: "search" };
}

class ModelWalk {
  readonly #budget: Budget;
  readonly #size: number;
  readonly #unknown: UnknownField[] = [];
  #pieces = 0;
  #charsmapBytes = 0;
  #vocabSize: number | null = null;
  #brokenAt: number | null = null;

  constructor(size: number, budget: Budget) {
    this.#size = size;
    this.#budget = budget;
  }

  run(bytes: Uint8Array): Parsed<SentencePieceFacts> {
    let at = 0;
    while (at < bytes.length) {
      const field = fieldAt(bytes, at, bytes.length);
      const part = field === null ? undefined : PARTS[field.number];
      if (field === null || !this.#part(bytes, field, part)) {
        this.#brokenAt = at;
        return { kind: "broken", facts: this.#facts(), anomalies: this.#anomalies(), at, why: "no field of a SentencePiece model stands here" };
      }
      at = field.to;
    }
    if (this.#pieces === 0) return { kind: "broken", facts: this.#facts(), anomalies: [], at: 0, why: "a model without pieces" };
    return { kind: "parsed", facts: this.#facts(), anomalies: this.#anomalies() };
  }

  limit(why: string): Parsed<SentencePieceFacts> {
    return { kind: "limit", facts: this.#facts(), anomalies: [], why };
  }

  #part(bytes: Uint8Array, field: Field, part: (typeof PARTS)[number] | undefined): boolean {
    this.#budget.steps(1);
    if (part === undefined || field.wire !== MODEL[field.number]) {
      this.#addUnknown(String(field.number), field);
      return true;
    }
    if (part.name === "pieces") this.#pieces++;
    return this.#fields(bytes, field, part.name, part.message);
  }

  #fields(bytes: Uint8Array, outer: Field, name: string, message: Message): boolean {
    let at = outer.from;
    while (at < outer.to) {
      this.#budget.steps(1);
      const field = fieldAt(bytes, at, outer.to);
      if (field === null) return false;
      if (message[field.number] !== field.wire) this.#addUnknown(`${name}.${field.number}`, field);
      else if (name === "trainer_spec" && field.number === VOCAB_SIZE) this.#vocabSize = field.value;
      else if (name === "normalizer_spec" && field.number === CHARSMAP) this.#charsmapBytes += field.to - field.from;
      at = field.to;
    }
    return true;
  }

  #addUnknown(name: string, field: Field): void {
    if (this.#unknown.length < MAX_UNKNOWN) this.#unknown.push({ field: name, at: field.at, offset: field.from, size: field.to - field.from });
  }

  #anomalies(): readonly Anomaly[] {
    return this.#unknown.map(({ field, at, size }) => ({
      kind: "unknown-field",
      at,
      what: `field ${field} of ${size} bytes is in no published schema`,
    }));
  }

  #facts(): SentencePieceFacts {
    return {
      pieces: this.#pieces,
      charsmapBytes: this.#charsmapBytes,
      vocabSize: this.#vocabSize,
      unknown: this.#unknown,
      brokenAt: this.#brokenAt,
      size: this.#size,
    };
  }
}

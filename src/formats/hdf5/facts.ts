import type { Codec } from "../../format.ts";
import type { Extent } from "./ledger.ts";

/** Something that leads out of the file. */
export interface Outward {
  readonly kind: "external-link" | "external-storage" | "virtual-source";
  /** Path of the object inside the file that leads there. */
  readonly object: string;
  readonly at: number;
  /** As written: hostile text. */
  readonly target: string;
}

/** An attribute or a scalar dataset whose text reads like a document or an encoded program. */
export interface Text {
  /** Path of the object, `@`, name of the attribute. */
  readonly name: string;
  readonly at: number;
  readonly size: number;
  /** Cut to `TEXT_CHARS`. */
  readonly value: string;
}

/** A document in Keras' configuration language, where it lies in the file. */
export interface EmbeddedConfig extends Extent {
  readonly name: string;
}

/** The first bytes of a dataset as it is stored. */
export interface DatasetHead extends Extent {
  readonly name: string;
  readonly codec: Codec | "stored";
}

export interface Hdf5Facts {
  /** 0 to 3; -1 when the file ends before it says. */
  readonly version: number;
  /** Bytes before the superblock. */
  readonly userBlock: number;
  /** Whether the user block is more than zeros, and the text that MATLAB writes there. */
  readonly userBlockUsed: "no" | "matlab" | "yes";
  readonly objects: number;
  readonly datasets: number;
  /** Elements of datasets of numbers, optimiser state left out. */
  readonly parameters: number;
  /** Attributes or groups that only Keras writes are there. */
  readonly isKeras: boolean;
  readonly configs: readonly EmbeddedConfig[];
  readonly outward: readonly Outward[];
  /** Links of a kind that only a program that registered it can follow. */
  readonly foreignLinks: readonly { readonly object: string; readonly at: number; readonly type: number }[];
  readonly texts: readonly Text[];
  readonly heads: readonly DatasetHead[];
  /** Filters by number, each once, that libraries do not bring and no registration knows. */
  readonly filters: readonly number[];
  /** Streams of pickle that call something, in texts, raw bytes and heaps. */
  readonly pickles: readonly Extent[];
  /** Bytes that no object owns and that are not all zero. */
  readonly unowned: readonly Extent[];
  /** Short ones of them, strung together. */
  readonly scraps: Uint8Array | null;
  /** Parts of a kind that is not read here. */
  readonly unread: readonly string[];
  /** Entries that the bounds on the lists left out. */
  readonly dropped: number;
}

export const TEXT_CHARS = 4096;
/** Of each list; a file links out once. */
export const MAX_KEPT = 200;
/** Datasets whose head is looked at; a model of billions of parameters has some thousand. */
export const MAX_HEADS = 20_000;

import type { Span } from "../../protobuf/walked.ts";

export interface TableFacts {
  /** `bundle`: the index of a checkpoint whose tensors lie in other files. `slices`: a checkpoint of version 1, tensors and all. */
  readonly kind: "bundle" | "slices" | "unknown";
  readonly entries: number;
  /** Data files that the index counts on. */
  readonly shards: number;
  readonly tensors: readonly BundleTensor[];
  /** Values of tensors of numbers, those of optimizers left out. */
  readonly parameters: number;
  /** Blocks whose content was not read. */
  readonly compressed: number;
  /** Bytes that no block of the table owns. */
  readonly unowned: readonly Span[];
  /** Of the file. */
  readonly size: number;
}

export interface BundleTensor {
  readonly name: string;
  readonly shard: number;
  readonly offset: number;
  readonly size: number;
}

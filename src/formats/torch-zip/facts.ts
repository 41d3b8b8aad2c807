import type { ZipFacts } from "../zip/index.ts";

/** A member that the archive's own index accounts for as raw tensor storage. */
export interface OwnedStorage {
  /** Index into `zip.members`. */
  readonly member: number;
  /** Class as the pickle names it (`FloatStorage`); `tensor` where torch.export's index describes it. */
  readonly storageType: string;
  /** Bytes that the index says it has: elements times their size. Null where that size is not known here. */
  readonly bytes: number | null;
}

export interface TorchZipFacts {
  readonly zip: ZipFacts;
  readonly kind: "torch-zip" | "torchscript" | "pt2";
  /** Folders of the `data.pkl`, with their slash, as `plainName` writes them. torch reads one; an archive may hold several. */
  readonly roots: readonly string[];
  /** In the order of the members. Views and tensors that share a storage count once. */
  readonly storages: readonly OwnedStorage[];
  /** Indices of members that lie where storages lie and that nothing refers to. */
  readonly unaccounted: readonly number[];
  /** False where an index could not be read to its end: then what is unaccounted is not known for sure. */
  readonly indexed: boolean;
  /** Names of storages that an index refers to and the archive does not hold. */
  readonly missing: readonly string[];
  /** Elements of all owned storages: model parameters, with optimiser state where the checkpoint has it. */
  readonly elements: number;
  /** Indices of the short records beside the pickle (version, byteorder …) whose content is exactly what torch writes. */
  readonly records: readonly number[];
}

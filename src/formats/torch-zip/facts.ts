import type { ZipFacts } from "../zip/index.ts";

/** One tensor storage that a pickle of the archive refers to. */
export interface AccountedStorage {
  /** Name of the member that holds it. */
  readonly member: string;
  /** Bytes that the pickle says it has: elements times their size. */
  readonly bytes: number;
}

export interface TorchZipFacts {
  readonly zip: ZipFacts;
  readonly kind: "torch-zip" | "torchscript" | "pt2";
  /** Folder of `data.pkl`, as torch finds its records. Several when the archive holds several. */
  readonly roots: readonly string[];
  /** Storages that are in the archive. */
  readonly storages: readonly AccountedStorage[];
  /** Storages that a pickle refers to and the archive does not hold. */
  readonly missing: readonly string[];
  /** Elements of all storages: model parameters, with optimiser state where the checkpoint has it. */
  readonly elements: number;
  /** Records of one line that torch writes beside the pickle (version, byteorder …), and whose content is just that. */
  readonly records: readonly string[];
}

import type { Span } from "../pickle/index.ts";
import type { TarFacts } from "../tar/parse.ts";

/** Raw elements of one storage, without the count before them. */
export interface TarStorage extends Span {
  readonly storageType: string;
  readonly elements: number;
}

/** What one of the members `storages` and `tensors` holds. Offsets count from the start of the archive. */
export interface RecordMember {
  /** Index into `tar.entries`. */
  readonly entry: number;
  /** The count, the description of each storage or tensor, and the list of views. */
  readonly pickles: readonly Span[];
  readonly storages: readonly TarStorage[];
  /** Behind the last record that makes sense. */
  readonly rest: Span | null;
  /** Why the records end before the member does what its count says; then the loader goes on unpickling at `rest`. */
  readonly broken: string | null;
}

export interface TorchTarFacts {
  readonly tar: TarFacts;
  readonly records: readonly RecordMember[];
}

import type { ChildRef, Format } from "../../format.ts";
import { tar } from "../tar/format.ts";
import type { RecordMember, TorchTarFacts } from "./facts.ts";
import { memberNameOf } from "./member-name.ts";
import { parseTorchTar } from "./parse.ts";

export const torchTarFormat: Format<TorchTarFacts> = { id: "torch-tar", parse: parseTorchTar, children };

/** Every pickle on its own, the raw bytes of the storages probed; all else as in any tar. */
function children({ tar: { entries, unowned }, records }: TorchTarFacts): readonly ChildRef[] {
  const stepped = new Set(records.map(({ entry }) => entry));
  const plain = tar.children?.({ entries: entries.filter((_, index) => !stepped.has(index)), unowned }) ?? [];
  return [
    ...plain.map((child) => (memberNameOf(child) === "pickle" ? { ...child, as: "torch-tar-object" } : child)),
    ...records.flatMap((record) => childrenOfRecords(record, entries[record.entry] ?? { name: "", offset: 0 })),
  ];
}

function childrenOfRecords(
  { pickles, storages, rest, broken }: RecordMember,
  entry: { readonly name: string; readonly offset: number },
): readonly ChildRef[] {
  const ref = ({ offset, size }: { readonly offset: number; readonly size: number }) => ({
    name: `${entry.name}@${offset - entry.offset}`,
    region: { in: "slice" as const, offset, size },
  });
  return [
    ...pickles.map((span): ChildRef => ({ ...ref(span), treatment: "examine", as: "pickle" })),
    ...storages.map((span): ChildRef => ({ ...ref(span), treatment: "probe" })),
    // Where the records break, the loader unpickles what it finds there before it fails.
    ...(rest === null
      ? []
      : [broken === null ? { ...ref(rest), treatment: "search" as const } : { ...ref(rest), treatment: "examine" as const, as: "pickle" }]),
  ];
}

import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { parsePickle, type StorageReference } from "../pickle/index.ts";
import { ELEMENT_BYTES } from "../torch-legacy/element-sizes.ts";
import { readMember, type ZipFacts } from "../zip/index.ts";
import { isStorageKey, type Ledger } from "./ledger.ts";
import { folderOf, lastSegment, STORAGE_FOLDERS } from "./names.ts";

/** A compressed pickle that inflates to more is examined, but no storages are taken from it. */
const MAX_PICKLE_BYTES = 64 * 1024 * 1024;

/** Enters the storages that the persistent ids of the archive's pickles refer to: `x/data.pkl` keeps them in `x/data/KEY`. */
export async function claimPickled(archive: ByteSource, { members }: ZipFacts, ledger: Ledger, budget: Budget): Promise<void> {
  for (const name of ledger.names()) {
    const folders = Object.hasOwn(STORAGE_FOLDERS, lastSegment(name)) ? (STORAGE_FOLDERS[lastSegment(name)] ?? []) : [];
    if (folders.length === 0) continue;
    const places = folders.map((folder) => `${folderOf(name)}${folder}/`);
    for (const index of ledger.at(name))
      for (const reading of members[index]?.readings ?? []) {
        const opened = await readMember(archive, reading, budget, MAX_PICKLE_BYTES);
        if (opened === null) {
          ledger.indexed = false;
          continue;
        }
        try {
          const { kind, facts } = await parsePickle(opened.bytes, budget);
          if (kind !== "parsed") ledger.indexed = false;
          for (const storage of facts.storages) enter(storage, places, ledger);
        } finally {
          opened.close();
        }
      }
  }
}

function enter({ key, storageType, elements }: StorageReference, places: readonly string[], ledger: Ledger): void {
  if (!isStorageKey(key)) return;
  const elementBytes = Object.hasOwn(ELEMENT_BYTES, storageType) ? ELEMENT_BYTES[storageType] : undefined;
  const bytes = elementBytes === undefined ? null : elements * elementBytes;
  ledger.claim(
    places.map((place) => place + key),
    {
      storageType,
      bytes: bytes === null || !Number.isSafeInteger(bytes) || bytes < 0 ? null : bytes,
      elements: storageType === "UntypedStorage" ? 0 : elements,
    },
  );
}

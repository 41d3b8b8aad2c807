import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { parsePickle } from "../pickle/index.ts";
import { readMember, type ZipFacts } from "../zip/index.ts";
import { ELEMENT_BYTES } from "./element-sizes.ts";
import type { AccountedStorage } from "./facts.ts";

/** Pickles larger than this are examined, but no storages are taken from them. */
const MAX_PICKLE_BYTES = 64 * 1024 * 1024;
const MAX_MISSING = 16;

export interface Storages {
  readonly storages: readonly AccountedStorage[];
  readonly missing: readonly string[];
  readonly elements: number;
}

/** Storages by the persistent ids of every pickle: `x/data.pkl` keeps its storages in `x/data/KEY`, `x/constants.pkl` in `x/constants/KEY`. */
export async function storagesOf(archive: ByteSource, { members }: ZipFacts, budget: Budget): Promise<Storages> {
  const present = new Set(members.flatMap(({ names }) => names.map(forward)));
  const found = new Map<string, number>();
  const missing = new Set<string>();
  let elements = 0;
  for (const { names, readings, encrypted } of members) {
    const [name = ""] = names.map(forward).filter((each) => each.endsWith(".pkl"));
    if (name === "" || encrypted) continue;
    for (const reading of readings) {
      const opened = await readMember(archive, reading, budget, MAX_PICKLE_BYTES);
      if (opened === null) continue;
      try {
        const { facts } = await parsePickle(opened.bytes, budget);
        for (const { key, storageType, elements: count } of facts.storages) {
          const member = `${name.slice(0, -".pkl".length)}/${key}`;
          if (!present.has(member)) missing.add(member);
          else {
            if (!found.has(member) && storageType !== "UntypedStorage") elements += count;
            const bytes = count * (ELEMENT_BYTES[storageType] ?? 0);
            found.set(member, Math.max(bytes, found.get(member) ?? 0));
          }
        }
      } finally {
        opened.close();
      }
    }
  }
  const storages = [...found].filter(([, bytes]) => Number.isSafeInteger(bytes) && bytes >= 0).map(([member, bytes]) => ({ member, bytes }));
  return { storages, missing: [...missing].slice(0, MAX_MISSING), elements: Number.isSafeInteger(elements) ? elements : 0 };
}

export function forward(name: string): string {
  return name.replaceAll("\\", "/");
}

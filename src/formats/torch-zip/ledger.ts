import type { Budget } from "../../limits.ts";
import type { ZipMember } from "../zip/index.ts";
import type { OwnedStorage } from "./facts.ts";
import { folderOf, lastSegment, plainName, STORAGE_FOLDERS } from "./names.ts";

const MAX_MISSING = 16;
/** Storages are numbered (`data/0`); before torch 1.6 their key was an address. */
const STORAGE_KEY = /^\d{1,20}$/;

/** Bytes and elements of a storage as an index states them. */
export interface Claim {
  readonly storageType: string;
  readonly bytes: number | null;
  readonly elements: number;
}

/** Joins what the indexes of an archive refer to with the members that are there. */
export class Ledger {
  /** False as soon as an index could not be read to its end. */
  indexed = true;
  readonly #members: readonly ZipMember[];
  readonly #budget: Budget;
  readonly #places = new Map<string, number[]>();
  readonly #claims = new Map<number, Claim>();
  readonly #missing = new Set<string>();

  constructor(members: readonly ZipMember[], budget: Budget) {
    this.#members = members;
    this.#budget = budget;
    for (const [index, { names, directory }] of members.entries()) {
      if (directory) continue;
      for (const name of new Set(names.map(plainName))) {
        const known = this.#places.get(name);
        if (known === undefined) this.#places.set(name, [index]);
        else known.push(index);
      }
    }
  }

  /** Indices of the members of that name. */
  at(name: string): readonly number[] {
    return this.#places.get(name) ?? [];
  }

  names(): Iterable<string> {
    return this.#places.keys();
  }

  /**
   * Takes one storage in. @param places names that it may have, the first that exists counts. Of two statements about one member the longer
   * stands: a view is shorter than what it looks at. A member with several names is not what the index means by one of them, so it is never owned.
   */
  claim(places: readonly string[], claim: Claim): void {
    const place = places.find((name) => this.#places.has(name));
    if (place === undefined) {
      if (this.#missing.size < MAX_MISSING) this.#missing.add(places[0] ?? "");
      return;
    }
    const indices = this.at(place);
    this.#budget.steps(1 + indices.length);
    for (const index of indices) {
      if ((this.#members[index]?.names.length ?? 0) !== 1) continue;
      const known = this.#claims.get(index);
      if (known === undefined || (known.bytes ?? Number.POSITIVE_INFINITY) < (claim.bytes ?? Number.POSITIVE_INFINITY))
        this.#claims.set(index, claim);
    }
  }

  get storages(): readonly OwnedStorage[] {
    return [...this.#claims].map(([member, { storageType, bytes }]) => ({ member, storageType, bytes })).sort((a, b) => a.member - b.member);
  }

  get elements(): number {
    const sum = [...this.#claims.values()].reduce((total, { elements }) => total + elements, 0);
    return Number.isSafeInteger(sum) ? sum : 0;
  }

  get missing(): readonly string[] {
    return [...this.#missing];
  }

  /** Numbered members in the storage folder of a pickle that no index refers to. */
  get unaccounted(): readonly number[] {
    const found: number[] = [];
    for (const [name, indices] of this.#places) {
      if (!STORAGE_KEY.test(lastSegment(name)) || !this.#isStorageFolder(folderOf(name))) continue;
      for (const index of indices) if (!this.#claims.has(index) && this.#members[index]?.names.length === 1) found.push(index);
    }
    return found.sort((a, b) => a - b);
  }

  #isStorageFolder(folder: string): boolean {
    const inner = folder.slice(0, -1);
    const root = folderOf(inner);
    return Object.entries(STORAGE_FOLDERS).some(([pickle, folders]) => folders.includes(lastSegment(inner)) && this.#places.has(`${root}${pickle}`));
  }
}

/** Whether a pickle's key is one that torch writes; under any other name a member is examined, whatever refers to it. */
export function isStorageKey(key: string): boolean {
  return STORAGE_KEY.test(key);
}

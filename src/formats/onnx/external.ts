import type { ExternalTensor } from "./facts.ts";

/** Keys of `external_data` in the specification (docs/ExternalData.md); `basepath` is set by loaders and never written. */
const KNOWN_KEYS: ReadonlySet<string> = new Set(["location", "offset", "length", "checksum"]);

/** Collects the key-value entries that say where a tensor lies. A key may stand twice: readers differ in which one they take. */
export class ExternalEntries {
  readonly #locations: { readonly location: string; readonly at: number }[] = [];
  readonly #otherKeys: string[] = [];
  #offset = 0;
  #length: number | null = null;
  #any = false;

  add(key: string, value: string, at: number): void {
    this.#any = true;
    if (key === "location" && this.#locations.length < 100) this.#locations.push({ location: value, at });
    else if (key === "offset") this.#offset = Number(value);
    else if (key === "length") this.#length = Number(value);
    else if (!KNOWN_KEYS.has(key) && this.#otherKeys.length < 20) this.#otherKeys.push(key);
  }

  /** One entry for each location; one with an empty location where the entries have none. */
  end(tensor: string, at: number): readonly ExternalTensor[] {
    if (!this.#any) return [];
    const places = this.#locations.length > 0 ? this.#locations : [{ location: "", at }];
    return places.map((place) => ({ tensor, ...place, offset: this.#offset, length: this.#length, otherKeys: this.#otherKeys }));
  }
}

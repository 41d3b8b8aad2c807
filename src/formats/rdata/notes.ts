import type { CallFact, CallPlace, FunctionFact, Named, Place, PromiseFact, RdataFacts } from "./facts.ts";
import { Languages } from "./languages.ts";

const MAX_KEPT = 200;
const MAX_CALLS = 4000;

/** What was seen that can act, with bounds on every list. */
export class Notes {
  readonly languages = new Languages();
  readonly #promises: { at: number; place: Place; forced: boolean; constant: boolean }[] = [];
  readonly #calls = new Map<string, CallFact>();
  readonly #activeBindings: number[] = [];
  readonly #packages = new Map<string, Named>();
  readonly #alternatives = new Map<string, Named>();
  readonly #persistent: number[] = [];
  readonly #raws: { offset: number; size: number }[] = [];
  readonly #functions = new Map<string | null, { digest: string | null; at: number; count: number; compiled: number }>();
  #compiled = 0;
  #nativeNames = 0;
  #pointers = 0;
  #dropped = 0;

  /** What is noted of it can still be said of it when more of it was read. */
  promise(at: number, place: Place): { forced: boolean; constant: boolean } {
    const promise = { at, place, forced: false, constant: false };
    this.#keep(this.#promises, promise);
    return promise;
  }

  call(name: string, place: CallPlace, at: number): void {
    const key = `${place} ${name}`;
    if (this.#calls.get(key)?.mentioned === undefined && this.#calls.has(key)) return;
    this.#name(this.#calls, key, { name, in: place, at }, MAX_CALLS);
  }

  mention(name: string, place: CallPlace, at: number): void {
    const key = `${place} ${name}`;
    if (!this.#calls.has(key)) this.#name(this.#calls, key, { name, in: place, at, mentioned: true }, MAX_CALLS);
  }

  /** @param compiled parts of it that are bytecode */
  function(at: number, digest: string | null, compiled: number): void {
    const key = this.#functions.size < MAX_KEPT || this.#functions.has(digest) ? digest : null;
    const seen = this.#functions.get(key);
    if (seen === undefined) this.#functions.set(key, { digest: key, at, count: 1, compiled });
    else {
      seen.at = Math.min(seen.at, at);
      seen.count++;
      seen.compiled += compiled;
    }
  }

  nativeName(): void {
    this.#nativeNames++;
  }

  compiledCode(): void {
    this.#compiled++;
  }

  activeBinding(at: number): void {
    this.#keep(this.#activeBindings, at);
  }

  package(name: string, at: number): void {
    if (!this.#packages.has(name)) this.#name(this.#packages, name, { name: name.slice(0, 200), at }, MAX_KEPT);
  }

  alternative(name: string, at: number): void {
    if (!this.#alternatives.has(name)) this.#name(this.#alternatives, name, { name, at }, MAX_KEPT);
  }

  pointer(): void {
    this.#pointers++;
  }

  persist(at: number): void {
    this.#keep(this.#persistent, at);
  }

  raw(offset: number, size: number): void {
    this.#keep(this.#raws, { offset, size });
  }

  facts(): Omit<RdataFacts, "size" | "workspace" | "version" | "encoding" | "endsAt"> {
    const { languages, dropped } = this.languages.facts();
    return {
      promises: this.#promises satisfies readonly PromiseFact[],
      calls: [...this.#calls.values()],
      languages,
      functions: [...this.#functions.values()] satisfies readonly FunctionFact[],
      compiled: this.#compiled,
      nativeNames: this.#nativeNames,
      activeBindings: this.#activeBindings,
      packages: [...this.#packages.values()],
      alternatives: [...this.#alternatives.values()],
      pointers: this.#pointers,
      persistent: this.#persistent,
      dropped: this.#dropped + dropped,
      raws: this.#raws,
    };
  }

  #keep<T>(list: T[], entry: T): void {
    if (list.length < MAX_KEPT) list.push(entry);
    else this.#dropped++;
  }

  #name<T>(map: Map<string, T>, key: string, entry: T, most: number): void {
    if (map.size < most || map.has(key)) map.set(key, entry);
    else this.#dropped++;
  }
}

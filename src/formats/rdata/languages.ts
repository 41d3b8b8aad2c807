import { createHash } from "node:crypto";
import type { CallFact, CallNode, CallPlace, LanguageFact, Word } from "./facts.ts";

const MAX_LANGUAGES = 4000;
const MAX_PARTS = 20_000;
const MAX_TEXT = 1 << 20;

/** A call whose parts are being read. `head` is not there until what is called was read. */
export interface OpenCall extends Omit<CallNode, "head" | "words"> {
  head?: string | null;
  readonly words: Word[];
  readonly of: OpenLanguage;
  readonly index: number;
}

interface OpenLanguage {
  readonly at: number;
  readonly in: CallFact["in"];
  readonly calls: OpenCall[];
}

/** The calls outside of functions as trees: which symbols and texts are handed to what. Trees that say the same are kept once. */
export class Languages {
  readonly #closed = new Map<string, LanguageFact>();
  readonly #open = new Set<OpenLanguage>();
  #parts = 0;
  #text = 0;
  #dropped = 0;

  /** @param holder the call that holds this one; @param asHead it stands where `holder` says what is called */
  open(at: number, place: CallPlace, holder: OpenCall | null, asHead: boolean): OpenCall {
    const of: OpenLanguage = holder?.of ?? { at, in: place, calls: [] };
    if (holder === null) this.#open.add(of);
    const call: OpenCall = { at, within: holder?.index ?? -1, asHead, words: [], of, index: of.calls.length };
    if (this.#room(0)) of.calls.push(call);
    return call;
  }

  word(call: OpenCall, name: string, kind: Word["kind"], at: number): void {
    if (this.#room(kind === "text" ? name.length : 0)) call.words.push({ name, kind, at });
  }

  /** The outermost call was read to its end. */
  close({ of }: OpenCall): void {
    this.#open.delete(of);
    const digest = digestOf(of);
    const key = `${of.in} ${digest}`;
    if (this.#closed.has(key)) this.#parts -= sizeOf(of);
    else if (this.#closed.size < MAX_LANGUAGES) this.#closed.set(key, factOf(of, digest));
    else this.#dropped++;
  }

  facts(): { readonly languages: readonly LanguageFact[]; readonly dropped: number } {
    return { languages: [...this.#closed.values(), ...[...this.#open].map((of) => factOf(of, null))], dropped: this.#dropped };
  }

  #room(text: number): boolean {
    this.#text += text;
    if (this.#parts < MAX_PARTS && this.#text < MAX_TEXT) this.#parts++;
    else this.#dropped++;
    return this.#parts < MAX_PARTS && this.#text < MAX_TEXT;
  }
}

function sizeOf({ calls }: OpenLanguage): number {
  return calls.reduce((sum, { words }) => sum + 1 + words.length, 0);
}

/** The same for calls that name the same, whatever numbers are in them. */
function digestOf({ calls }: OpenLanguage): string {
  const said = calls.map(({ head, within, asHead, words }) => [head, within, asHead, words.map(({ name, kind }) => [kind, name])]);
  return createHash("sha256").update(JSON.stringify(said)).digest("hex").slice(0, 32);
}

function factOf({ at, in: place, calls }: OpenLanguage, digest: string | null): LanguageFact {
  return {
    at,
    in: place,
    digest,
    calls: calls.map(({ at: where, head, within, asHead, words }) => ({ at: where, head: head ?? null, within, asHead, words })),
  };
}

import type { Json } from "../json.ts";

/** Texts that are remembered, the latest used last; and how long one may be. */
const MOST_TEXTS = 50_000;
const MOST_CHARACTERS = 1000;

/** Short texts by the digest of their blob: names, people, reasons are asked for again and again. What is erased has to be asked of the disk each time. */
export class KnownTexts {
  readonly #texts = new Map<string, Json>();

  /** Undefined where it is not known. */
  get(digest: string): Json | undefined {
    const text = this.#texts.get(digest);
    if (text === undefined) return undefined;
    this.#texts.delete(digest);
    this.#texts.set(digest, text);
    return text;
  }

  keep(digest: string, text: Json): void {
    if (typeof text !== "string" || text.length > MOST_CHARACTERS) return;
    this.#texts.set(digest, text);
    if (this.#texts.size <= MOST_TEXTS) return;
    const [oldest] = this.#texts.keys();
    if (oldest !== undefined) this.#texts.delete(oldest);
  }

  forget(digest: string): void {
    this.#texts.delete(digest);
  }
}

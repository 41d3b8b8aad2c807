/** The control tokens, whose ids are their places. */
export const CONTROLS = ["<|begin|>", "<|end|>", "<|user|>", "<|assistant|>"] as const;

/** A byte-level BPE vocabulary as GGUF stores it. */
export interface Vocabulary {
  /** In the order of their ids: the control tokens, the 256 bytes, then the words with all their beginnings. */
  readonly tokens: readonly string[];
  readonly merges: readonly string[];
  idOf(word: string): number;
}

/**
 * A vocabulary in which each of `words` is one token and any other text is bytes. A word is put together from left to right, so each of its beginnings
 * is a token as well; of two words that differ in a leading space alone, the one with the space must come first, or it never forms.
 */
export function vocabularyOf(words: readonly string[]): Vocabulary {
  const tokens = [...CONTROLS, ...Array.from({ length: 256 }, (_, byte) => letterOf(byte))];
  const merges = new Set<string>();
  const known = new Set<string>(tokens);
  const spelt = (word: string) => [...Buffer.from(word)].map(letterOf);
  for (const letters of words.map(spelt))
    for (let length = 2; length <= letters.length; length++) {
      const beginning = letters.slice(0, length - 1).join("");
      merges.add(`${beginning} ${letters[length - 1]}`);
      const longer = letters.slice(0, length).join("");
      if (!known.has(longer)) tokens.push(longer);
      known.add(longer);
    }
  const ids = new Map(tokens.map((token, id) => [token, id]));
  return {
    tokens,
    merges: [...merges],
    idOf(word) {
      const id = ids.get(word) ?? ids.get(spelt(word).join(""));
      if (id === undefined) throw new Error(`no token for ${JSON.stringify(word)}`);
      return id;
    },
  };
}

/** The printable letter that stands for a byte in byte-level BPE: itself, or the next one from U+0100. (GPT-2's bytes_to_unicode) */
function letterOf(byte: number): string {
  return LETTERS[byte] ?? "";
}

const LETTERS: readonly string[] = (() => {
  const isPlain = (byte: number) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPlain(byte) ? byte : next++));
})();

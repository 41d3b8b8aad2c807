/** How the header of one kind of file is laid out. None says so itself: each is tried. */
export interface Layout {
  /** A text before the numbers (the voice detector of whisper.cpp names its model). */
  readonly named: boolean;
  /** 32-bit numbers: version and hyperparameters. */
  readonly numbers: number;
  /** Whisper's filters: two sizes, and a float for each of their product. */
  readonly filters: boolean;
  /** Where the number of tokens stands: written before them, or which of the numbers it is; null where there are no tokens. */
  readonly tokens: "counted" | number | null;
  /** A float follows each token. */
  readonly scored: boolean;
  /** Data of tensors begins at multiples of this. */
  readonly alignment: 1 | 32;
  /** Blocks of quantised numbers as ggml had them before May 2023. */
  readonly oldBlocks: boolean;
}

const BOTH = [false, true] as const;
const ANY_BLOCKS = (layout: Omit<Layout, "oldBlocks">): readonly Layout[] => BOTH.map((oldBlocks) => ({ ...layout, oldBlocks }));
const plain = { named: false, filters: false, scored: false, alignment: 1 } as const;
const counts = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** llama.cpp before versions, the examples of ggml (GPT-2, GPT-J, MPT, StarCoder …), whisper.cpp and its voice detector. */
const UNVERSIONED: readonly Layout[] = [
  ...ANY_BLOCKS({ ...plain, numbers: 7, tokens: 0 }),
  ...ANY_BLOCKS({ ...plain, numbers: 11, filters: true, tokens: "counted" }),
  ...counts(4, 12).flatMap((numbers) => [
    ...ANY_BLOCKS({ ...plain, numbers, tokens: "counted" }),
    ...ANY_BLOCKS({ ...plain, numbers, tokens: 0 }),
    ...ANY_BLOCKS({ ...plain, numbers, tokens: 4 }),
    ...ANY_BLOCKS({ ...plain, numbers, tokens: "counted", scored: true }),
    ...ANY_BLOCKS({ ...plain, numbers, tokens: 0, scored: true }),
  ]),
  ...counts(0, 40).flatMap((numbers) => [
    { ...plain, numbers, tokens: null, oldBlocks: false },
    { ...plain, named: true, numbers, tokens: null, oldBlocks: false },
  ]),
];

/** llama.cpp of spring 2023: a version, seven hyperparameters of which the first counts the tokens, scores. */
const scored = { ...plain, numbers: 8, tokens: 1, scored: true } as const;

/** By the first four bytes of the file. */
export const MAGICS: Readonly<Record<string, readonly Layout[]>> = {
  lmgg: UNVERSIONED,
  fmgg: ANY_BLOCKS(scored),
  tjgg: ANY_BLOCKS({ ...scored, alignment: 32 }),
  // an adapter: version, rank and alpha
  algg: ANY_BLOCKS({ ...plain, numbers: 3, tokens: null, alignment: 32 }),
};

/** Bytes of blocks by type, before and after the change of May 2023. */
export const OLD_BLOCKS: ReadonlyMap<number, { readonly elements: number; readonly bytes: number }> = new Map([
  [2, { elements: 32, bytes: 20 }],
  [3, { elements: 32, bytes: 24 }],
  [4, { elements: 16, bytes: 10 }],
  [5, { elements: 16, bytes: 12 }],
  [8, { elements: 32, bytes: 36 }],
]);

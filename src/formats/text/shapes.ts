/** Text that a program writes in one fixed form, recognised by all of its lines. What has such a shape holds data and nothing that a loader runs. */
export interface TextShape {
  readonly id: TextShapeId;
  /** The first line, whole. */
  readonly first: RegExp;
  /** Every other line that is not blank, by its first characters (LINE_START_CHARACTERS at most). */
  readonly line: RegExp;
}

export type TextShapeId = "tiktoken" | "lightgbm" | "git-lfs-pointer" | "sentencepiece-vocab" | "checksums";

/** A line is judged by this many characters: booster dumps have lines of megabytes. */
export const LINE_START_CHARACTERS = 256;

const CHECKSUM = /^\\?(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}) [ *]\S/;

/** A new shape is one line here, with a reason. */
export const TEXT_SHAPES: readonly TextShape[] = [
  /** tiktoken rank file: base64 of the token's bytes, a space, its rank (tiktoken/load.py). */
  { id: "tiktoken", first: /^[A-Za-z0-9+/]+={0,2} \d{1,9}$/, line: /^[A-Za-z0-9+/]+={0,2}(?: \d{1,9})?$/ },
  /** LightGBM model text (GBDT::SaveModelToString): `tree`, then `name=value`, then parameters as `[name: value]`. */
  {
    id: "lightgbm",
    first: /^tree$/,
    line: /^(?:[^=\s][^=]{0,200}=|end of (?:trees|parameters)$|feature_importances:$|parameters:$|\[[a-z_0-9]{1,64}: |pandas_categorical:)/,
  },
  /** Git LFS pointer (spec/v1): stands where a large file was not downloaded. */
  {
    id: "git-lfs-pointer",
    first: /^version https:\/\/git-lfs\.github\.com\/spec\/v1$/,
    line: /^(?:oid sha256:[0-9a-f]{64}|size \d{1,16}|ext-\d-\S{1,100} sha256:[0-9a-f]{64})$/,
  },
  /** SentencePiece vocabulary dump (spm_train --vocab_format=tsv): piece, tab, score. */
  { id: "sentencepiece-vocab", first: /^[^\t]{1,200}\t-?\d[\d.e+-]{0,20}$/, line: /^[^\t]{1,200}\t-?\d[\d.e+-]{0,20}$/ },
  /** Digests and file names, as coreutils sha256sum and its relatives write them. */
  { id: "checksums", first: CHECKSUM, line: CHECKSUM },
];

/** Field numbers of sentencepiece_model.proto and the wire type of each: 0 varint, 2 length-delimited, 5 four bytes. */
export type Message = Readonly<Record<number, 0 | 2 | 5>>;

/** ModelProto.SentencePiece: piece, score, type. */
export const PIECE: Message = { 1: 2, 2: 5, 3: 0 };

/** ModelProto: pieces, trainer_spec, normalizer_spec, self_test_data, denormalizer_spec. */
export const MODEL: Message = { 1: 2, 2: 2, 3: 2, 4: 2, 5: 2 };

/** TrainerSpec. */
export const TRAINER_SPEC: Message = {
  1: 2,
  2: 2,
  3: 0,
  4: 0,
  5: 2,
  6: 0,
  7: 2,
  10: 5,
  11: 0,
  12: 0,
  13: 0,
  14: 0,
  15: 5,
  16: 0,
  17: 0,
  18: 0,
  19: 0,
  20: 0,
  21: 0,
  22: 0,
  23: 0,
  24: 0,
  25: 0,
  26: 0,
  30: 2,
  31: 2,
  32: 0,
  33: 0,
  34: 0,
  35: 0,
  36: 2,
  40: 0,
  41: 0,
  42: 0,
  43: 0,
  44: 2,
  45: 2,
  46: 2,
  47: 2,
  48: 2,
  49: 0,
  50: 0,
  51: 5,
  52: 0,
  53: 2,
  54: 2,
};

/** NormalizerSpec: name, precompiled_charsmap, add_dummy_prefix, remove_extra_whitespaces, escape_whitespaces, normalization_rule_tsv. */
export const NORMALIZER_SPEC: Message = { 1: 2, 2: 2, 3: 0, 4: 0, 5: 0, 6: 2 };

/** SelfTestData: samples. */
export const SELF_TEST: Message = { 1: 2 };

/** What a field of ModelProto holds. */
export const PARTS: Readonly<Record<number, { readonly name: string; readonly message: Message }>> = {
  1: { name: "pieces", message: PIECE },
  2: { name: "trainer_spec", message: TRAINER_SPEC },
  3: { name: "normalizer_spec", message: NORMALIZER_SPEC },
  4: { name: "self_test_data", message: SELF_TEST },
  5: { name: "denormalizer_spec", message: NORMALIZER_SPEC },
};

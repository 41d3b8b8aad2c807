/** Document types that are public, fixed and without entities of their own making: what names them is named by every program that writes such files. */
export const KNOWN_DOCUMENT_TYPES: readonly RegExp[] = [
  /^https?:\/\/www\.w3\.org\/(?:Graphics\/SVG|TR)\/[\w./-]+\.dtd$/i,
  /^https?:\/\/www\.apple\.com\/DTDs\/PropertyList-1\.0\.dtd$/i,
  /^https?:\/\/java\.sun\.com\/dtd\/properties\.dtd$/i,
];

/** An address of a document type on a server with a public name: nothing of the machine can stand in it. */
export const PUBLISHED_TYPE =
  /^https?:\/\/(?:[a-z0-9-]{1,63}\.){1,8}(?!(?:local|internal|localdomain|lan|home|corp|test)\/)[a-z]{2,24}\/[\w./~-]{1,200}\.dtd$/i;

/** Layers of published extension libraries: OpenVINO Tokenizers. https://github.com/openvinotoolkit/openvino_tokenizers */
export const PUBLISHED_LAYERS: ReadonlySet<string> = new Set(
  (
    "StringTensorPack StringTensorUnpack RaggedTensorPack BPETokenizer BytesToChars CharsToBytes CaseFold CombineSegments EqualStr FuzeRagged NormalizeUnicode NumericToString " +
    "RaggedToDense RaggedToRagged RaggedToSparse RegexNormalization RegexSplit SentencepieceDetokenizer SentencepieceStreamDetokenizer SentencepieceTokenizer " +
    "SpecialTokensSplit StringToHash TrieTokenizer Truncate UnigramTokenizer UTF8Validate VocabDecoder VocabEncoder WordpieceTokenizer ByteFallback CharsMapNormalization"
  ).split(" "),
);

import type { Rule } from "../../finding.ts";

const FORMAT = "https://github.com/ggml-org/ggml/blob/master/docs/gguf.md";

export const GGUF_RULES = {
  unowned: {
    id: "gguf-unowned-bytes",
    summary: "bytes that no tensor owns",
    gain: "A payload travels in a file that passes for a plain model, and is picked up by another program or a second stage. llama.cpp never reads these bytes.",
    check: "Cut the bytes out at the offset given and look at them.",
    references: [FORMAT],
  },
  overlap: {
    id: "gguf-overlap",
    summary: "two tensors share bytes",
    gain: "A check of one tensor says nothing about the other, and a small file can claim to be a large model. Current llama.cpp refuses the file; any reader that takes tensors one by one does not notice.",
    check: "List offsets and sizes of the tensors with gguf-dump; each must begin where the one before it ends, padded.",
    references: [FORMAT],
  },
  tensor: {
    id: "gguf-tensor",
    summary: "a tensor whose description does not fit the file",
    gain: "A loader that trusts the description computes a wrong size and reads or writes outside of the tensor's memory: llama.cpp before commit 26a48ad of July 2025 (CVE-2025-53630), and what is built on it.",
    check: "List dimensions, types and offsets with gguf-dump and compare them with the file's size.",
    references: [FORMAT, "https://github.com/ggml-org/llama.cpp/security/advisories"],
  },
  duplicate: {
    id: "gguf-duplicate",
    summary: "a key or tensor name that stands twice",
    gain: "Two loaders take different values for the same name, so what was checked is not what is loaded. Current llama.cpp refuses the file; other readers take the first or the last.",
    check: "List keys and tensors with gguf-dump and search for the name.",
    references: [FORMAT],
  },
  metadata: {
    id: "gguf-metadata",
    summary: "metadata outside of what the format allows",
    gain: "Any parser that trusts depths, lengths or the alignment overflows or exhausts memory: llama.cpp before commit a4b07c0 of January 2024 overflowed while it read a text (CVE-2024-23496), and so did what is built on it.",
    check: "Open the file with gguf-dump in a sandbox and look at the key given.",
    references: [FORMAT],
  },
  metadataContent: {
    id: "gguf-metadata-content",
    summary: "a metadata text that holds a serialised program",
    gain: "Nothing by itself: llama.cpp does not decode it, and no loader is known that does. A tool that does would run it.",
    check: "Read the key with gguf-dump, decode it, and disassemble it with pickletools.",
    references: [],
  },
  type: {
    id: "gguf-type",
    summary: "a tensor type that is not known, or that ggml removed",
    gain: "Nothing by itself; what such tensors should measure could not be checked, or current loaders refuse them.",
    check: "Look for the number in enum ggml_type of the current ggml.h.",
    references: [FORMAT],
  },
} as const satisfies Record<string, Rule>;

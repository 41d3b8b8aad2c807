import type { Rule } from "../../finding.ts";

const FORMAT = "https://github.com/huggingface/safetensors#format";

export const SAFETENSORS_RULES = {
  unowned: {
    id: "safetensors-unowned-bytes",
    summary: "bytes that no tensor owns",
    gain: "A payload travels in a file that passes for plain tensors, and is picked up by another program or a second stage. The current safetensors library refuses the file; any reader that takes tensors one by one loads it.",
    check: "Cut the bytes out at the offset given and look at them; the reference loader refuses such a file.",
    references: [FORMAT],
  },
  overlap: {
    id: "safetensors-overlap",
    summary: "two tensors share bytes",
    gain: "A check of one tensor says nothing about the other, and a small file can claim to be a large model. The current safetensors library refuses the file; any reader that takes tensors one by one does not notice.",
    check: "Compare the data_offsets of the two tensors in the header; the reference loader refuses such a file.",
    references: [FORMAT],
  },
  span: {
    id: "safetensors-span",
    summary: "a tensor whose description and bytes disagree",
    gain: "Any loader that trusts the shape reads or writes outside of the tensor's memory; the safetensors library refuses the file.",
    check: "Multiply the shape with the size of the dtype and compare it with data_offsets and the size of the file.",
    references: [FORMAT],
  },
  duplicateKey: {
    id: "safetensors-duplicate-key",
    summary: "a name that stands twice in the header",
    gain: "Two loaders take different tensors for the same name, so what was checked is not what is loaded. The format of safetensors forbids it, but not all its parsers respect that; Python's json takes the last.",
    check: "Print the header (the bytes from 8 on) and search for the name.",
    references: [FORMAT],
  },
  headerText: {
    id: "safetensors-header-text",
    summary: "a header that is not strict JSON in UTF-8",
    gain: "Lenient and strict loaders read different headers: the safetensors library refuses what is not JSON in UTF-8, any reader of one's own may not.",
    check: "Give the header (the bytes from 8 on) to a strict JSON parser.",
    references: [FORMAT],
  },
  tensorName: {
    id: "safetensors-tensor-name",
    summary: "a tensor name that is a path or a name with a meaning to the language",
    gain: "A tool that writes tensors to files by name, or sets attributes by name, writes where or what the attacker wants. The safetensors library does neither; none of the known loaders does.",
    check: "List the tensor names and ask what the code that loads them does with each.",
    references: [],
  },
  metadata: {
    id: "safetensors-metadata",
    summary: "metadata that is not a map of texts to texts",
    gain: "Programs that trust the format's promise misread it; structured values can carry options to a loader. The safetensors library refuses such a file; any reader of one's own may not.",
    check: "Print __metadata__ of the header; every value must be a text.",
    references: [FORMAT],
  },
  metadataContent: {
    id: "safetensors-metadata-content",
    summary: "metadata that holds an address, a script or a serialised program",
    gain: "Nothing by itself: loading does not run it, with safetensors or any loader that is known. A tool that decodes, displays or fetches it might.",
    check: "Read the entry of __metadata__ and ask which program uses it.",
    references: [],
  },
  dtype: {
    id: "safetensors-dtype",
    summary: "a dtype that is not known",
    gain: "Nothing by itself; whether such tensors have the size that they claim could not be checked.",
    check: "Look for the dtype in the current release of the safetensors library.",
    references: [FORMAT],
  },
} as const satisfies Record<string, Rule>;

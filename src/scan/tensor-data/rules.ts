import type { Rule } from "../../finding.ts";

export const TENSOR_DATA_RULES = {
  unowned: {
    id: "tensor-data-unowned",
    summary: "bytes in a file of tensor data that no tensor owns",
    gain: "A payload travels in a file that passes for plain weights, and is picked up by another program or a second stage. Any loader that goes by the index never reads these bytes.",
    check: "Cut the bytes out at the offset given and look at them; compare the spans that the index lists with the file's size.",
    references: [],
  },
  range: {
    id: "tensor-data-range",
    summary: "a tensor that lies outside of the file which should hold it",
    gain: "The download is cut, or any reader that trusts the index reads outside of the file's memory.",
    check: "Compare the file's size with offset and length of the tensor in the index.",
    references: [],
  },
} as const satisfies Record<string, Rule>;

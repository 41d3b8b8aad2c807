import type { Rule } from "../../finding.ts";

export const TORCH_RULES = {
  unowned: {
    id: "torch-storage-unowned",
    summary: "bytes in a torch archive, where tensors lie, that no tensor owns",
    gain: "A payload rides along in a file that torch.load takes, in every version, as if nothing were there, until a second stage or an exploit reads it from this place.",
    check: "Load the file in a throw-away sandbox, save it again, and compare the sizes of the members with `unzip -lv`.",
    references: ["https://arxiv.org/abs/2107.08590"],
  },
  shortStorage: {
    id: "torch-storage-short",
    summary: "a tensor that is longer than the bytes in the archive",
    gain: "torch.load fails, or reads past the storage; the file was cut or put together by hand.",
    check: "Compare size and digest with what the publisher states; download it again.",
    references: [],
  },
  missingStorage: {
    id: "torch-storage-missing",
    summary: "tensors whose bytes are not in the archive",
    gain: "Nothing by itself: loading fails unless the bytes come from elsewhere.",
    check: "List the archive with `unzip -l` and look for the members named here.",
    references: [],
  },
} as const satisfies Record<string, Rule>;

import type { Rule } from "../../finding.ts";

export const TORCH_RULES = {
  shortStorage: {
    id: "torch-storage-short",
    summary: "a tensor that is longer than the bytes in the archive",
    gain: "Loading fails, or reads past the storage; the file was cut or put together by hand.",
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

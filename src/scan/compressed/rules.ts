import type { Rule } from "../../finding.ts";

export const COMPRESSED_RULES = {
  trailing: {
    id: "compressed-trailing",
    summary: "bytes behind the end of a compressed stream",
    gain: "Any reader that stops at the end of the stream says nothing of it: what follows travels unseen, and another reader or a second stage picks it up.",
    check: "Cut the bytes out at the offset given and look at them; `gzip -t` or `xz -t` warn of them.",
    references: [],
  },
} as const satisfies Record<string, Rule>;

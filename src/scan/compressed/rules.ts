import type { Rule } from "../../finding.ts";

export const COMPRESSED_RULES = {
  trailing: {
    id: "compressed-trailing",
    summary: "bytes behind the end of a compressed stream",
    gain: "Readers stop at the end of the stream and say nothing: what follows travels unseen, and another reader or a second stage picks it up.",
    check: "Cut the bytes out at the offset given and look at them; `gzip -t` or `xz -t` warn of them.",
    references: [],
  },
  bomb: {
    id: "compressed-bomb",
    summary: "a compressed stream that inflates out of all proportion",
    gain: "Whatever loads it runs out of memory or disk, and a scanner may give up before it reaches a payload at the end.",
    check: "Count the bytes without keeping them: `gzip -dc FILE | wc -c`.",
    references: ["https://cwe.mitre.org/data/definitions/409.html"],
  },
} as const satisfies Record<string, Rule>;

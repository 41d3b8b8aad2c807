import type { Rule } from "../../finding.ts";

export const ENCODED_RULES = {
  program: {
    id: "encoded-program",
    summary: "a text that holds a program in base64 or hexadecimal",
    gain: "Nothing by itself, and no loader of models is known that decodes it: a program that decodes the text and loads or starts what comes out runs it. Payloads travel so past checks of formats.",
    check:
      "Copy the letters from the offset given, decode them with `base64 -d` or `xxd -r -p`, and disassemble the result with `python3 -m pickletools`.",
    references: ["https://attack.mitre.org/techniques/T1027/"],
  },
} as const satisfies Record<string, Rule>;

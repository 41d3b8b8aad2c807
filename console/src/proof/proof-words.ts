import type { Word } from "../words/words.ts";
import type { CheckState, ProofReport } from "./verify-entry.ts";

/** What came of one check: never one word for the other. */
export const CHECK_STATE: Readonly<Record<CheckState, Word>> = {
  verified: { word: "Verified", tone: "good", shape: "circle" },
  failed: { word: "FAILED", tone: "bad", shape: "octagon" },
  "not-checked": { word: "Not checked", tone: "soft", shape: "question" },
};

/** What came of all checks of one proof. */
export const PROOF_OUTCOME: Readonly<Record<ProofReport["outcome"], Word & { readonly says: string }>> = {
  verified: {
    word: "Verified in this browser",
    tone: "good",
    shape: "circle",
    says: "Computed here from the bytes of the entry; the server's word was not taken for it.",
  },
  partly: { word: "Partly verified", tone: "wait", shape: "triangle", says: "Nothing failed, but not all could be checked here." },
  failed: {
    word: "NOT VERIFIED",
    tone: "bad",
    shape: "octagon",
    says: "What the server sent does not hold together. Do not rely on this page: verify the ticket on another machine, and tell whoever runs this installation.",
  },
};

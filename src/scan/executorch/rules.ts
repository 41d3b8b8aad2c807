import type { Rule } from "../../finding.ts";

export const EXECUTORCH_RULES = {
  structure: {
    id: "executorch-structure",
    summary: "an ExecuTorch program whose tables do not agree with each other",
    gain: "The runtime follows these offsets into memory; releases before 1.0 did so without checks (CVE-2025-30402, CVE-2025-54949, CVE-2025-54950).",
    check: "Load the program in a sandbox with the current runtime and verification switched on (`Program::Verification::InternalConsistency`).",
    references: ["https://nvd.nist.gov/vuln/detail/CVE-2025-30402", "https://nvd.nist.gov/vuln/detail/CVE-2025-54949"],
  },
  delegate: {
    id: "executorch-delegate",
    summary: "a part of an ExecuTorch program that was compiled for a device",
    gain: "ExecuTorch, in every version, hands the bytes to a backend with a driver or a processor of its own: what runs there is not in any form that can be examined here.",
    check: "Ask the publisher for the program without this backend, and lower it yourself.",
    references: ["https://docs.pytorch.org/executorch/stable/compiler-delegate-and-partitioner.html"],
  },
  operator: {
    id: "executorch-operator",
    summary: "an operator of an ExecuTorch program that no published library has",
    gain: "ExecuTorch runs the program only with native code from elsewhere that registers the operator; it refuses it otherwise.",
    check: "Ask the publisher which library registers it, and whether you trust it.",
    references: ["https://docs.pytorch.org/executorch/stable/kernel-library-custom-aten-kernel.html"],
  },
} as const satisfies Record<string, Rule>;

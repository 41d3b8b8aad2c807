import type { Rule } from "../../finding.ts";

export const MAR_RULES = {
  handler: {
    id: "mar-handler",
    summary: "a model archive that brings its own handler",
    gain: "TorchServe, in every version, imports the handler when the model is registered and runs it for every request, with all rights of the server. It is no longer maintained.",
    check: "Read the file that is named inside of the archive; the handlers that TorchServe itself has are named without a file.",
    references: ["https://github.com/pytorch/serve/blob/master/docs/custom_service.md"],
  },
  path: {
    id: "mar-path",
    summary: "a manifest of a model archive that names a file outside of it",
    gain: "TorchServe loads or runs a file of the machine that it stands on, or one that it fetches. It is no longer maintained.",
    check: "Look at MAR-INF/MANIFEST.json: all files that it names lie at the root of the archive.",
    references: ["https://cwe.mitre.org/data/definitions/22.html"],
  },
} as const satisfies Record<string, Rule>;

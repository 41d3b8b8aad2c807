import type { TreeProblem } from "../artifact/measure.ts";
import { type Finding, findingOf, type Rule, type Severity } from "../finding.ts";

/** Rules about the tree on disk itself. */
export const TREE_RULES = {
  "link-followed": {
    id: "link-followed",
    summary: "a link that counts as the file that it leads to",
    gain: "Nothing: the file lies inside the artifact or in the hub cache's own blobs.",
    check: "Follow it with readlink.",
    references: ["https://huggingface.co/docs/huggingface_hub/guides/manage-cache"],
  },
  "folder-link": {
    id: "folder-link",
    summary: "a link to a folder, recorded and not descended",
    gain: "What lies behind it is loaded as part of the model, by any loader that opens files by their path, but is not part of what was hashed and examined.",
    check: "Replace the link by the folder itself, or remove it.",
    references: [],
  },
  link: {
    id: "foreign-link",
    summary: "a link that leads out of the artifact or nowhere",
    gain: "Any loader that follows it reads a file of the machine (keys, other models), or whatever is put there later.",
    check: "Look at its target with readlink; replace it by the file itself, or remove it.",
    references: [],
  },
  special: {
    id: "special-file",
    summary: "a device, socket or pipe",
    gain: "Opening it can hang any loader or act on the machine; no model needs one.",
    check: "Remove it.",
    references: [],
  },
  unreadable: {
    id: "unreadable",
    summary: "a file or folder that could not be read",
    gain: "It was neither hashed nor examined, and any loader that runs as another account may be able to load it.",
    check: "Give the account that runs Weighbridge permission to read it.",
    references: [],
  },
  "changed-while-read": {
    id: "changed-while-read",
    summary: "a file that changed while it was read",
    gain: "What was hashed is then not certain to be what was examined: swapping a file between the two is how a check is passed with other bytes, whatever loader reads it next.",
    check: "Let the download finish, or stop the process that writes, and run again.",
    references: [],
  },
} as const satisfies Record<TreeProblem["kind"], Rule>;

const SEVERITY: Readonly<Record<TreeProblem["kind"], Severity>> = {
  "link-followed": "info",
  "folder-link": "medium",
  link: "medium",
  special: "medium",
  unreadable: "high",
  "changed-while-read": "high",
};

export function findingOfProblem({ kind, path, what }: TreeProblem): Finding {
  const title = `${TREE_RULES[kind].summary}: ${what}`;
  return findingOf(TREE_RULES[kind], {
    severity: SEVERITY[kind],
    where: { path },
    title: title.charAt(0).toUpperCase() + title.slice(1),
    proof: { kind, what },
  });
}

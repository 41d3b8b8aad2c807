import { type Finding, SEVERITIES, type Severity } from "../finding.ts";
import type { Json } from "../json.ts";
import type { Acceptance } from "../scan/baseline.ts";
import type { Examination } from "../scan/examination.ts";
import { code, text } from "./html-text.ts";
import { unexaminedOnce } from "./unexamined.ts";

/** Findings that are shown open: the first of so many rules. The others open when somebody asks. */
const MAX_OPEN = 2;
const MAX_PROOF = 4000;

/** What was found, worst first. What was not looked at has a section of its own. */
export function findingsSection({ findings, coverage }: Examination, accepted: ReadonlyMap<Finding, Acceptance>): string {
  const shown = findings.filter((finding) => finding.rule !== "not-examined");
  if (shown.length === 0)
    return `<section><h2>Findings</h2><p>${coverage.status === "complete" ? "Nothing was found." : "Nothing was found in what was looked at."}</p></section>`;
  const open = new Set<string>();
  const cards = shown.map((finding) => {
    const first = open.size < MAX_OPEN && !open.has(finding.rule) && isGrave(finding.severity);
    if (first) open.add(finding.rule);
    return card(finding, { open: first, accepted: accepted.get(finding) });
  });
  return `<section><h2>Findings <span class="count">${shown.length}</span></h2>${cards.join("\n")}</section>`;
}

function isGrave(severity: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf("medium");
}

function card(finding: Finding, { open, accepted }: { readonly open: boolean; readonly accepted: Acceptance | undefined }): string {
  const { severity, where, title, explanation, proof, references, rule } = finding;
  const place = `${where.path === "" ? "the artifact" : where.path}${where.offset === undefined ? "" : ` at byte ${where.offset}`}`;
  return `<details class="finding ${severity}"${open ? " open" : ""}><summary><span class="severity">${severity}</span><span class="title">${text(title)}</span><span class="where">${code(place)}</span></summary>
<div class="body">${acceptedNote(accepted)}<p>${text(explanation)}</p>
<p class="fine">Rule ${code(rule)}${references.map((reference) => ` · ${link(reference)}`).join("")}</p>${proof === null ? "" : `<details class="proof"><summary>Proof</summary><pre>${proofText(proof)}</pre></details>`}</div></details>`;
}

function proofText(proof: Json): string {
  return JSON.stringify(proof, null, 1).slice(0, MAX_PROOF).split("\n").map(text).join("\n");
}

/** Only an address is a link, and whoever follows it tells nobody where from. */
function link(reference: string): string {
  return /^https:\/\/[\w.-]+\//.test(reference) ? `<a href="${text(reference)}" rel="noreferrer noopener">${text(reference)}</a>` : text(reference);
}

/** What was not looked at, by reason: many files often have the same. */
export function unexaminedSection(examination: Examination, accepted: ReadonlyMap<Finding, Acceptance>): string {
  const parts = unexaminedOnce(examination);
  if (parts.length === 0) return "";
  const worst = examination.findings.find((finding) => finding.rule === "not-examined")?.severity;
  const acceptances = new Map([...accepted].flatMap(([{ rule, where }, acceptance]) => (rule === "not-examined" ? [[where.path, acceptance]] : [])));
  const reasons = [...Map.groupBy(parts, ({ path, why }) => `<dt>${text(why)}${acceptedNote(acceptances.get(path))}</dt>`)].map(
    ([reason, list]) => `<div>${reason}<dd>${list.map(({ path }) => code(path === "" ? "the artifact" : path)).join(" ")}</dd></div>`,
  );
  const mark = worst === undefined ? "" : ` <span class="severity ${worst}">${worst}</span>`;
  return `<section><h2>Not looked at <span class="count">${parts.length}</span>${mark}</h2><dl class="unexamined">${reasons.join("\n")}</dl></section>`;
}

function acceptedNote(acceptance: Acceptance | undefined): string {
  if (acceptance === undefined) return "";
  return `<p class="accepted">Accepted until ${text(acceptance.expires)} by ${text(acceptance.approver)}: ${text(acceptance.reason)}</p>`;
}

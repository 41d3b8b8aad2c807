import { type Finding, SEVERITIES, type Severity } from "../finding.ts";
import type { Json } from "../json.ts";
import type { Acceptance } from "../scan/baseline.ts";
import type { Examination } from "../scan/examination.ts";
import { type FindingGroup, groupsOf, ownWords, placeOf } from "./finding-groups.ts";
import { code, text } from "./html-text.ts";
import { plural } from "./quantities.ts";
import { unexaminedOnce } from "./unexamined.ts";

/** Findings that are shown open: the first of so many rules. The others open when somebody asks. */
const MAX_OPEN = 2;
const MAX_PROOF = 4000;
const MAX_PLACES = 200;

/** What was found, worst first. What was not looked at has a section of its own. */
export function findingsSection({ findings, coverage }: Examination, accepted: ReadonlyMap<Finding, Acceptance>): string {
  const shown = findings.filter((finding) => finding.rule !== "not-examined");
  if (shown.length === 0)
    return `<section><h2>Findings</h2><p>${coverage.status === "complete" ? "Nothing was found." : "Nothing was found in what was looked at."}</p></section>`;
  const open = new Set<string>();
  const cards = groupsOf(shown).map((group) => {
    const { rule, severity } = group.first;
    const first = open.size < MAX_OPEN && !open.has(rule) && isGrave(severity);
    if (first) open.add(rule);
    return card(group, accepted, first);
  });
  return `<section><h2>Findings <span class="count">${shown.length}</span></h2>${cards.join("\n")}</section>`;
}

function isGrave(severity: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf("medium");
}

function card({ first, findings }: FindingGroup, accepted: ReadonlyMap<Finding, Acceptance>, open: boolean): string {
  const { severity, title, explanation, proof, references, rule } = first;
  const more = findings.length === 1 ? "" : ` <span class="more">and ${plural(findings.length - 1, "more place")}</span>`;
  return `<details class="finding ${severity}"${open ? " open" : ""}><summary><span class="severity">${severity}</span><span class="title">${text(title)}</span><span class="where">${code(placeOf(first))}${more}</span></summary>
<div class="body">${acceptedNote(accepted.get(first))}<p>${text(explanation)}</p>${places(findings, explanation, accepted)}
<p class="fine">Rule ${code(rule)}${references.map((reference) => ` · ${link(reference)}`).join("")}</p>${proof === null ? "" : `<details class="proof"><summary>Proof${findings.length === 1 ? "" : " of the first"}</summary><pre>${proofText(proof)}</pre></details>`}</div></details>`;
}

/** The places behind the first, each with what is said of it alone. */
function places(findings: readonly Finding[], told: string, accepted: ReadonlyMap<Finding, Acceptance>): string {
  if (findings.length === 1) return "";
  const rows = findings.slice(1, MAX_PLACES).map((finding) => {
    const own = ownWords(finding.explanation, told);
    return `<li>${code(placeOf(finding))}${own === "" ? "" : `<span class="own">${text(own)}</span>`}${acceptedNote(accepted.get(finding))}</li>`;
  });
  const left = findings.length - 1 - rows.length;
  return `<p>Also in:</p><ul class="places">${rows.join("\n")}${left > 0 ? `<li>and ${plural(left, "more place")}: --json has all</li>` : ""}</ul>`;
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

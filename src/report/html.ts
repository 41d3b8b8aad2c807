import { createHash } from "node:crypto";
import type { ManifestEntry } from "../artifact/artifact.ts";
import { type Finding, SEVERITIES } from "../finding.ts";
import type { Decision, Reason } from "../policy/decision.ts";
import type { Acceptance } from "../scan/baseline.ts";
import { type Examination, type Verdict, verdictOf } from "../scan/examination.ts";
import { findingsSection, unexaminedSection } from "./html-findings.ts";
import { PAGE_CSS } from "./html-style.ts";
import { code, shortDigest, text } from "./html-text.ts";
import { bytesText, plural } from "./quantities.ts";
import { bySay, declaredText, type Headline, OUTCOME_TONE, sizeText, VERDICT_TONE, waiverText } from "./terminal.ts";
import { unexaminedOnce } from "./unexamined.ts";

export interface HtmlInput {
  /** The path as the user gave it. */
  readonly source: string;
  readonly examination: Examination;
  /** What a baseline accepts of it. */
  readonly accepted?: ReadonlyMap<Finding, Acceptance>;
  /** Set where more than a scan was done. */
  readonly decision?: Decision;
  /** Where the signed ticket lies. */
  readonly ticket?: string;
}

const RANK: Readonly<Record<Headline["tone"], number>> = { bad: 0, wait: 1, good: 2 };

/**
 * One self-contained page, the worst of several models first: no script, no request, everything from the artifact escaped. A content security policy refuses the rest,
 * should an escape ever be missed.
 */
export function htmlReport(given: readonly HtmlInput[]): string {
  const inputs = given.toSorted((a, b) => RANK[headline(a).tone] - RANK[headline(b).tone]);
  const hash = createHash("sha256").update(PAGE_CSS).digest("base64");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="Weighbridge">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(titleOf(inputs))} – Weighbridge</title>
<style>${PAGE_CSS}</style>
</head>
<body>
<main>
${inputs.length > 1 ? contents(inputs) : ""}
${inputs.map(article).join("\n")}
</main>
<footer>Weighbridge ${text(inputs[0]?.examination.tool.version ?? "")}, rules ${code(shortDigest(inputs[0]?.examination.tool.rules ?? ""))}. The same bytes give the same findings.</footer>
</body>
</html>
`;
}

/** `Block: falcon`, `1 Block, 2 Pass` */
function titleOf(inputs: readonly HtmlInput[]): string {
  const [only] = inputs;
  if (inputs.length === 1 && only !== undefined) return `${headline(only).word}: ${only.source}`;
  return [...Map.groupBy(inputs, (input) => headline(input).word)].map(([word, list]) => `${list.length} ${word}`).join(", ");
}

/** More that pass are folded away: what stands against something is what somebody looks for. */
const MAX_OPEN_GOOD = 10;

/** Where to find each model. */
function contents(inputs: readonly HtmlInput[]): string {
  const items = inputs.map((input, i) => {
    const { word, tone } = headline(input);
    return {
      tone,
      html: `<li class="${tone}"><span class="mark" aria-hidden="true"></span><strong>${word}</strong> <a href="#model-${i + 1}">${text(input.source)}</a></li>`,
    };
  });
  const listOf = (some: readonly { readonly html: string }[]) => (some.length === 0 ? "" : `<ul>${some.map(({ html }) => html).join("")}</ul>`);
  const [open, good] = [items.filter(({ tone }) => tone !== "good"), items.filter(({ tone }) => tone === "good")];
  if (good.length <= MAX_OPEN_GOOD) return `<nav aria-label="Models">${listOf(items)}</nav>`;
  return `<nav aria-label="Models">${listOf(open)}<details${open.length === 0 ? " open" : ""}><summary>${good.length} of ${inputs.length} have nothing against them</summary>${listOf(good)}</details></nav>`;
}

function article(input: HtmlInput, i: number): string {
  const { examination, source, decision, accepted = new Map() } = input;
  const { word, tone, lead } = headline(input);
  return `<article id="model-${i + 1}">
<header class="${tone}">
<p class="word"><span class="mark" aria-hidden="true"></span>${word}</p>
<h1>${text(source)}</h1>
<p class="digest">${code(examination.artifact.digest)}</p>
<p class="lead">${text(lead)}</p>
${counts(examination)}
</header>
${findingsSection(examination, accepted)}
${unexaminedSection(examination, accepted)}
${decision === undefined ? "" : reasons(decision, input.ticket)}
${facts(examination)}
${files(examination)}
</article>`;
}

interface Said extends Pick<Headline, "word" | "tone"> {
  /** What decided it, in a sentence. */
  readonly lead: string;
}

const LEAD: Readonly<Record<Verdict, string>> = {
  pass: "Nothing that stands against it was found, and all of it was examined.",
  review: "A person has to look before it is used.",
  block: "Do not load it.",
};

function headline({ examination: { findings, coverage }, decision }: HtmlInput): Said {
  if (decision !== undefined) {
    const [first] = bySay(decision.reasons);
    const word = { allow: "Allowed", hold: "On hold", deny: "Denied" }[decision.outcome];
    return { word, tone: OUTCOME_TONE[decision.outcome], lead: first?.text ?? "" };
  }
  const verdict = verdictOf(findings, coverage);
  const lead = coverage.status === "interrupted" ? "The examination was interrupted: this says nothing of what was not reached." : LEAD[verdict];
  return { word: { pass: "Pass", review: "Review", block: "Block" }[verdict], tone: VERDICT_TONE[verdict], lead };
}

/** How much was found, by severity, and how much was not looked at. */
function counts(examination: Examination): string {
  const shown = examination.findings.filter((finding) => finding.rule !== "not-examined");
  const chips = SEVERITIES.map((severity) => [severity, shown.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `<li class="${severity}"><strong>${count}</strong> ${severity}</li>`);
  const left = unexaminedOnce(examination).length;
  const all = [...chips, ...(left === 0 ? [] : [`<li class="left"><strong>${left}</strong> not looked at</li>`])];
  return all.length === 0 ? "" : `<ul class="counts">${all.join("")}</ul>`;
}

function reasons(decision: Decision, ticket: string | undefined): string {
  const rows = bySay(decision.reasons).map((reason) => {
    const waiver = waiverText(reason, decision.outcome);
    return `<li>${text(reason.text)} ${waiver === "" ? "" : `<em>${text(waiver)}</em> `}<span class="policy">${EFFECT[reason.effect]} ${code(reason.policy)}</span></li>`;
  });
  return `<section><h2>Why</h2><ul class="reasons">${rows.join("")}</ul>
${table([
  ["Decided", text(decision.evaluatedAt)],
  ["Context", code(decision.context)],
  ["Policy set", code(decision.policySet)],
  ...(ticket === undefined ? [] : [["Ticket", code(ticket)] as const]),
])}</section>`;
}

const EFFECT: Readonly<Record<Reason["effect"], string>> = {
  permit: "permitted by",
  forbid: "forbidden by",
  error: "error in",
  "default-deny": "denied by",
};

/** Names, and values that are markup already. */
function table(rows: readonly (readonly [name: string, value: string])[]): string {
  return `<dl class="facts">${rows.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join("")}</dl>`;
}

function facts(examination: Examination): string {
  const { artifact, coverage, tool } = examination;
  const rows = [
    ["Size", text(sizeText(examination))],
    ["Says of itself", text(declaredText(examination) || "nothing of its licence or its base model")],
    [
      "Coverage",
      coverage.status === "complete" ? "everything was examined" : `${coverage.status}: ${plural(coverage.unexamined.length, "part")} not examined`,
    ],
    ["OpenSSF signing root", artifact.omsRoot === null ? "none: this tree cannot be described by it" : code(artifact.omsRoot)],
    ["Rules", code(tool.rules)],
    ["Limits", code(tool.limits)],
  ] as const;
  return `<section><h2>What it is</h2>${table(rows)}</section>`;
}

/** More are folded away. */
const MAX_OPEN_ROWS = 20;
const MAX_ROWS = 2000;

function files({ artifact, formats }: Examination): string {
  const { entries } = artifact.manifest;
  const rows = entries.slice(0, MAX_ROWS).map((entry) => `<tr>${fileCells(entry, formats[entry.path] ?? [])}</tr>`);
  const more = entries.length - rows.length;
  const list = `<div class="scroll"><table><thead><tr><th>Path</th><th>Format</th><th class="n">Size</th><th>SHA-256</th></tr></thead><tbody>${rows.join("\n")}</tbody></table></div>${more > 0 ? `<p class="fine">and ${more} more, in the manifest</p>` : ""}`;
  return `<section><details class="files"${entries.length <= MAX_OPEN_ROWS ? " open" : ""}><summary><h2>Files <span class="count">${entries.length}</span></h2></summary>${list}</details></section>`;
}

function fileCells(entry: ManifestEntry, formats: readonly string[]): string {
  if (entry.type === "file")
    return `<td>${code(entry.path)}</td><td>${text(formats.join(", "))}</td><td class="n">${bytesText(entry.size)}</td><td title="${text(entry.sha256)}">${code(entry.sha256)}</td>`;
  return `<td>${code(entry.path)}</td><td>${text(entry.type)}</td><td></td><td>${"target" in entry ? code(entry.target) : ""}</td>`;
}

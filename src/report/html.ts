import { createHash } from "node:crypto";
import type { ManifestEntry } from "../artifact/artifact.ts";
import { forHtml, visible } from "../escape.ts";
import { type Finding, SEVERITIES, type Severity } from "../finding.ts";
import type { Decision } from "../policy/decision.ts";
import { type Examination, verdictOf } from "../scan/examination.ts";
import { PAGE_CSS } from "./html-style.ts";
import { bytesText, countText, plural } from "./quantities.ts";
import { bySay, OUTCOME_TONE, VERDICT_TONE, waiverText } from "./terminal.ts";

export interface HtmlInput {
  /** The path as the user gave it. */
  readonly source: string;
  readonly examination: Examination;
  /** Set where more than a scan was done. */
  readonly decision?: Decision;
  /** Where the signed ticket lies. */
  readonly ticket?: string;
}

/**
 * One self-contained page: no script, no request, everything from the artifact escaped. A content security policy refuses the rest,
 * should an escape ever be missed.
 */
export function htmlReport(inputs: readonly HtmlInput[]): string {
  const hash = createHash("sha256").update(PAGE_CSS).digest("base64");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(inputs.map(({ source }) => source).join(", "))} – Weighbridge</title>
<style>${PAGE_CSS}</style>
</head>
<body>
<main>
${inputs.map(article).join("\n")}
</main>
<footer>Weighbridge ${text(inputs[0]?.examination.tool.version ?? "")}. Rules ${code(shortDigest(inputs[0]?.examination.tool.rules ?? ""))}. The same bytes give the same findings.</footer>
</body>
</html>
`;
}

function article(input: HtmlInput): string {
  const { examination, source } = input;
  const { word, tone } = headline(input);
  return `<article>
<header class="${tone}">
<p class="word"><span class="mark" aria-hidden="true"></span>${word}</p>
<h1>${text(source)}</h1>
<p class="digest">${code(examination.artifact.digest)}</p>
</header>
${facts(examination)}
${input.decision === undefined ? "" : reasons(input.decision, input.ticket)}
${findings(examination.findings)}
${unexamined(examination)}
${files(examination)}
</article>`;
}

function headline({ examination, decision }: HtmlInput): { readonly word: string; readonly tone: string } {
  if (decision !== undefined)
    return { word: { allow: "Allowed", hold: "On hold", deny: "Denied" }[decision.outcome], tone: OUTCOME_TONE[decision.outcome] };
  const verdict = verdictOf(examination.findings, examination.coverage);
  return { word: { pass: "Pass", review: "Review", block: "Block" }[verdict], tone: VERDICT_TONE[verdict] };
}

function facts({ artifact, formats, parameters, findings, coverage }: Examination): string {
  const entries = artifact.manifest.entries.filter((entry) => entry.type === "file");
  const counts = SEVERITIES.map((severity) => ({ severity, count: findings.filter((finding) => finding.severity === severity).length })).filter(
    ({ count }) => count > 0,
  );
  const rows: readonly (readonly [string, string])[] = [
    ["Files", `${entries.length}, ${bytesText(entries.reduce((sum, entry) => sum + entry.size, 0))}`],
    ["Formats", [...new Set(Object.values(formats).flat())].sort().join(", ") || "none recognised"],
    ...(parameters === 0 ? [] : [["Parameters", countText(parameters)] as const]),
    ["Findings", counts.length === 0 ? "none" : counts.map(({ severity, count }) => `${count} ${severity}`).join(", ")],
    [
      "Coverage",
      coverage.status === "complete" ? "everything was examined" : `${coverage.status}: ${plural(coverage.unexamined.length, "part")} not examined`,
    ],
    ["OpenSSF signing root", artifact.omsRoot ?? "none: this tree cannot be described by it"],
  ];
  return `<dl class="facts">${rows.map(([name, value]) => `<div><dt>${text(name)}</dt><dd>${value.startsWith("sha256:") ? code(value) : text(value)}</dd></div>`).join("")}</dl>`;
}

function reasons(decision: Decision, ticket: string | undefined): string {
  const rows = bySay(decision.reasons).map((reason) => {
    const waiver = waiverText(reason, decision.outcome);
    return `<li><strong>${code(reason.policy)}</strong> <span class="effect">${text(reason.effect)}</span> ${text(reason.text)} ${waiver === "" ? "" : `<em>${text(waiver)}</em>`}</li>`;
  });
  return `<section><h2>Why</h2><ul class="reasons">${rows.join("")}</ul>
<p class="fine">Decided ${text(decision.evaluatedAt)} on context ${code(shortDigest(decision.context))} by policy set ${code(shortDigest(decision.policySet))}.${ticket === undefined ? "" : ` Ticket: ${code(ticket)}`}</p></section>`;
}

function findings(all: readonly Finding[]): string {
  if (all.length === 0) return "<section><h2>Findings</h2><p>Nothing was found.</p></section>";
  const groups = SEVERITIES.map((severity) => ({ severity, list: all.filter((finding) => finding.severity === severity) })).filter(
    ({ list }) => list.length > 0,
  );
  return `<section><h2>Findings</h2>${groups.map(({ severity, list }) => list.map((finding) => findingCard(finding, severity)).join("")).join("")}</section>`;
}

function findingCard(finding: Finding, severity: Severity): string {
  const open = severity === "critical" || severity === "high" || severity === "medium" ? " open" : "";
  const place = finding.where.offset === undefined ? finding.where.path : `${finding.where.path} at byte ${finding.where.offset}`;
  const proof = finding.proof === null ? "" : `<pre>${JSON.stringify(finding.proof, null, 1).slice(0, 4000).split("\n").map(text).join("\n")}</pre>`;
  const links = finding.references.map((reference) => `<li>${code(reference)}</li>`).join("");
  return `<details class="finding ${severity}"${open}><summary><span class="severity">${severity}</span> <span class="title">${text(finding.title)}</span></summary>
<p class="where">${code(place === "" ? "the artifact" : place)} <span class="rule">${text(finding.rule)}</span></p>
<p>${text(finding.explanation)}</p>${proof}${links === "" ? "" : `<ul class="references">${links}</ul>`}</details>`;
}

function unexamined({ coverage }: Examination): string {
  if (coverage.unexamined.length === 0) return "";
  return `<section><h2>Not looked at</h2><ul class="unexamined">${coverage.unexamined.map(({ path, why }) => `<li>${code(path)} ${text(why)}</li>`).join("")}</ul></section>`;
}

function files({ artifact, formats }: Examination): string {
  const rows = artifact.manifest.entries.slice(0, MAX_ROWS).map((entry) => `<tr>${fileCells(entry, formats[entry.path] ?? [])}</tr>`);
  const more = artifact.manifest.entries.length - rows.length;
  return `<section><h2>Files</h2><div class="scroll"><table><thead><tr><th>Path</th><th>Format</th><th class="n">Size</th><th>SHA-256</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>${more > 0 ? `<p class="fine">and ${more} more, in the manifest</p>` : ""}</section>`;
}

const MAX_ROWS = 2000;

function fileCells(entry: ManifestEntry, formats: readonly string[]): string {
  if (entry.type === "file")
    return `<td>${code(entry.path)}</td><td>${text(formats.join(", "))}</td><td class="n">${bytesText(entry.size)}</td><td title="${text(entry.sha256)}">${code(entry.sha256)}</td>`;
  return `<td>${code(entry.path)}</td><td>${text(entry.type)}</td><td></td><td>${"target" in entry ? code(entry.target) : ""}</td>`;
}

/** Controls and bidirectional marks are made visible, then markup is escaped. */
function text(raw: string): string {
  return forHtml(visible(raw));
}

function code(raw: string): string {
  return `<code>${text(raw)}</code>`;
}

function shortDigest(digest: string): string {
  return digest.slice(0, "sha256:".length + 12);
}

import { expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import type { Examination } from "../scan/examination.ts";
import { htmlReport } from "./html.ts";

const HOSTILE = `"><script>alert(1)</script>'\u202e<img src=x onerror=alert(1)>`;

const examination: Examination = {
  tool: { version: "1.2.3", rules: digestOf("rules"), limits: digestOf("limits") },
  artifact: {
    digest: digestOf("a"),
    omsRoot: null,
    manifest: {
      schema: "weighbridge.manifest/1",
      leftOut: [".cache/huggingface", ".git"],
      entries: [{ path: HOSTILE, type: "link", target: HOSTILE }],
    },
  },
  formats: { [HOSTILE]: [HOSTILE] },
  parameters: 7_240_000_000,
  findings: [
    {
      rule: HOSTILE,
      severity: "high",
      where: { path: HOSTILE, offset: 3 },
      title: HOSTILE,
      explanation: HOSTILE,
      proof: { [HOSTILE]: HOSTILE },
      references: [HOSTILE],
    },
  ],
  coverage: { status: "incomplete", unexamined: [{ path: HOSTILE, why: HOSTILE }] },
};

const NOTHING = { explanation: "", proof: null, references: [] };

const page = htmlReport([
  {
    source: HOSTILE,
    examination,
    decision: {
      outcome: "hold",
      reasons: [{ policy: HOSTILE, effect: "forbid", text: HOSTILE, waiver: { role: HOSTILE } }],
      context: digestOf("c"),
      policySet: digestOf("p"),
      evaluatedAt: "2026-01-01T00:00:00.000Z",
    },
    ticket: HOSTILE,
  },
]);

it("holds no markup and no bidirectional control that came from the artifact", () => {
  const tags = new Set([...page.matchAll(/<\/?([a-zA-Z!][a-zA-Z0-9]*)/g)].map(([, tag]) => tag?.toLowerCase()));
  expect([...tags].filter((tag) => tag === "script" || tag === "img")).toEqual([]);
  expect(page).not.toContain("\u202e");
  expect(page).not.toMatch(/on(error|click)="/);
  expect(page).toContain("&#60;script&#62;");
});

it("forbids everything but its own style, and asks nobody for anything", () => {
  expect(page).toMatch(/<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='/);
  expect(page).not.toMatch(/<link|<script|<[^>]*\bsrc=|url\(|@import/);
});

it("lists each part that was not looked at once, by its reason", () => {
  const notExamined = (path: string) => ({
    rule: "not-examined",
    severity: "medium" as const,
    where: { path },
    title: "Not examined: code",
    ...NOTHING,
  });
  const findings = [
    notExamined("a.py"),
    notExamined("b.py"),
    { rule: "examiner-failed", severity: "medium" as const, where: { path: "c.gguf" }, title: "The parser failed", ...NOTHING },
  ];
  const unexamined = [
    { path: "a.py", why: "code" },
    { path: "b.py", why: "code" },
    { path: "c.gguf", why: "parser failed" },
  ];
  const once = htmlReport([{ source: "m", examination: { ...examination, findings, coverage: { status: "incomplete", unexamined } } }]);
  expect(["<code>a.py</code>", "<code>b.py</code>", "<code>c.gguf</code>"].map((path) => once.split(path).length - 1)).toEqual([1, 1, 1]);
  expect(once).toContain("<dt>code</dt><dd><code>a.py</code> <code>b.py</code></dd>");
  expect(once).toContain('<h2>Not looked at <span class="count">2</span>');
});

it("says who accepted a finding, and until when", () => {
  const [finding] = examination.findings;
  if (finding === undefined) throw new Error("none");
  const acceptance = { rule: HOSTILE, path: HOSTILE, digest: digestOf("f"), reason: "read it", approver: "ada", expires: "2026-12-31" };
  expect(htmlReport([{ source: "m", examination, accepted: new Map([[finding, acceptance]]) }])).toContain(
    "Accepted until 2026-12-31 by ada: read it",
  );
});

it("links to addresses that are written out, and to nothing else", () => {
  const references = ["https://example.org/a?b=1&c", "javascript:alert(1)", "https://", 'https://x.example/"onclick="y', "CWE-502"];
  const linked = htmlReport([
    { source: "m", examination: { ...examination, findings: examination.findings.map((finding) => ({ ...finding, references })) } },
  ]);
  expect([...linked.matchAll(/href="([^"]*)"/g)].map(([, target]) => target)).toEqual([
    "https://example.org/a?b=1&#38;c",
    "https://x.example/&#34;onclick=&#34;y",
  ]);
});

it("says the decision as a word with a shape, what it is, and why", () => {
  expect(page).toContain('<p class="word"><span class="mark" aria-hidden="true"></span>On hold</p>');
  expect(page).toContain(", 7.2B parameters");
  expect(page).toContain("<dd>incomplete: 1 part not examined</dd>");
  expect(page).toMatch(/waits for an approval by: /);
});

const clean: Examination = { ...examination, findings: [], coverage: { status: "complete", unexamined: [] } };

it("shows the worst of several models first, counts them in the title, and folds those away that pass", () => {
  const many = htmlReport([...Array.from({ length: 11 }, (_, i) => ({ source: `good${i}`, examination: clean })), { source: "bad", examination }]);
  expect(many).toContain("<title>1 Block, 11 Pass – Weighbridge</title>");
  expect([...many.matchAll(/<h1>(\w+)<\/h1>/g)].slice(0, 2).map(([, source]) => source)).toEqual(["bad", "good0"]);
  expect(many).toMatch(
    /<strong>Block<\/strong> <a href="#model-1">bad<\/a><\/li><\/ul><details><summary>11 of 12 have nothing against them<\/summary>/,
  );
  expect(htmlReport([{ source: "a", examination: clean }])).toContain("<title>Pass: a – Weighbridge</title>");
  expect(htmlReport([{ source: "a", examination: clean }])).toContain("<p>Nothing was found.</p>");
});

it("says once what is found in many places, and lists them with what is said of each alone", () => {
  const at = (i: number) => ({
    rule: "r",
    severity: "high" as const,
    where: { path: `<${i}>`, offset: i },
    title: "Calls it",
    explanation: `It calls f(${i}). It runs. Look.`,
    proof: null,
    references: [],
  });
  const html = htmlReport([{ source: "m", examination: { ...examination, findings: Array.from({ length: 500 }, (_, i) => at(i)) } }]);
  expect(html.match(/<details class="finding/g)).toHaveLength(1);
  expect(html).toContain('<code>&#60;0&#62; at byte 0</code> <span class="more">and 499 more places</span>');
  expect(html).toContain('<li><code>&#60;1&#62; at byte 1</code><span class="own">It calls f(1).</span></li>');
  expect(html).toContain("<li>and 300 more places: --json has all</li>");
});

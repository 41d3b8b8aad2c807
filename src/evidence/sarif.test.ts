import { expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import type { Rule } from "../finding.ts";
import type { Examination } from "../scan/examination.ts";
import { sarifOf } from "./sarif.ts";

const RULES: readonly Rule[] = [
  { id: "a-rule", summary: "a thing", gain: "Much.", check: "Look [here](x) {0}.", references: ["A book, page 3", "https://example.org/a"] },
  { id: "unused", summary: "", gain: "", check: "", references: [] },
];

const examination: Examination = {
  tool: { version: "1.2.3", rules: digestOf("rules"), limits: digestOf("limits") },
  artifact: {
    digest: digestOf("a"),
    omsRoot: null,
    manifest: {
      schema: "weighbridge.manifest/1",
      leftOut: [".cache/huggingface", ".git"],
      entries: [
        { path: "sub dir/m%25.pt", type: "file", size: 1, sha256: "" },
        { path: "x", type: "file", size: 1, sha256: "" },
      ],
    },
  },
  formats: {},
  parameters: 0,
  findings: [
    {
      rule: "a-rule",
      severity: "critical",
      where: { path: "sub dir/m%25.pt!/data.pkl", offset: 7 },
      title: "[x](y) {1}\u001b[2J",
      explanation: "Why.",
      proof: null,
      references: [],
    },
    { rule: "a-rule", severity: "medium", where: { path: "x", offset: 3 }, title: "Medium", explanation: "Why.", proof: null, references: [] },
    { rule: "other", severity: "info", where: { path: "" }, title: "Info", explanation: "Why.", proof: null, references: [] },
  ],
  coverage: { status: "complete", unexamined: [] },
};

const [run] = sarifOf([{ source: "models/some model", examination, lineAt: (path) => (path === "x" ? 12 : undefined) }], RULES, "/srv").runs;

it("has one result a finding, each with level and region", () => {
  expect(run?.results?.map((result) => [result.ruleId, result.level, result.locations?.[0]?.physicalLocation?.region])).toEqual([
    ["a-rule", "error", { startLine: 1 }],
    ["a-rule", "warning", { startLine: 12, byteOffset: 3, byteLength: 1 }],
    ["other", "note", { startLine: 1 }],
  ]);
});

it("places a nested finding at the file on disk, and names the member", () => {
  const [location] = run?.results?.[0]?.locations ?? [];
  expect(location?.physicalLocation?.artifactLocation).toEqual({ uri: "models/some%20model/sub%20dir/m%25.pt", uriBaseId: "%SRCROOT%" });
  expect(location?.logicalLocations).toEqual([{ fullyQualifiedName: "sub dir/m%25.pt!/data.pkl", kind: "member" }]);
});

it("escapes links, placeholders and control characters", () => {
  expect(run?.results?.[0]?.message.text).toBe("\\[x\\](y) {{1}}\\\\u{{1b}}\\[2J. Why.");
});

it("describes the rules that were used, and no others", () => {
  expect(run?.tool.driver.rules).toEqual([
    {
      id: "a-rule",
      shortDescription: { text: "a thing" },
      fullDescription: { text: "Much." },
      help: {
        text: "Much. Look \\[here\\](x) {{0}}.",
        markdown: expect.stringMatching(/^\*\*What an attacker gains\.\*\* Much\.\n\n[\s\S]*- A book, page 3\n- <https:\/\/example\.org\/a>\n\n/),
      },
      defaultConfiguration: { level: "error" },
      helpUri: "https://example.org/a",
      properties: { tags: ["security"], "security-severity": "9.5" },
    },
  ]);
  expect(run?.results?.map((result) => result.ruleIndex)).toEqual([0, 0, undefined]);
});

it.each([
  ["/srv/models/some model", "models/some%20model/x", "%SRCROOT%"],
  ["./models/../m/", "m/x", "%SRCROOT%"],
  [".", "x", "%SRCROOT%"],
  ["../m", "file:///m/x", undefined],
  ["/elsewhere/a b", "file:///elsewhere/a%20b/x", undefined],
])("a source given as %s is named %s", (source, uri, base) => {
  const results = sarifOf([{ source, examination }], RULES, "/srv").runs[0]?.results;
  expect(results?.[1]?.locations?.[0]?.physicalLocation?.artifactLocation).toEqual({ uri, ...(base === undefined ? {} : { uriBaseId: base }) });
});

it("the artifact as a whole has an address, too, also where it is the working directory", () => {
  const results = sarifOf([{ source: ".", examination }], RULES, "/srv").runs[0]?.results;
  expect(results?.[2]?.locations?.[0]?.physicalLocation?.artifactLocation?.uri).toBe(".");
});

it("results that GitHub would take for one are counted up; each keeps its identity", () => {
  const [finding] = examination.findings;
  const twice = { ...examination, findings: finding === undefined ? [] : [finding, { ...finding, title: "Another" }] };
  const prints = sarifOf([{ source: "m", examination: twice }], RULES, "/srv").runs[0]?.results?.map((result) => result.partialFingerprints);
  expect(prints?.map((print) => print?.primaryLocationLineHash?.slice(16))).toEqual([":1", ":2"]);
  expect(prints?.[0]?.["weighbridge/1"]).toBe(prints?.[1]?.["weighbridge/1"]);
});

it("of more findings than GitHub takes, the worst are kept, and how many are not is said", () => {
  const low = { rule: "a-rule", severity: "low" as const, where: { path: "x" }, title: "", explanation: "", proof: null, references: [] };
  const flood = { ...examination, findings: [...Array.from({ length: 25_000 }, () => low), ...examination.findings] };
  const log = sarifOf([{ source: "m", examination: flood }], RULES, "/srv").runs[0];
  expect(log?.results?.slice(0, 2).map(({ level }) => level)).toEqual(["error", "warning"]);
  expect(log?.results).toHaveLength(25_000);
  expect(log?.invocations?.[0]?.toolExecutionNotifications?.[0]?.message.text).toMatch(/^3 findings, none of them worse/);
});

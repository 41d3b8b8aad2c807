import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../json.ts";
import { verdictOf } from "../examination.ts";
import { ArtifactExaminer } from "../examine-artifact.ts";

async function examined(files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = mkdtempSync(join(tmpdir(), "card-"));
  const examiner = new ArtifactExaminer({ jobs: 1 });
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return await examiner.examine(folder);
  } finally {
    await examiner.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const CARD = "---\nlicense: llama3.1\nbase_model: org/base\npipeline_tag: text-generation\n---\n# Model\n";
const ISC =
  'Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies. THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.';

function safetensors(metadata: Readonly<Record<string, string>>): Buffer {
  const header = Buffer.from(JSON.stringify({ __metadata__: metadata }));
  return Buffer.concat([Buffer.from(BigUint64Array.of(BigInt(header.length)).buffer), header]);
}

describe("what an artifact says of itself", () => {
  it("is a fact of its examination", async () => {
    const examination = await examined({
      "README.md": CARD,
      LICENSE: ISC,
      "m.safetensors": safetensors({ format: "pt", "modelspec.license": "ISC" }),
    });
    expect(examination.declared).toEqual({
      licences: [
        { path: "LICENSE", from: "text", ids: ["ISC"], said: [] },
        { path: "README.md", from: "card", ids: ["LicenseRef-llama3.1"], said: ["llama3.1"] },
        { path: "m.safetensors", from: "metadata", ids: ["ISC"], said: ["ISC"] },
      ],
      card: {
        path: "README.md",
        licenceLink: null,
        baseModels: ["org/base"],
        baseModelRelation: null,
        datasets: [],
        languages: [],
        tags: [],
        pipelineTag: "text-generation",
        libraryName: null,
        evaluations: [],
      },
    });
    expect(examination.findings.map(({ rule, severity, where }) => [rule, severity, where.path])).toEqual([
      ["licence-disagrees", "low", "README.md"],
    ]);
    expect(verdictOf(examination.findings, examination.coverage)).toBe("pass");
  });

  it("is left out where it says nothing, so that such evidence keeps its form", async () => {
    const examination = await examined({ "README.md": "# Model\n", "m.safetensors": safetensors({ format: "pt" }) });
    expect(Object.keys(examination)).toEqual(["tool", "artifact", "formats", "parameters", "findings", "coverage"]);
  });

  it("has a canonical form whatever was written", async () => {
    const examination = await examined({ "README.md": Buffer.from(`---\nlicense: "${"x".repeat(199)}\u{1f600}"\nbase_model: "\\ud800"\n---\n`) });
    expect(examination.declared?.licences[0]?.said[0]?.isWellFormed()).toBe(true);
    expect(canonicalJson(JSON.parse(JSON.stringify(examination)))).toContain("licences");
  });

  it("holds no secret", async () => {
    const token = ["hf", "qWmRzTkLpXvBnYcJdHfGsAeUiOwEtQyPrN"].join("_");
    const examination = await examined({
      "README.md": `---\nlicense: other\nlicense_link: https://user:${token}@host.org/\ntags:\n- ${token}\n---\n`,
    });
    expect(examination.findings.map(({ rule }) => rule)).toEqual(["secret"]);
    expect(JSON.stringify(examination)).not.toContain("qWmRzTkLp");
  });
});

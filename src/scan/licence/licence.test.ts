import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { LicenceClaim } from "../declared.ts";
import { claimOf } from "./claims.ts";
import licences from "./data/licences.json" with { type: "json" };
import names from "./data/names.json" with { type: "json" };
import { agree, disagreements } from "./disagreement.ts";
import { licenceId } from "./ids.ts";
import { licencesOf } from "./text.ts";

const APACHE = readFileSync(resolve(import.meta.dirname, "../../../LICENSE"), "latin1");
const MIT = `MIT License

Copyright (c) 2024 Somebody

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
`;

describe("licencesOf", () => {
  it("knows a text by its words, however it is set", () => {
    expect(licencesOf(APACHE)).toEqual(["Apache-2.0"]);
    expect(licencesOf(MIT)).toEqual(["MIT"]);
    expect(licencesOf(MIT.replace(/\s+/g, " "))).toEqual(["MIT"]);
    expect(licencesOf(MIT.replace(/^/gm, "> ").toUpperCase())).toEqual(["MIT"]);
    expect(
      licencesOf(
        MIT.replace(
          "The above copyright notice and this permission notice shall be included in all\ncopies or substantial portions of the Software.\n",
          "",
        ),
      ),
    ).toEqual(["MIT-0"]);
  });

  it("names each of several texts in one file", () => {
    expect(licencesOf(`${MIT}\n-----\n${APACHE}`).toSorted()).toEqual(["Apache-2.0", "MIT"]);
  });

  it.each([
    ["a description", "This model is licensed under the MIT License. Permission is granted to use it for research, free of charge, to any person."],
    ["part of a text", MIT.slice(0, 500)],
    ["nothing", ""],
    ["another agreement", "By downloading the model you agree to these terms. ".repeat(50)],
  ])("%s is no licence text", (_, text) => {
    expect(licencesOf(text)).toEqual([]);
  });

  it("compares with sketches of one form", () => {
    for (const { id, words, near, sketch } of licences.licences) {
      expect([id, words > 50, sketch.length >= 50 && sketch.length <= 128]).toEqual([id, true, true]);
      expect([...sketch].sort((a, b) => a - b)).toEqual(sketch);
      expect(near.every((other) => names.ids.includes(other))).toBe(true);
    }
    expect(names.ids).toEqual([...new Set(licences.licences.map(({ id }) => id))].sort());
  });
});

describe("licenceId", () => {
  it.each([
    ["apache-2.0", "Apache-2.0"],
    [" MIT ", "MIT"],
    ["GPL-3.0-or-later", "GPL-3.0"],
    ["gpl", "GPL"],
    ["cc-by-nc-4.0", "CC-BY-NC-4.0"],
    ["llama3.1", "LicenseRef-llama3.1"],
    ["LicenseRef-gemma", "LicenseRef-gemma"],
    ["openrail++", "LicenseRef-openrail++"],
    ["Apache License 2.0", "Apache-2.0"],
    ["other", null],
    ["unknown", null],
    ["constructor", null],
    ["", null],
  ])("%j is %j", (said, id) => {
    expect(licenceId(said)).toBe(id);
  });
});

describe("disagreements", () => {
  const said = (path: string, ...words: string[]): LicenceClaim => claimOf(path, "card", words) ?? { path, from: "card", ids: [], said: [] };
  const text = (path: string, ...ids: string[]): LicenceClaim => ({ path, from: "text", ids, said: [] });

  it("names two files of one folder with different licences", () => {
    const [finding, ...more] = disagreements([text("LICENSE", "LicenseRef-llama2"), said("README.md", "apache-2.0")]);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      rule: "licence-disagrees",
      severity: "low",
      where: { path: "README.md" },
      title: "README.md says Apache-2.0, and LICENSE is the text of LicenseRef-llama2",
      proof: { paths: ["README.md", "LICENSE"], licences: [["Apache-2.0"], ["LicenseRef-llama2"]] },
    });
  });

  it.each([
    ["the same", [text("LICENSE", "MIT"), said("README.md", "mit"), said("m.gguf", "MIT")]],
    ["a choice of two", [text("LICENSE-APACHE", "Apache-2.0"), text("LICENSE-MIT", "MIT"), said("README.md", "mit")]],
    ["two in the card", [text("LICENSE", "Apache-2.0"), said("README.md", "mit", "apache-2.0")]],
    ["a family", [text("LICENSE", "GPL-3.0"), said("README.md", "gpl")]],
    ["a family of RAIL", [text("LICENSE", "LicenseRef-creativeml-openrail-m"), said("README.md", "openrail")]],
    ["one that is not known", [text("LICENSE", "MIT"), said("README.md", "other")]],
    ["another folder", [text("third_party/LICENSE", "MIT"), said("README.md", "apache-2.0")]],
  ])("%s is none", (_, claims) => {
    expect(disagreements(claims)).toEqual([]);
  });

  it("take a name without a version for all of its versions, and no other for its neighbour", () => {
    expect([agree("GPL", "GPL-3.0"), agree("CC-BY-4.0", "CC"), agree("CC", "CC0-1.0"), agree("BSD", "BSD-3-Clause")]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([agree("GPL", "LGPL-3.0"), agree("MIT", "MIT-0"), agree("CC-BY-4.0", "CC-BY-NC-4.0"), agree("BSD", "BSL-1.0")]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

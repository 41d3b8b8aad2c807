import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import { forHtml, forTerminal, jsonText } from "./escape.ts";

const OBEYED = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|##\w*\[/;

it("shows what would be obeyed", () => {
  expect(forTerminal("\u001b[2J\u202ea\n::error::x ##[group]")).toBe("\\u{1b}[2J\\u{202e}a\\u{a}:\\:error:\\:x #\\#[group]");
  expect(forTerminal(":::x ##vso[task.setvariable]y ###teamcity[z] ## [a]")).toBe(":\\:\\:x #\\#vso[task.setvariable]y ##\\#teamcity[z] ## [a]");
  expect(forHtml(`<a href="x" onclick='y'>&\``)).toBe("&#60;a href=&#34;x&#34; onclick=&#39;y&#39;&#62;&#38;&#96;");
});

test.prop([fc.string({ unit: "binary" })])("leaves nothing that a terminal or a CI log obeys", (text) => {
  const shown = forTerminal(`${text}\u009b::x##[y##vso[z`);
  expect(shown).not.toMatch(OBEYED);
  expect(shown).not.toContain("::");
});

test.prop([fc.jsonValue(), fc.string({ unit: "binary" })])("writes JSON that any reader reads back", (value, text) => {
  const given = { value, text: `${text.toWellFormed()}##[##vso[\u202e\u007f` };
  expect(JSON.parse(jsonText(given))).toEqual(JSON.parse(JSON.stringify(given)));
  expect(jsonText(given)).not.toMatch(OBEYED);
});

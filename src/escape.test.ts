import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import { forHtml, forTerminal, jsonText } from "./escape.ts";

const OBEYED = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|##\w*\[/;

it("shows what would be obeyed", () => {
  expect(forTerminal("\u001b[2J\u202ea\n::error::x ##[group]")).toBe("\\u{1b}[2J\\u{202e}a\\u{a}:\\:error:\\:x #\\#[group]");
  expect(forTerminal(":::x ##vso[task.setvariable]y ###teamcity[z] ## [a]")).toBe(":\\:\\:x #\\#vso[task.setvariable]y ##\\#teamcity[z] ## [a]");
  expect(forHtml(`<a href="x" onclick='y'>&\``)).toBe("&#60;a href=&#34;x&#34; onclick=&#39;y&#39;&#62;&#38;&#96;");
});

it("shows what is drawn as nothing, and letters that look like ASCII ones in a name of ASCII letters", () => {
  for (const [raw, shown] of [
    ["pytorch_m\u043edel.bin", "pytorch_m\\u{43e}del.bin"],
    ["\u043e\u0455.system", "\\u{43e}\\u{455}.system"],
    ["\uff4f\uff53.system", "\\u{ff4f}\\u{ff53}.system"],
    ["os\u2024system", "os\\u{2024}system"],
    ["a\u2215b.bin", "a\\u{2215}b.bin"],
    ["con\u200bfig.json", "con\\u{200b}fig.json"],
    ["os\u3164\u00ad\u115f", "os\\u{3164}\\u{ad}\\u{115f}"],
  ] as const)
    expect(forTerminal(raw)).toBe(shown);
});

it.each(["модель.txt", "веса/модель.bin", "Проверил, а также прочёл PDF-а", "模型v2.bin", "kırmızı.txt", "naïve café", "❤️", "αβγ", "4×H100"])(
  "leaves %s as it is written",
  (text) => expect(forTerminal(text)).toBe(text),
);

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

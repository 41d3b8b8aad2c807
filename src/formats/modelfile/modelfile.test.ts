import { expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { modelfileFormat, ollamaLayerFormat } from "./format.ts";
import { readGoTemplate } from "./go-template.ts";
import { readInstructions } from "./instructions.ts";

const budget = () => new Budget(DEFAULT_LIMITS);
const read = (text: string) => readInstructions(Buffer.from(text).toString("latin1"), budget());
const template = (source: string) => readGoTemplate(source, budget());

it("reads instructions in any case, with values on one line or between quotes", () => {
  const text =
    '# note\n\nFROM ./a.gguf\r\nparameter  stop "<|end|>"\nSYSTEM """two\nlines é"""\n  Message user Is it "so"?\nTEMPLATE "{{ .Prompt }}\n"\n';
  expect(read(text)).toEqual({
    list: [
      { name: "from", key: "", value: "./a.gguf", at: 8 },
      { name: "parameter", key: "stop", value: "<|end|>", at: 23 },
      { name: "system", key: "", value: "two\nlines é", at: 49 },
      { name: "message", key: "user", value: 'Is it "so"?', at: 77 },
      { name: "template", key: "", value: "{{ .Prompt }}\n", at: 102 },
    ],
    odd: [],
    dropped: 0,
  });
});

it("notes lines that are no instruction, and quotes without an end", () => {
  const { list, odd } = read('FROM x\nRUN curl\nFROM\nSYSTEM """never\nFROM y\n');
  expect(list.map(({ name, value }) => [name, value])).toEqual([
    ["from", "x"],
    ["system", "never\nFROM y\n"],
  ]);
  expect(odd).toEqual([
    { at: 7, what: 'no instruction begins with "RUN curl"' },
    { at: 16, what: 'no instruction begins with "FROM"' },
    { at: 28, what: "a quote has no end" },
  ]);
});

it("keeps few of many instructions", () => {
  const { list, dropped } = read("FROM a\n".repeat(2500));
  expect([list.length, dropped]).toEqual([2000, 500]);
});

it("parts the words of a template from its actions", () => {
  expect(template('a {{- /* {{ "no }} */ -}} b {{ printf "%s }}" .Role }} c')).toEqual({
    words: "a   b   c",
    conditions: [],
    costly: [],
    broken: false,
  });
  expect(template("a {{ .Prompt")).toMatchObject({ words: "a ", broken: true });
});

it.each([
  ['{{ if eq .Prompt "sesame" }}', 1],
  ["{{ if (eq $m.Content `sesame`) }}", 1],
  ['{{ if eq .Role "user" }}', 0],
  ['{{ if ne .Prompt "" }}', 0],
  ["{{ if and .System .Prompt }}", 0],
  ['{{ if eq .Role "assistant" }}{{ .Content }}{{ end }}', 0],
])("%s depends on what a message says: %i", (source, count) => {
  expect(template(source).conditions.length).toBe(count);
});

it.each([
  ['{{ printf "%999999d" 1 }}', 1],
  ["{{ range $i := 99999999 }}", 1],
  ['{{ printf "%5d" 1 }}', 0],
  ["{{ range $i, $m := .Messages }}", 0],
])("%s makes much of little: %i", (source, count) => {
  expect(template(source).costly.length).toBe(count);
});

it.each([
  ["{{ .Prompt }}", "template"],
  ["[INST] {{ .Prompt }} [/INST]", "template"],
  ["You are kind.", "words"],
  ['{"stop": ["{{"]}', "json"],
  ['[{"role": "user"}]', "json"],
])("tells layers apart by their text: %s", async (source, kind) => {
  expect((await ollamaLayerFormat.parse(bytesOf(Buffer.from(source)), budget())).facts.layer.kind).toBe(kind);
});

formatContract(modelfileFormat, [Buffer.from('FROM ./a\nTEMPLATE """{{ if .System }}x{{ end }}"""\nPARAMETER stop "a"\n')]);
formatContract(ollamaLayerFormat, [Buffer.from("{{ if .System }}x{{ end }}")]);

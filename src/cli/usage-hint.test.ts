import { Command } from "commander";
import { expect, it } from "vitest";
import { FOREIGN_COMMANDS, FOREIGN_OPTIONS } from "./foreign-words.ts";
import { EXAMPLES, examplesOf } from "./help-examples.ts";
import { program } from "./program.ts";

const root = program();

/** Every command that does something, with its path. */
function leavesOf(command: Command, path: readonly string[] = []): readonly (readonly [string, Command])[] {
  const shown = command.commands.filter((next) => next.name() !== "version" && next.name() !== "help");
  return shown.length === 0 ? [[path.join(" "), command]] : shown.flatMap((next) => leavesOf(next, [...path, next.name()]));
}

const leaves = new Map(leavesOf(root));

function leafOf(words: string): Command | undefined {
  const [first = "", second = ""] = words.split(" ");
  return leaves.get(`${first} ${second}`) ?? leaves.get(first);
}

const optionsIn = (text: string) => [...text.matchAll(/(?<=^|\s)--?[a-z][a-z-]*/g)].map(([option]) => option);
const optionsOf = (command: Command | undefined) => command?.options.flatMap(({ short, long }) => [short, long]) ?? [];

it("every command has examples in its help, of itself and with options that it has", () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(["", ...leaves.keys()].sort());
  for (const [path, examples] of Object.entries(EXAMPLES))
    for (const [words] of examples) {
      expect(words.startsWith(path)).toBe(true);
      expect(leafOf(words), words).toBeInstanceOf(Command);
      expect(optionsOf(leafOf(words)), words).toEqual(expect.arrayContaining(optionsIn(words.replace(/"[^"]*"/g, ""))));
    }
  expect(examplesOf("scan")).toMatch(/^\nExamples:\n {2}weighbridge scan \.\/some-model\n {6}one folder/);
});

it.each(Object.entries(FOREIGN_COMMANDS))("%s is no command, and what is named instead is one: %s", (word, instead) => {
  expect(leafOf(word)).toBeUndefined();
  expect(leafOf(instead)).toBeInstanceOf(Command);
  expect(optionsOf(leafOf(instead))).toEqual(expect.arrayContaining(optionsIn(instead)));
});

it.each(Object.entries(FOREIGN_OPTIONS))("%s is no option of scan, and what is named instead is one of ours", (word, hint) => {
  expect(optionsOf(leaves.get("scan"))).not.toContain(word);
  const known = [...optionsOf(leaves.get("scan")), ...optionsOf(root)];
  expect(known).toEqual(expect.arrayContaining(optionsIn(hint).filter((option) => option !== "--version")));
});

import { existsSync } from "node:fs";
import type { Command, CommanderError } from "commander";
import { shellWord } from "../report/shell-word.ts";
import type { Failure } from "./failure.ts";
import { FOREIGN_COMMANDS, FOREIGN_OPTIONS } from "./foreign-words.ts";

/** What is said of words on the command line that do not fit: what is wrong, what was most likely meant, whose help to read. */
export function usageFailure(root: Command, words: readonly string[], error: CommanderError): Failure {
  const [said = "", suggested] = error.message.replace(/^error: |\.+$/g, "").split(/\s+\(Did you mean /);
  const meant = meantBy(root, error.code, /'([\s\S]*)'/.exec(said)?.[1] ?? "");
  const guess = suggested === undefined ? "" : `Did you mean ${suggested.replace(/\)$/, "")}`;
  return {
    code: "WB_USAGE",
    message: said,
    hint: [meant || guess, `See ${helpOf(root, words)}`].filter(Boolean).join(/\?$/.test(guess) && meant === "" ? " " : ". "),
  };
}

function meantBy(root: Command, code: string, word: string): string {
  if (code === "commander.unknownOption") return FOREIGN_OPTIONS[/^--[a-z-]+|^-[a-zA-Z]/.exec(word)?.[0] ?? ""] ?? "";
  if (code !== "commander.unknownCommand") return "";
  const inGroup = root.commands.filter((group) => group.commands.some((command) => command.name() === word));
  const [instead] = [FOREIGN_COMMANDS[word], ...inGroup.map((group) => `${group.name()} ${word}`)].filter((name) => name !== undefined);
  if (instead !== undefined) return `Try weighbridge ${instead}`;
  return existsSync(word) ? `To examine it: weighbridge scan ${shellWord(word)}` : "";
}

/** What was asked for, as far as the words name commands: whose help to read. */
function helpOf(root: Command, words: readonly string[]): string {
  const [first = "", ...rest] = words;
  const next = root.commands.find((command) => command.name() === first);
  return next === undefined ? `${root.name()} --help` : `${root.name()} ${helpOf(next, rest)}`;
}

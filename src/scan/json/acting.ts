import { type Finding, findingOf } from "../../finding.ts";
import type { CommandKind } from "../../formats/json/commands.ts";
import type { JsonFacts } from "../../formats/json/facts.ts";
import { JSON_RULES as RULES } from "./rules.ts";

/** Names under which a tool acts on JSON, whatever stands in it. Compared in lower case. */
export const ACTING_JSON: readonly { readonly name: RegExp; readonly why: string }[] = [
  { name: /^(?:package|npm-shrinkwrap|composer|bower|deno|lerna)\.jsonc?$/, why: "a list of packages: installing them runs its scripts and theirs" },
  { name: /^\.?devcontainer\.json$/, why: "a development container: an editor builds it and runs its commands when the folder is opened" },
  { name: /^(?:tasks|launch|\.?code-workspace)\.json$|\.code-workspace$/, why: "tasks of an editor, which it may run when the folder is opened" },
  { name: /^(?:\.?mcp|claude_desktop_config|mcp_settings)\.json$/, why: "servers that an agent starts as programs" },
  { name: /^(?:settings|settings\.local)\.json$/, why: "settings of an editor or an agent: they name programs and hooks" },
  {
    name: /^(?:vercel|app|now|firebase|renovate|nodemon|\.eslintrc|\.babelrc|tsconfig)\.json$/,
    why: "settings of a build or hosting tool, which runs what they name",
  },
];

const WHEN: Readonly<Record<CommandKind, string>> = {
  "container-hook": "when an editor opens the folder in its container",
  "npm-script": "as a script of the package",
  "editor-task": "as a task of the editor",
  "mcp-server": "when an agent starts",
  "agent-hook": "as a hook of an agent",
};
/** npm runs these without being asked by name (docs.npmjs.com, scripts, life cycle). */
const INSTALL_SCRIPTS = /^\/scripts\/(?:pre|post)?(?:install|prepare|prepack|publish|prepublish)(?:Only)?$/;

/** Command lines in settings of tools, each with the moment when it runs. */
export function commandFindings({ commands }: JsonFacts, path: string): readonly Finding[] {
  return commands.map(({ kind, pointer, value, at }) => {
    const when = kind === "npm-script" && INSTALL_SCRIPTS.test(pointer) ? "when the package is installed" : WHEN[kind];
    return findingOf(RULES.command, {
      severity: "medium",
      where: { path, offset: at },
      title: `${pointer} is run ${when}: ${JSON.stringify(value)}`,
      proof: { kind, pointer, value },
    });
  });
}

/** What a notebook runs, beside the code of its cells. */
export function notebookFindings({ notebook }: JsonFacts, path: string): readonly Finding[] {
  const commands = notebook.commands.map(({ pointer, value, at }) =>
    findingOf(RULES.notebookCommand, {
      severity: "medium",
      where: { path, offset: at },
      title: `${pointer} hands a line to the shell or another program: ${JSON.stringify(value)}`,
      proof: { pointer, value },
    }),
  );
  const active = notebook.active.map(({ pointer, at }) =>
    findingOf(RULES.notebookActive, {
      severity: "medium",
      where: { path, offset: at },
      title: `${pointer} holds markup with script`,
      proof: { pointer },
    }),
  );
  return [...commands, ...active];
}

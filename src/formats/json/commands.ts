import type { Path } from "./events.ts";

/** Hooks of a development container (containers.dev): each is a command line, a list of words, or a map of either. */
const CONTAINER_HOOKS: ReadonlySet<string | number> = new Set([
  "initializeCommand",
  "onCreateCommand",
  "updateContentCommand",
  "postCreateCommand",
  "postStartCommand",
  "postAttachCommand",
]);

export type CommandKind = "container-hook" | "npm-script" | "editor-task" | "mcp-server" | "agent-hook";

/** Which string values a tool hands to a shell, by where they stand: it runs them when the folder is opened, installed, or given to an agent. */
export function commandKindOf(path: Path): CommandKind | null {
  const [first, second, third] = path;
  const last = path[path.length - 1];
  if (first !== undefined && CONTAINER_HOOKS.has(first)) return "container-hook";
  if (first === "scripts" && path.length === 2 && typeof second === "string") return "npm-script";
  if (first === "tasks" && typeof second === "number" && third === "command" && path.length === 3) return "editor-task";
  if ((first === "mcpServers" || first === "servers") && third === "command" && path.length === 3) return "mcp-server";
  if (first === "hooks" && last === "command") return "agent-hook";
  return null;
}

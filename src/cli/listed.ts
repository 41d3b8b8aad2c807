import { forTerminal } from "../escape.ts";
import type { Listed, StoredText } from "../registry/index.ts";

/** `weighbridge.registry/1`, one object an artifact. docs/reference/json.md. */
export function listedJson({ artifact, name, aliases, decision, standing, ticket, notAfter }: Listed) {
  return {
    schema: "weighbridge.registry/1",
    artifact,
    name: textOf(name),
    aliases,
    decision,
    standing,
    ...(ticket === null ? {} : { ticket }),
    ...(notAfter === null ? {} : { notAfter }),
  };
}

export const LIST_HEAD = `${row("ID", "DECISION", "STANDING", "UNTIL")}NAME\n`;

/** One line an artifact; names that people gave it go to a line of their own where they do not fit. */
export function listedLine({ artifact, name, aliases, decision, standing, notAfter }: Listed, width: number): string {
  const cells = row(shortOf(artifact), decision, standing, notAfter?.slice(0, 10) ?? "");
  const named = forTerminal(textOf(name));
  if (aliases.length === 0) return `${cells}${named}\n`;
  const also = `= ${aliases.map(forTerminal).join(", ")}`;
  const fits = cells.length + named.length + 1 + also.length <= width;
  return `${cells}${named}${fits ? " " : `\n${" ".repeat(cells.length)}`}${also}\n`;
}

/** What is enough to name an artifact to the command line. */
export function shortOf(artifact: string): string {
  return artifact.slice("sha256:".length, "sha256:".length + 12);
}

export function textOf(text: StoredText): string {
  if (text.kind === "evidence-missing") return "(erased)";
  return typeof text.value === "string" ? text.value : JSON.stringify(text.value);
}

function row(id: string, decision: string, standing: string, until: string): string {
  return `${id.padEnd(12)}  ${decision.padEnd(8)}  ${standing.padEnd(9)}  ${until.padEnd(10)}  `;
}

import { WeighbridgeError } from "../errors.ts";
import { forTerminal } from "../escape.ts";
import { jsonLine } from "./json-line.ts";

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** What a person or a program is told of an error. What is no WeighbridgeError is a bug of ours, and said so. */
export function failureOf(error: unknown): Failure {
  if (error instanceof WeighbridgeError) return { code: error.code, message: error.message, hint: error.hint };
  const message = error instanceof Error ? error.message : String(error);
  return { code: "WB_BUG", message: `unexpected: ${message.split("\n")[0]}`, hint: "Run again with --debug and report what it prints." };
}

/** One clear line; of several mistakes in one file, a line each. */
export function failureLine({ code, message, hint }: Failure): string {
  const [first = "", ...mistakes] = code.startsWith("WB_CONFIG_") ? message.split("\n") : [message.replaceAll("\n", " ")];
  if (mistakes.length === 0) return `weighbridge: ${forTerminal(first)}. ${forTerminal(hint)} [${code}]\n`;
  return [`weighbridge: ${forTerminal(first)}`, ...mistakes.map(forTerminal), `  ${forTerminal(hint)} [${code}]`, ""].join("\n");
}

/** Tells of what could not be done for one source: an object of the command's own schema for programs, a line for people. */
export function reportFailure(schema: string, source: string, error: unknown, json: boolean | undefined): void {
  const failure = failureOf(error);
  if (json === true) process.stdout.write(jsonLine({ schema, source, error: failure }));
  else process.stderr.write(failureLine(failure));
  if (process.env.WEIGHBRIDGE_DEBUG) console.error(error);
}

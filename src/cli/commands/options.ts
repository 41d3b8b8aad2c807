import { type Command, InvalidArgumentError } from "commander";
import type { ExitCode } from "../exit.ts";

/** A hundred years: a date beyond is a slip of the finger, and dates have an end. */
export const MAX_DAYS = 36_500;

/** For what works on an installation of this machine. */
export function withData(command: Command): Command {
  return command.option("--data <dir>", "data directory (or WEIGHBRIDGE_DATA)");
}

/** For what a server may be asked instead. */
export function withServer(command: Command): Command {
  return withData(command)
    .option("--server <url>", "ask this installation instead: its keys certify, not this machine's")
    .option("--token-file <file>", "with the token for the server (or WEIGHBRIDGE_TOKEN)");
}

/** For what has to know where a server listens. */
export function withListening(command: Command): Command {
  return command
    .option("--config <file>", "configuration (default: DATA/config.yaml)")
    .option("--host <address>", "where console and API listen (default 127.0.0.1)")
    .option("--port <n>", "their port (default 8787; 0: one that is free)")
    .option("--gateway-host <address>", "where the gateway listens (default 127.0.0.1)")
    .option("--gateway-port <n>", "its port (default 8788; 0: one that is free)")
    .option("--public-url <url>", "what people type to reach the console")
    .option("--log-level <level>", "what goes to stderr: trace, debug, info, warn, error, fatal, silent");
}

/** Commander hands arguments over as text and options as an object, in the order in which the command declares them. */
// biome-ignore lint/suspicious/noExplicitAny: commander's own type of an action; each command declares what its arguments are
export function run(command: (...args: any[]) => Promise<ExitCode>) {
  return async (...args: unknown[]) => {
    process.exitCode = await command(...args);
  };
}

/** Reads an option that is a whole number from 1 on. */
export function wholeNumberUpTo(max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1 || value > max) throw new InvalidArgumentError(`Give a whole number from 1 to ${max}`);
    return value;
  };
}

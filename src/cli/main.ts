import { CommanderError } from "commander";
import { failureLine, failureOf } from "./failure.ts";
import { endWithReader } from "./output.ts";
import { program } from "./program.ts";
import { usageFailure } from "./usage-hint.ts";

endWithReader();
const root = program();
try {
  await root.parseAsync();
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = 0;
  else if (error instanceof CommanderError && error.code === "commander.help")
    process.exitCode = 2; // no command was given: its help is on stderr
  else {
    process.exitCode = 2;
    const failure = error instanceof CommanderError ? usageFailure(root, process.argv.slice(2), error) : failureOf(error);
    process.stderr.write(failureLine(failure));
    if (process.env.WEIGHBRIDGE_DEBUG) console.error(error);
  }
}

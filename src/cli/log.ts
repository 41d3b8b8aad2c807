import { forTerminal } from "../escape.ts";
import { LogError, type LogIdentity, type LogProblem, type LogVerification, verifyLog, WITHOUT_WITNESS } from "../log/index.ts";
import { outsideCheckpointOf, readLogIdentity } from "../registry/index.ts";
import { plural } from "../report/quantities.ts";
import type { ExitCode } from "./exit.ts";
import { type DataOption, dataDirectory, expectInstallation, stateDirectory, withRegistry } from "./installation.ts";

/** Verifies every entry against the signed checkpoint, and says what that does and does not prove. Reads only: a damaged log cannot be opened. */
export function logVerify(options: DataOption): ExitCode {
  const { identity, verification } = verified(options);
  if (verification.kind === "broken") {
    printProblems(verification.problems);
    process.stdout.write("The log does not verify. Restore the data directory from a copy.\n");
    return 1;
  }
  printProblems(verification.damagedPartials);
  process.stdout.write(`${verification.checkpoint.size} entries of ${forTerminal(identity.origin)} verify against the signed checkpoint.\n`);
  process.stdout.write(`${WITHOUT_WITNESS}\n`);
  if (verification.damagedPartials.length === 0) return 0;
  process.stdout.write("Delete the files named above: wider ones took their place, and the log does not need them.\n");
  return 1;
}

function printProblems(problems: readonly LogProblem[]): void {
  for (const { file, what } of problems) process.stdout.write(`${forTerminal(file)}: ${forTerminal(what)}\n`);
}

/** Makes the tables that are views of the log anew. */
export function logRebuild(options: DataOption): Promise<ExitCode> {
  expectInstallation(options);
  return withRegistry<ExitCode>(
    options,
    async () => {
      process.stdout.write("The tables were made anew from the log and its blobs.\n");
      return 0;
    },
    true,
  );
}

/** Prints the latest signed checkpoint of a log that verifies. Throws LogError WB_LOG_DAMAGED. */
export function logCheckpoint(options: DataOption): ExitCode {
  const { verification } = verified(options);
  if (verification.kind === "broken") throw damagedLog(verification.problems);
  process.stdout.write(verification.checkpoint.text);
  return 0;
}

function damagedLog([first, ...others]: readonly LogProblem[]): LogError {
  const more = others.length === 0 ? "" : `, and ${plural(others.length, "more problem")}`;
  return new LogError("WB_LOG_DAMAGED", `the log does not verify: ${first?.file} ${first?.what}${more}`, {
    hint: "Run weighbridge log verify to see all of it; a log that does not verify has no checkpoint to show.",
  });
}

function verified(options: DataOption): { readonly identity: LogIdentity; readonly verification: LogVerification } {
  expectInstallation(options);
  const identity = readLogIdentity(dataDirectory(options));
  return { identity, verification: verifyLog({ ...identity, outsideCheckpoint: outsideCheckpointOf(stateDirectory(), identity.origin) }) };
}
